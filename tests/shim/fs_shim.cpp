// A file system that behaves like a poorer one, or a process that dies at its N-th change of the disk: loaded into the
// program under test with LD_PRELOAD. What it does is named in FS_SHIM, words with commas between:
//   nolink, nonoreplace, noopenat2, nochmod, chmodignored, nodirsync   what NFS, SMB and FUSE file systems refuse
//   nfs=PATH      statfs says that PATH and what lies below is on NFS
//   kill=N        SIGKILL just before the N-th change of the disk (rename, mkdir, link, unlink, utimensat, fsync)
//   erofs=N       from the N-th change on every one fails, as after a read-only remount
// FS_SHIM_COUNT=FILE: the number of changes is written there when the process ends by itself.
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

/// Counts one change of the disk. False where it is to fail (errno is set).
bool change() {
  static const std::string kill_at = value_of("kill");
  static const std::string read_only_from = value_of("erofs");
  const long number = ++changes;
  if (!kill_at.empty() && number == std::atol(kill_at.c_str())) ::kill(::getpid(), SIGKILL);
  if (!read_only_from.empty() && number >= std::atol(read_only_from.c_str())) {
    errno = EROFS;
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
        std::fprintf(file, "%ld\n", changes.load());
        std::fclose(file);
      }
    }
  }
} at_end;

}  // namespace

extern "C" {

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  if (!change()) return -1;
  if (wished("nolink")) return refused(EPERM);
  return next<decltype(&linkat)>("linkat")(from_folder, from, to_folder, to, flags);
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  if (!change()) return -1;
  if (wished("nonoreplace") && flags != 0) return refused(EINVAL);
  return next<decltype(&renameat2)>("renameat2")(from_folder, from, to_folder, to, flags);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) {
  if (!change()) return -1;
  return next<decltype(&renameat)>("renameat")(from_folder, from, to_folder, to);
}

int rename(const char* from, const char* to) {
  if (!change()) return -1;
  return next<decltype(&rename)>("rename")(from, to);
}

int mkdirat(int folder, const char* path, mode_t mode) {
  if (!change()) return -1;
  return next<decltype(&mkdirat)>("mkdirat")(folder, path, mode);
}

int unlinkat(int folder, const char* path, int flags) {
  if (!change()) return -1;
  return next<decltype(&unlinkat)>("unlinkat")(folder, path, flags);
}

int utimensat(int folder, const char* path, const struct timespec times[2], int flags) {
  if (!change()) return -1;
  return next<decltype(&utimensat)>("utimensat")(folder, path, times, flags);
}

int fsync(int fd) {
  if (!change()) return -1;
  if (wished("nodirsync") && is_folder(fd)) return refused(EINVAL);
  return next<decltype(&fsync)>("fsync")(fd);
}

int fdatasync(int fd) {
  if (!change()) return -1;
  return next<decltype(&fdatasync)>("fdatasync")(fd);
}

int fchmod(int fd, mode_t mode) {
  if (wished("nochmod")) return refused(EPERM);
  if (wished("chmodignored")) return 0;
  return next<decltype(&fchmod)>("fchmod")(fd, mode);
}

int statfs(const char* path, struct statfs* facts) {
  const int done = next<decltype(&statfs)>("statfs")(path, facts);
  static const std::string nfs = value_of("nfs");
  if (done == 0 && !nfs.empty() && std::string(path).rfind(nfs, 0) == 0) facts->f_type = NFS_SUPER_MAGIC;
  return done;
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
