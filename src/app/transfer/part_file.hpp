#pragma once
// A .part file in the dot folder while it grows, with the running hash of what is in it.
// The order of a file's life: write, prove, start_flush, flush, publish, fsync of the folder (docs/design.md §5).

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "app/transfer/part_writer.hpp"

namespace i2i::app {

class PartFile {
 public:
  /// Opens what an earlier attempt left and hashes it again, or starts empty.
  static util::Result<std::shared_ptr<PartFile>> open(const util::Root& root, const PartTask& task,
                                                      const std::stop_token& stop);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const PartTask& task() const { return task_; }
  util::Result<void> restart();
  util::Result<void> write(std::string_view bytes);

  /// Size and checksum of all that was written; nothing is written after it. mismatch: the bytes are not what was
  /// announced.
  util::Result<model::ContentProof> prove();
  /// Sets the file's time and lets the kernel begin to write; does not wait for the disk. Several files begun before
  /// the first flush share the file system's commits.
  util::Result<void> start_flush();
  /// fsync. After an error nothing of the file can be trusted any more, what is read back included: drop it.
  util::Result<void> flush();
  /// Renames it to its path, whose folders are made. The name is durable when folder() has been flushed.
  util::Result<void> publish();
  /// The folder of its path, relative to the photos dir; "" is the photos dir.
  [[nodiscard]] std::string folder() const;
  /// As the file system keeps it; after start_flush.
  [[nodiscard]] util::UnixMillis mtime_ms() const { return mtime_ms_; }

  /// Moves wrong bytes to the aside folder, for a person to look at.
  util::Result<void> keep_aside();
  /// Drops what is there.
  util::Result<void> drop();

 private:
  PartFile(const util::Root& root, PartTask task, std::string path, util::Fd fd);

  const util::Root& root_;
  PartTask task_;
  std::string path_;
  util::Fd fd_;
  std::uint64_t size_ = 0;
  std::uint64_t begun_ = 0;  // bytes the kernel was asked to write out
  util::UnixMillis mtime_ms_ = 0;
  std::unique_ptr<model::ContentHasher> hasher_;
};

/// Name of the .part file of a content, relative to the photos dir.
std::string part_path(const model::Checksum& checksum);

}  // namespace i2i::app
