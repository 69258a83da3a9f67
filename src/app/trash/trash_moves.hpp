#pragma once
// A file and its sidecar from one place on the volume to another, by rename.

#include <set>
#include <string>

#include "i2i/util/file.hpp"

namespace i2i::app {

/// Renames files and remembers which folders to make durable.
class Mover {
 public:
  explicit Mover(const util::Root& root) : root_(root) {}

  /// from -> to, then from's sidecar -> to's, where there is one. The file itself must be there; what of the sidecar
  /// was done before stays done. refused: something is at `to`.
  util::Result<void> move(const std::string& from, const std::string& to);
  /// Only the sidecar, as after a move that was cut short. A sidecar that is at `to` already stays.
  util::Result<void> move_sidecar(const std::string& from, const std::string& to);
  /// fsync of every folder that changed since.
  util::Result<void> sync();

 private:
  const util::Root& root_;
  std::set<std::string> folders_;
};

/// A free path below `folder` for a file that lay at `path`, and for its sidecar: the same names, else a number in
/// front of the ending. taken: paths that are given away already.
util::Result<std::string> free_path(const util::Root& root, const std::string& folder, const std::string& path,
                                    const std::set<std::string>& taken);

}  // namespace i2i::app
