#pragma once
// A .part file in the dot folder while it grows, with the running hash of what is in it.

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "app/part_writer.hpp"

namespace i2i::app {

class PartFile {
 public:
  /// Opens what an earlier attempt left and hashes it again, or starts empty.
  static util::Result<std::shared_ptr<PartFile>> open(const util::Root& root, const PartTask& task,
                                                      const std::stop_token& stop);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  util::Result<void> restart();
  util::Result<void> write(std::string_view bytes);
  /// Size, checksum, fsync, mtime, rename, fsync of the folder. mismatch: the bytes are not what was announced; the
  /// same wrong bytes are kept aside when keep_wrong says so, else dropped.
  util::Result<PlacedFile> place();
  /// Moves wrong bytes to the aside folder, for a person to look at.
  util::Result<void> keep_aside();
  /// Drops what is there.
  util::Result<void> drop();

 private:
  PartFile(const util::Root& root, PartTask task, std::string path, util::Fd fd);
  util::Result<void> rename_into_place();

  const util::Root& root_;
  PartTask task_;
  std::string path_;
  util::Fd fd_;
  std::uint64_t size_ = 0;
  std::unique_ptr<model::ContentHasher> hasher_;
};

/// Name of the .part file of a content, relative to the photos dir.
std::string part_path(const model::Checksum& checksum);

}  // namespace i2i::app
