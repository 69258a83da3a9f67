#include "cli/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

namespace i2i::cli {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

/// Echo off while it lives.
class NoEcho {
 public:
  explicit NoEcho(int fd) : fd_(fd) {
    if (tcgetattr(fd_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet.c_lflag |= ECHONL;
    changed_ = tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
  }
  ~NoEcho() {
    if (changed_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  NoEcho(NoEcho&&) = delete;
  NoEcho& operator=(NoEcho&&) = delete;

 private:
  int fd_;
  termios before_{};
  bool changed_ = false;
};

constexpr int kPollMs = 100;
constexpr std::size_t kLineAtMost = 4096;

}  // namespace

std::optional<Terminal> Terminal::open() {
  // A pod without a terminal may still have /dev/tty as a node: opening it fails then.
  util::Fd fd(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid() || isatty(fd.get()) == 0) return std::nullopt;
  return Terminal(std::move(fd));
}

void Terminal::say(const std::string& text) const {
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t put = ::write(fd_.get(), rest.data(), rest.size());
    if (put <= 0 && errno != EINTR) return;
    if (put > 0) rest.remove_prefix(static_cast<std::size_t>(put));
  }
}

Result<std::string> Terminal::ask(const std::string& question, const std::stop_token& stop) const {
  say(question);
  return read_line(stop);
}

Result<util::Secret> Terminal::ask_secret(const std::string& question, const std::stop_token& stop) const {
  const NoEcho quiet(fd_.get());
  say(question);
  I2I_ASSIGN(auto line, read_line(stop));
  return util::Secret(std::move(line));
}

Result<std::string> Terminal::read_line(const std::stop_token& stop) const {
  std::string line;
  while (true) {
    if (stop.stop_requested()) {
      say("\n");
      return fail(ErrorCode::cancelled, "stopped at a question");
    }
    pollfd waiting{fd_.get(), POLLIN, 0};
    const int ready = poll(&waiting, 1, kPollMs);
    if (ready < 0 && errno != EINTR) return fail(util::file_error(errno, "wait for", "the terminal"));
    if (ready <= 0) continue;
    char c = 0;
    const ssize_t got = ::read(fd_.get(), &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(ErrorCode::cancelled, "the terminal was closed");
    if (c == '\n' || c == '\r') return line;
    if (line.size() < kLineAtMost) line.push_back(c);
  }
}

}  // namespace i2i::cli
