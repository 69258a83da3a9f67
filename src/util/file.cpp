#include "i2i/util/file.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "i2i/util/hash.hpp"
#include "i2i/util/text.hpp"
#include "util/file_internal.hpp"

namespace i2i::util {
namespace {

struct Advice {
  ErrorCode code;
  const char* remedy;
};

Advice advice_for(int error_number) {
  switch (error_number) {
    case ENOSPC:
      return {ErrorCode::volume_full, "Free some space on that volume, then run again."};
    case EDQUOT:
      return {ErrorCode::volume_full, "Raise the quota or free some space, then run again."};
    case ENOENT:
      return {ErrorCode::not_found, ""};
    case EACCES:
    case EPERM:
      return {ErrorCode::volume, "Give the user this program runs as permission to read and write there."};
    case EROFS:
      return {ErrorCode::volume, "Mount it so that it can be written."};
    case ELOOP:
      return {ErrorCode::volume, "Remove the symbolic link: links are never followed below the photos dir."};
    case ESTALE:
    case ENOTCONN:
    case ETIMEDOUT:
    case EHOSTDOWN:
    case ENODEV:
      return {ErrorCode::volume, "Check that the network share or disk is mounted and reachable."};
    case EIO:
      return {ErrorCode::volume, "Check the disk: the system log says more."};
    case EXDEV:
      return {ErrorCode::volume, "Folders below the photos dir must not be mounts of their own: files are renamed."};
    case EMFILE:
    case ENFILE:
      return {ErrorCode::volume, "Raise the limit of open files."};
    default:
      return {ErrorCode::volume, ""};
  }
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> sync_path(const std::string& folder) {
  const Fd fd(retry_interrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!fd.valid()) return fail(file_error(errno, "open folder", folder));
  return sync_folder(fd, folder);
}

std::string temporary_beside(const std::string& path) { return path + "." + hex_encode(random_bytes(6)) + ".new"; }

Fd open_new(const std::string& path, mode_t mode) {
  return Fd(retry_interrupted(
      [&] { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode); }));
}

Result<void> make_directory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) return sync_path(parent_of(path));
  const int error_number = errno;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return fail(file_error(error_number, "make folder", path));
  if (!S_ISDIR(status.st_mode)) return fail(file_error(ENOTDIR, "make folder", path));
  return {};
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) ::close(release());  // what close could report, fsync has reported before
}

Error file_error(int error_number, std::string_view what, std::string_view path) {
  const Advice advice = advice_for(error_number);
  // Not followed on purpose; "Too many levels of symbolic links" would puzzle.
  const std::string reason =
      error_number == ELOOP ? "a symbolic link is in the way" : std::generic_category().message(error_number);
  return {advice.code, fmt::format("cannot {} {}: {}", what, path, reason), advice.remedy, std::nullopt};
}

FileFacts to_facts(const struct stat& status) {
  FileFacts facts;
  facts.size = static_cast<std::uint64_t>(status.st_size);
  facts.mtime_ms = std::int64_t{status.st_mtim.tv_sec} * 1000 + status.st_mtim.tv_nsec / 1000000;
  facts.mtime_ns = static_cast<std::uint32_t>(status.st_mtim.tv_nsec);
  facts.inode = status.st_ino;
  facts.is_regular = S_ISREG(status.st_mode);
  facts.is_directory = S_ISDIR(status.st_mode);
  return facts;
}

Result<std::size_t> read_some(const Fd& fd, std::span<char> bytes, std::string_view path) {
  const auto count = retry_interrupted([&] { return ::read(fd.get(), bytes.data(), bytes.size()); });
  if (count < 0) return fail(file_error(errno, "read", path));
  return static_cast<std::size_t>(count);
}

Result<void> write_all(const Fd& fd, std::string_view bytes, std::string_view path) {
  while (!bytes.empty()) {
    const auto count = retry_interrupted([&] { return ::write(fd.get(), bytes.data(), bytes.size()); });
    if (count < 0) return fail(file_error(errno, "write", path));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> sync_file(const Fd& fd, std::string_view path) {
  if (retry_interrupted([&] { return ::fsync(fd.get()); }) != 0) return fail(file_error(errno, "flush", path));
  return {};
}

void start_write_out(const Fd& fd) { static_cast<void>(::sync_file_range(fd.get(), 0, 0, SYNC_FILE_RANGE_WRITE)); }

MtimeSpec mtime_spec(UnixMillis mtime_ms) {
  const std::int64_t millis = (mtime_ms % 1000 + 1000) % 1000;
  MtimeSpec times{};
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_sec = (mtime_ms - millis) / 1000;
  times[1].tv_nsec = millis * 1000000;
  return times;
}

Result<void> set_mtime(const Fd& fd, UnixMillis mtime_ms, std::string_view path) {
  if (::futimens(fd.get(), mtime_spec(mtime_ms).data()) != 0) return fail(file_error(errno, "set the time of", path));
  return {};
}

Result<void> sync_folder(const Fd& fd, std::string_view path) {
  if (retry_interrupted([&] { return ::fsync(fd.get()); }) == 0) return {};
  // Some network file systems have no fsync for folders, and say so in one of these words; their servers write names
  // through. What tells of lost data (EIO, ENOSPC, EDQUOT, ESTALE) is none of them.
  for (const int harmless : {EINVAL, ENOTSUP, ENOSYS, EBADF, EISDIR, EPERM, EACCES}) {
    if (errno == harmless) return {};
  }
  return fail(file_error(errno, "flush folder", path));
}

std::string folder_of(std::string_view relative) {
  const auto slash = relative.rfind('/');
  return slash == std::string_view::npos ? std::string{} : std::string(relative.substr(0, slash));
}

Result<FileFacts> facts_of(const Fd& fd, std::string_view path) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail(file_error(errno, "look at", path));
  return to_facts(status);
}

Result<std::string> read_small_file(const std::string& path, std::size_t limit_bytes) {
  const Fd fd(retry_interrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY); }));
  if (!fd.valid()) return fail(file_error(errno, "open", path));
  std::string content;
  std::string buffer(std::min<std::size_t>(limit_bytes + 1, 1 << 16), '\0');
  for (;;) {
    I2I_ASSIGN(const std::size_t count, read_some(fd, buffer, path));
    if (count == 0) return content;
    content.append(buffer, 0, count);
    if (content.size() > limit_bytes) {
      return fail(ErrorCode::volume, fmt::format("{} is larger than {}", path, human_bytes(limit_bytes)),
                  "Check that this is the right file.");
    }
  }
}

Result<void> try_to_write(const std::string& path) {
  struct stat status {};
  if (path.empty() || path.back() == '/' || (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))) {
    return fail(file_error(EISDIR, "write", path));
  }
  const std::string temporary = temporary_beside(path);
  const Fd fd = open_new(temporary, 0600);
  if (!fd.valid()) return fail(file_error(errno, "write", path));
  ::unlink(temporary.c_str());
  return {};
}

NewFile::NewFile(NewFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      buffer_(std::move(other.buffer_)),
      fd_(std::move(other.fd_)) {}

NewFile::~NewFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<NewFile> NewFile::begin(const std::string& path, mode_t mode) {
  std::string temporary = temporary_beside(path);
  Fd fd = open_new(temporary, mode);
  if (!fd.valid()) return fail(file_error(errno, "write", path));
  NewFile made(path, std::move(temporary), std::move(fd));
  // The process's umask must not decide who can read a session file.
  if (::fchmod(made.fd_.get(), mode) != 0) return fail(file_error(errno, "set the mode of", made.temporary_));
  return made;
}

Result<void> NewFile::write(std::string_view bytes) {
  constexpr std::size_t kPiece = std::size_t{64} << 10;
  buffer_ += bytes;
  return buffer_.size() < kPiece ? Result<void>{} : flush();
}

Result<void> NewFile::flush() {
  auto written = write_all(fd_, buffer_, path_);
  buffer_.clear();
  return written;
}

Result<void> NewFile::finish() {
  I2I_TRY(flush());
  I2I_TRY(sync_file(fd_, path_));
  fd_.reset();
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return fail(file_error(errno, "write", path_));
  temporary_.clear();
  return sync_path(parent_of(path_));
}

Result<void> write_file_atomic(const std::string& path, std::string_view content, mode_t mode) {
  I2I_ASSIGN(auto file, NewFile::begin(path, mode));
  I2I_TRY(file.write(content));
  return file.finish();
}

Result<void> make_directories(const std::string& path, mode_t mode) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (path[slash - 1] != '/') I2I_TRY(make_directory(path.substr(0, slash), mode));
  }
  if (!path.empty() && path.back() == '/') return {};
  return make_directory(path, mode);
}

}  // namespace i2i::util
