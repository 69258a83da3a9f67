#pragma once
// What file.cpp, beneath.cpp and root.cpp share.

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <string>
#include <vector>

#include "i2i/util/file.hpp"

namespace i2i::util {

/// Repeats a system call that a signal interrupted.
template <class Call>
auto retry_interrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// What utimensat takes: the access time left alone, and this modification time.
using MtimeSpec = std::array<timespec, 2>;
MtimeSpec mtime_spec(UnixMillis mtime_ms);

FileFacts to_facts(const struct stat& status);

/// True for "a/b/c": not empty, no empty part, no "." or "..", no NUL byte.
bool is_plain_relative(std::string_view relative);

/// open(2) of a plain relative path below a folder, no part of which may be a symbolic link: ELOOP then.
/// Returns an Fd that is not valid and leaves errno set where it fails.
Fd open_beneath(int folder, const std::string& relative, int flags, mode_t mode);

/// The same for kernels without openat2: part by part, each opened with O_NOFOLLOW. Public for its test.
Fd open_part_by_part(int folder, const std::string& relative, int flags, mode_t mode);

/// At least this mode for an open file or folder of ours, whatever the umask made of it. A file system without modes
/// refuses or ignores that: no error.
void set_mode(const Fd& fd, mode_t mode);

/// Where the file system knows no renameat2(RENAME_NOREPLACE): looks first, then renames. EEXIST where the target is
/// there. Returns 0 or an errno. Public for its test.
int rename_after_looking(int from_folder, const std::string& from, int to_folder, const std::string& to);

}  // namespace i2i::util
