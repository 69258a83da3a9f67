// Opening a path below a folder so that nothing outside it can be reached, whatever links lie on the way.
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "i2i/util/text.hpp"
#include "util/file_internal.hpp"

namespace i2i::util {
namespace {

int openat2(int folder, const char* relative, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags));
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;  // the kernel refuses a mode without O_CREAT
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, folder, relative, &how, sizeof how));
}

bool is_symlink(int folder, const std::string& name) {
  struct stat status {};
  return ::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
}

}  // namespace

bool is_plain_relative(std::string_view relative) {
  if (relative.find('\0') != std::string_view::npos) return false;
  const auto parts = split(relative, '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](const std::string& part) { return part.empty() || part == "." || part == ".."; });
}

Fd open_part_by_part(int folder, const std::string& relative, int flags, mode_t mode) {
  const auto parts = split(relative, '/');
  Fd held;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const int below = held.valid() ? held.get() : folder;
    Fd next(retry_interrupted(
        [&] { return ::openat(below, parts[i].c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); }));
    if (!next.valid()) {
      // A link fails as "not a directory"; callers are to hear what it is.
      const int error_number = errno;
      errno = error_number == ENOTDIR && is_symlink(below, parts[i]) ? ELOOP : error_number;
      return next;
    }
    held = std::move(next);
  }
  const int below = held.valid() ? held.get() : folder;
  Fd leaf(
      retry_interrupted([&] { return ::openat(below, parts.back().c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode); }));
  if (!leaf.valid()) {
    const int error_number = errno;
    errno = error_number == ENOTDIR && is_symlink(below, parts.back()) ? ELOOP : error_number;
  }
  return leaf;
}

Fd open_beneath(int folder, const std::string& relative, int flags, mode_t mode) {
  // openat2 takes only three other flags beside O_PATH.
  const int all_flags = flags | O_NOFOLLOW | O_CLOEXEC | ((flags & O_PATH) == 0 ? O_NOCTTY : 0);
  // EAGAIN: something was renamed while the kernel looked; it promises nothing about when that ends.
  constexpr int kAttempts = 16;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Fd fd(openat2(folder, relative.c_str(), all_flags, mode));
    if (fd.valid()) return fd;
    // EPERM is how sandboxes older than the call say that it does not exist. ENOTDIR can mean a link, the walk tells.
    if (errno == ENOSYS || errno == EPERM || errno == ENOTDIR) break;
    if (errno != EAGAIN && errno != EINTR) return fd;
  }
  return open_part_by_part(folder, relative, all_flags, mode);
}

}  // namespace i2i::util
