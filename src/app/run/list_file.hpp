#pragma once
// A list for a person, in the state dir.

#include <string>

#include "i2i/util/file.hpp"
#include "i2i/util/result.hpp"

namespace i2i::app {

/// A file that is written piece by piece and comes to its name whole; 0600.
class ListFile {
 public:
  explicit ListFile(std::string path) : path_(std::move(path)) {}
  /// volume, volume_full.
  util::Result<void> line(const std::string& text);
  /// False where there was nothing to write: a file of that name stays as it was.
  util::Result<bool> finish();

 private:
  [[nodiscard]] std::string temporary() const { return path_ + ".new"; }
  util::Result<void> flush();

  std::string path_;
  std::string buffer_;
  util::Fd fd_;
};

}  // namespace i2i::app
