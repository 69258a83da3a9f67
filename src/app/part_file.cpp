#include "app/part_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "app/content_check.hpp"
#include "app/volume.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string{} : path.substr(0, slash);
}

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
  hasher_ = std::make_unique<model::ContentHasher>();
  return {};
}

Result<void> PartFile::write(std::string_view bytes) {
  hasher_->update(bytes);
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd_.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail(util::file_error(errno, "write", path_));
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<PlacedFile> PartFile::place() {
  PlacedFile placed;
  placed.proof = hasher_->finish();
  if (placed.proof.size != task_.size || !is_content(placed.proof, task_.checksum, task_.size)) {
    return fail(ErrorCode::mismatch, "the bytes that arrived are not the ones iCloud announced (" +
                                         std::to_string(placed.proof.size) + " of " + std::to_string(task_.size) +
                                         " bytes)");
  }
  if (fdatasync(fd_.get()) != 0) return fail(util::file_error(errno, "write to the disk", path_));
  fd_.reset();
  I2I_TRY(root_.set_mtime(path_, task_.mtime_ms));
  I2I_TRY(rename_into_place());
  I2I_ASSIGN(const auto facts, root_.facts(task_.path));
  placed.mtime_ms = facts ? facts->mtime_ms : task_.mtime_ms;
  return placed;
}

Result<void> PartFile::rename_into_place() {
  const std::string folder = folder_of(task_.path);
  if (!folder.empty()) I2I_TRY(root_.make_directories(folder));
  if (task_.way == PlaceWay::repair) {
    I2I_ASSIGN(const auto there, root_.facts(task_.path));
    // A second name for the damaged copy first, then the new one over it: the path is never without a file.
    if (there) I2I_TRY(root_.link_aside(task_.path, aside_path(task_.checksum, "damaged")));
    I2I_TRY(root_.rename_over(path_, task_.path));
  } else {
    I2I_TRY(root_.rename_no_replace(path_, task_.path));
  }
  return root_.sync_directory(folder);
}

Result<void> PartFile::keep_aside() {
  fd_.reset();
  return root_.rename_over(path_, aside_path(task_.checksum, "wrong"));
}

Result<void> PartFile::drop() {
  fd_.reset();
  return root_.remove_own_file(path_);
}

}  // namespace i2i::app
