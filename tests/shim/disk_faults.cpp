// A library to be preloaded (LD_PRELOAD) into the real binary: the Nth call of ours that changes a disk fails, and the
// clock may be wrong. What it is told comes from the environment:
//
//   DISK_FAULTS_BELOW    calls on paths that begin with this are counted; nothing is counted without it
//   DISK_FAULTS_NTH      the call that fails, from 1 on; 0 counts only
//   DISK_FAULTS_ERRNO    what it fails with (a number)
//   DISK_FAULTS_FOR_GOOD every later one fails too (a disk that is full), otherwise only this one
//   DISK_FAULTS_COUNT    a file: how many calls there were is written to it at the end
//   DISK_FAULTS_CLOCK_S  seconds that the clock of the day is wrong by
//
// A write that fails may have written its first half, as a disk that fills does.

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

namespace {

std::string setting(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}
long number(const char* name) { return std::strtol(setting(name).c_str(), nullptr, 10); }

struct Plan {
  std::string below = setting("DISK_FAULTS_BELOW");
  long nth = number("DISK_FAULTS_NTH");
  int error = static_cast<int>(number("DISK_FAULTS_ERRNO"));
  bool for_good = !setting("DISK_FAULTS_FOR_GOOD").empty();
  std::string count_file = setting("DISK_FAULTS_COUNT");
  long clock_s = number("DISK_FAULTS_CLOCK_S");
  std::atomic<long> count{0};
};

Plan& plan() {
  static auto* const kept = new Plan;  // never destroyed: calls come until the very end
  return *kept;
}

template <class Function>
Function* real(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  if (found == nullptr) std::abort();
  return reinterpret_cast<Function*>(found);
}

std::string path_of(int fd) {
  char buffer[PATH_MAX];
  const std::string link = fd == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = ::readlink(link.c_str(), buffer, sizeof buffer);
  return length > 0 ? std::string(buffer, static_cast<std::size_t>(length)) : std::string();
}

std::string path_of(int folder, const char* path) {
  if (path == nullptr) return "";
  return path[0] == '/' ? path : path_of(folder) + "/" + path;
}

/// Counts a call on that path; true where it is to fail, errno is set then.
bool strikes(const std::string& path) {
  Plan& now = plan();
  if (now.below.empty() || !path.starts_with(now.below)) return false;
  const long count = ++now.count;
  if (now.nth == 0 || count < now.nth || (count > now.nth && !now.for_good)) return false;
  errno = now.error;
  return true;
}

bool changes(int flags) { return (flags & O_CREAT) != 0; }

/// At the end: how many calls there were.
[[gnu::destructor]] void tell() {
  const Plan& now = plan();
  if (now.count_file.empty()) return;
  if (std::FILE* file = std::fopen(now.count_file.c_str(), "w")) {
    static_cast<void>(std::fprintf(file, "%ld\n", now.count.load()));
    static_cast<void>(std::fclose(file));
  }
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t count) {
  static auto* const next = real<ssize_t(int, const void*, size_t)>("write");
  if (!plan().below.empty() && strikes(path_of(fd))) {
    const int error = errno;
    if (error == ENOSPC && count > 1) static_cast<void>(next(fd, bytes, count / 2));
    errno = error;
    return -1;
  }
  return next(fd, bytes, count);
}

ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  static auto* const next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  if (strikes(path_of(fd))) {
    const int error = errno;
    if (error == ENOSPC && count > 1) static_cast<void>(next(fd, bytes, count / 2, offset));
    errno = error;
    return -1;
  }
  return next(fd, bytes, count, offset);
}

int fsync(int fd) {
  static auto* const next = real<int(int)>("fsync");
  return strikes(path_of(fd)) ? -1 : next(fd);
}

int fdatasync(int fd) {
  static auto* const next = real<int(int)>("fdatasync");
  return strikes(path_of(fd)) ? -1 : next(fd);
}

int ftruncate64(int fd, off64_t length) noexcept {
  static auto* const next = real<int(int, off64_t)>("ftruncate64");
  return strikes(path_of(fd)) ? -1 : next(fd, length);
}

int futimens(int fd, const timespec times[2]) noexcept {
  static auto* const next = real<int(int, const timespec*)>("futimens");
  return strikes(path_of(fd)) ? -1 : next(fd, times);
}

int mkdirat(int folder, const char* path, mode_t mode) noexcept {
  static auto* const next = real<int(int, const char*, mode_t)>("mkdirat");
  return strikes(path_of(folder, path)) ? -1 : next(folder, path, mode);
}

int renameat2(int from, const char* source, int to, const char* target, unsigned flags) noexcept {
  static auto* const next = real<int(int, const char*, int, const char*, unsigned)>("renameat2");
  return strikes(path_of(to, target)) ? -1 : next(from, source, to, target, flags);
}

int renameat(int from, const char* source, int to, const char* target) noexcept {
  static auto* const next = real<int(int, const char*, int, const char*)>("renameat");
  return strikes(path_of(to, target)) ? -1 : next(from, source, to, target);
}

int rename(const char* source, const char* target) noexcept {
  static auto* const next = real<int(const char*, const char*)>("rename");
  return strikes(path_of(AT_FDCWD, target)) ? -1 : next(source, target);
}

int unlinkat(int folder, const char* path, int flags) noexcept {
  static auto* const next = real<int(int, const char*, int)>("unlinkat");
  return strikes(path_of(folder, path)) ? -1 : next(folder, path, flags);
}

int open64(const char* path, int flags, ...) {
  static auto* const next = real<int(const char*, int, ...)>("open64");
  va_list rest;
  va_start(rest, flags);
  const auto mode = changes(flags) ? va_arg(rest, mode_t) : mode_t{0};
  va_end(rest);
  if (changes(flags) && strikes(path_of(AT_FDCWD, path))) return -1;
  return next(path, flags, mode);
}

/// openat2 has no function of its own in the C library.
long syscall(long which, ...) noexcept {
  static auto* const next = real<long(long, ...)>("syscall");
  long a[6];
  va_list rest;
  va_start(rest, which);
  for (long& one : a) one = va_arg(rest, long);
  va_end(rest);
  if (which == SYS_openat2) {
    const auto* path = reinterpret_cast<const char*>(a[1]);     // NOLINT(performance-no-int-to-ptr): as they come
    const auto* how = reinterpret_cast<const open_how*>(a[2]);  // NOLINT(performance-no-int-to-ptr)
    if (changes(static_cast<int>(how->flags)) && strikes(path_of(static_cast<int>(a[0]), path))) return -1;
  }
  return next(which, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static auto* const next = real<int(clockid_t, timespec*)>("clock_gettime");
  const int result = next(clock, time);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec += plan().clock_s;
  return result;
}

int gettimeofday(timeval* time, void* zone) noexcept {
  static auto* const next = real<int(timeval*, void*)>("gettimeofday");
  const int result = next(time, zone);
  time->tv_sec += plan().clock_s;
  return result;
}

time_t time(time_t* where) noexcept {
  timespec now{};
  static_cast<void>(clock_gettime(CLOCK_REALTIME, &now));
  if (where != nullptr) *where = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
