#include "app/transfer/part_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "app/volume/content_check.hpp"
#include "app/volume/volume.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

/// A large file is written out as it grows: its flush in the end is short, and so is a stop.
constexpr std::uint64_t kWriteOutEvery = std::uint64_t{8} << 20;

std::string aside_path(const model::Checksum& checksum, std::string_view what) {
  return std::string(kAsideFolder) + "/" + util::hex_encode(util::sha1(checksum)) + "." + std::string(what);
}

}  // namespace

std::string part_path(const model::Checksum& checksum) {
  // The checksum itself may be anything a server says; its hash is a safe name.
  return std::string(kPartFolder) + "/" + util::hex_encode(util::sha1(checksum)) + ".part";
}

PartFile::PartFile(const util::Root& root, PartTask task, std::string path, util::Fd fd)
    : root_(root),
      task_(std::move(task)),
      path_(std::move(path)),
      fd_(std::move(fd)),
      hasher_(std::make_unique<model::ContentHasher>()) {}

Result<std::shared_ptr<PartFile>> PartFile::open(const util::Root& root, const PartTask& task,
                                                 const std::stop_token& stop) {
  const std::string path = part_path(task.checksum);
  I2I_ASSIGN(auto fd, root.open_file(path, O_RDWR | O_CREAT, 0644));
  // Immich runs as another user: it must be able to read the file, whatever our umask. Where modes are made up by the
  // mount, they cannot be set, and need not.
  (void)fchmod(fd.get(), 0644);
  std::shared_ptr<PartFile> part(new PartFile(root, task, path, std::move(fd)));
  std::vector<char> buffer(std::size_t{256} << 10);
  while (true) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while resuming a download");
    const ssize_t got = ::read(part->fd_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(util::file_error(errno, "read", path));
    if (got == 0) break;
    part->hasher_->update({buffer.data(), static_cast<std::size_t>(got)});
    part->size_ += static_cast<std::uint64_t>(got);
  }
  if (part->size_ > task.size) I2I_TRY(part->restart());
  return part;
}

Result<void> PartFile::restart() {
  if (ftruncate(fd_.get(), 0) != 0 || lseek(fd_.get(), 0, SEEK_SET) < 0) {
    return fail(util::file_error(errno, "empty", path_));
  }
  size_ = 0;
  begun_ = 0;
  hasher_ = std::make_unique<model::ContentHasher>();
  return {};
}

Result<void> PartFile::write(std::string_view bytes) {
  hasher_->update(bytes);
  I2I_TRY(util::write_all(fd_, bytes, path_));
  size_ += bytes.size();
  if (size_ - begun_ >= kWriteOutEvery) {
    util::start_write_out(fd_);
    begun_ = size_;
  }
  return {};
}

Result<model::ContentProof> PartFile::prove() {
  auto proof = hasher_->finish();
  if (proof.size != task_.size || !is_content(proof, task_.checksum, task_.size)) {
    return fail(ErrorCode::mismatch, "the bytes that arrived are not the ones iCloud announced (" +
                                         std::to_string(proof.size) + " of " + std::to_string(task_.size) + " bytes)");
  }
  return proof;
}

Result<void> PartFile::start_flush() {
  // Before the flush, so that the time is durable with the bytes.
  I2I_TRY(util::set_mtime(fd_, task_.mtime_ms, path_));
  I2I_ASSIGN(const auto facts, util::facts_of(fd_, path_));
  mtime_ms_ = facts.mtime_ms;
  util::start_write_out(fd_);
  return {};
}

Result<void> PartFile::flush() {
  I2I_TRY(util::sync_file(fd_, path_));
  fd_.reset();
  return {};
}

Result<void> PartFile::publish() {
  I2I_TRY(root_.make_directories(folder()));
  if (task_.way == PlaceWay::new_file) return root_.rename_no_replace(path_, task_.path);
  I2I_ASSIGN(const auto there, root_.facts(task_.path));
  // A second name for the damaged copy first, then the new one over it: the path is never without a file.
  if (there) {
    I2I_TRY(root_.link_aside(task_.path, aside_path(task_.checksum, "damaged")));
    I2I_TRY(root_.sync_directory(kAsideFolder));
  }
  return root_.rename_over(path_, task_.path);
}

std::string PartFile::folder() const { return util::folder_of(task_.path); }

Result<void> PartFile::keep_aside() {
  fd_.reset();
  return root_.rename_over(path_, aside_path(task_.checksum, "wrong"));
}

Result<void> PartFile::drop() {
  fd_.reset();
  return root_.remove_own_file(path_);
}

}  // namespace i2i::app
