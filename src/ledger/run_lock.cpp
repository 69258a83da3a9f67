#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "i2i/ledger/runs.hpp"

namespace i2i::ledger {
namespace {

/// The process id in the lock file, for the message only.
std::string holder(int fd) {
  char text[24] = {};
  const ssize_t length = ::pread(fd, text, sizeof text - 1, 0);
  std::string digits;
  for (ssize_t i = 0; i < length && text[i] >= '0' && text[i] <= '9'; ++i) digits += text[i];
  return digits.empty() ? "another run" : "another run (process " + digits + ")";
}

}  // namespace

util::Result<RunLock> RunLock::take(const std::string& path) {
  util::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return util::fail(util::file_error(errno, "take the lock", path));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return util::fail(util::file_error(errno, "take the lock", path));
    return util::fail(util::ErrorCode::run_locked, fmt::format("{} is at work on this account", holder(fd.get())),
                      "Wait until it is done, then run again.");
  }
  // A note for whoever finds it locked; nothing depends on it.
  const std::string note = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd.get(), 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(fd.get(), note.data(), note.size(), 0);
  }
  return RunLock(std::move(fd));
}

}  // namespace i2i::ledger
