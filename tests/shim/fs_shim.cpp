// A file system that behaves like a poorer one, or a process that dies at its N-th change of the disk: loaded into the
// program under test with LD_PRELOAD. What it does is named in FS_SHIM, words with commas between:
//   nolink, nonoreplace, noopenat2, nochmod, chmodignored, nodirsync   what NFS, SMB and FUSE file systems refuse; of
//   modes only
//                 below the folder FS_SHIM_UNDER
//   nfs=PATH      statfs says that PATH and what lies below is on NFS
//   kill=N        SIGKILL just before the N-th change of the disk (rename, mkdir, link, unlink, utimensat, fsync)
//   erofs=N, enospc=N, eio=N, estale=N    from the N-th change below the folder FS_SHIM_UNDER on every one fails, as
//   after a read-only remount,
//                 on a full disk, …
// FS_SHIM_COUNT=FILE: the numbers of changes, all and those below FS_SHIM_UNDER, are written there when the process
// ends by itself.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

std::string wishes() {
  const char* text = std::getenv("FS_SHIM");
  return text == nullptr ? std::string() : "," + std::string(text) + ",";
}

bool wished(const char* word) {
  static const std::string all = wishes();
  return all.find("," + std::string(word) + ",") != std::string::npos;
}

std::string value_of(const char* name) {
  static const std::string all = wishes();
  const std::string key = "," + std::string(name) + "=";
  const auto at = all.find(key);
  if (at == std::string::npos) return {};
  const auto begin = at + key.size();
  return all.substr(begin, all.find(',', begin) - begin);
}

std::atomic<long> changes{0};
std::atomic<long> changes_below{0};

/// Whether an open file or folder lies below FS_SHIM_UNDER.
bool is_below(int fd) {
  const char* folder = std::getenv("FS_SHIM_UNDER");
  if (folder == nullptr || fd < 0) return false;
  char path[4096];
  const ssize_t length = ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path, sizeof path);
  return length > 0 && std::string(path, static_cast<std::size_t>(length)).rfind(folder, 0) == 0;
}

/// Counts one change of the disk, made through an open file or folder. False where it is to fail (errno is set).
bool change(int fd) {
  struct Failure {
    const char* name;
    int error_number;
  };
  constexpr Failure kFailures[] = {{"erofs", EROFS}, {"enospc", ENOSPC}, {"eio", EIO}, {"estale", ESTALE}};
  const std::string kill_at = value_of("kill");
  const long number = ++changes;
  if (!kill_at.empty() && number == std::atol(kill_at.c_str())) ::kill(::getpid(), SIGKILL);
  if (!is_below(fd)) return true;
  const long below = ++changes_below;
  for (const auto& failure : kFailures) {
    const std::string from = value_of(failure.name);
    if (from.empty() || below < std::atol(from.c_str())) continue;
    errno = failure.error_number;
    return false;
  }
  return true;
}

int refused(int error_number) {
  errno = error_number;
  return -1;
}

bool is_folder(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

struct AtEnd {
  ~AtEnd() {
    if (const char* path = std::getenv("FS_SHIM_COUNT")) {
      if (std::FILE* file = std::fopen(path, "w")) {
        std::fprintf(file, "%ld %ld\n", changes.load(), changes_below.load());
        std::fclose(file);
      }
    }
  }
} at_end;

}  // namespace

extern "C" {

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  if (!change(to_folder)) return -1;
  if (wished("nolink")) return refused(EPERM);
  return next<decltype(&linkat)>("linkat")(from_folder, from, to_folder, to, flags);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  if (!change(to_folder)) return -1;
  if (wished("nonoreplace") && flags != 0) return refused(EINVAL);
  return next<decltype(&renameat2)>("renameat2")(from_folder, from, to_folder, to, flags);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) {
  if (!change(to_folder)) return -1;
  return next<decltype(&renameat)>("renameat")(from_folder, from, to_folder, to);
}

int rename(const char* from, const char* to) {
  if (!change(-1)) return -1;
  return next<decltype(&rename)>("rename")(from, to);
}

int mkdirat(int folder, const char* path, mode_t mode) {
  if (!change(folder)) return -1;
  return next<decltype(&mkdirat)>("mkdirat")(folder, path, mode);
}

int unlinkat(int folder, const char* path, int flags) {
  if (!change(folder)) return -1;
  return next<decltype(&unlinkat)>("unlinkat")(folder, path, flags);
}

int utimensat(int folder, const char* path, const struct timespec times[2], int flags) {
  if (!change(folder)) return -1;
  return next<decltype(&utimensat)>("utimensat")(folder, path, times, flags);
}

int fsync(int fd) {
  if (!change(fd)) return -1;
  if (wished("nodirsync") && is_folder(fd)) return refused(EINVAL);
  return next<decltype(&fsync)>("fsync")(fd);
}

int fdatasync(int fd) {
  if (!change(fd)) return -1;
  return next<decltype(&fdatasync)>("fdatasync")(fd);
}

int fchmod(int fd, mode_t mode) {
  if (wished("nochmod") && is_below(fd)) return refused(EPERM);
  if (wished("chmodignored") && is_below(fd)) return 0;
  return next<decltype(&fchmod)>("fchmod")(fd, mode);
}

// Under both of its names: programs are built with 64-bit offsets or without.
int statfs64(const char* path, struct statfs64* facts) {
  const int done = next<decltype(&statfs64)>("statfs64")(path, facts);
  static const std::string nfs = value_of("nfs");
  if (done == 0 && !nfs.empty() && std::string(path).rfind(nfs, 0) == 0) facts->f_type = NFS_SUPER_MAGIC;
  return done;
}

int statfs(const char* path, struct statfs* facts) {
  static_assert(sizeof(struct statfs) == sizeof(struct statfs64));
  return statfs64(path, reinterpret_cast<struct statfs64*>(facts));
}

long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long words[6];
  for (long& word : words) word = va_arg(list, long);
  va_end(list);
  if (number == SYS_openat2 && wished("noopenat2")) return refused(ENOSYS);
  return next<decltype(&syscall)>("syscall")(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

}  // extern "C"
