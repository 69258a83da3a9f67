#include "cli/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace i2i::cli {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

/// The terminal while its echo is off. One for the process, as its terminal is, because the thread that handles signals
/// must put it back before the process stops. fd is stored last and taken away first, so whoever sees it sees the rest.
struct QuietTerminal {
  termios before{};
  termios quiet{};
  std::atomic<int> fd{-1};
};
QuietTerminal quiet_terminal;
std::atomic<int> times_resumed{0};

/// Echo off while it lives.
class NoEcho {
 public:
  explicit NoEcho(int fd) {
    if (tcgetattr(fd, &quiet_terminal.before) != 0) return;
    quiet_terminal.quiet = quiet_terminal.before;
    quiet_terminal.quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet_terminal.quiet.c_lflag |= ECHONL;
    quiet_terminal.fd = fd;
    tcsetattr(fd, TCSAFLUSH, &quiet_terminal.quiet);
  }
  ~NoEcho() {
    const int fd = quiet_terminal.fd.exchange(-1);
    if (fd >= 0) tcsetattr(fd, TCSAFLUSH, &quiet_terminal.before);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  NoEcho(NoEcho&&) = delete;
  NoEcho& operator=(NoEcho&&) = delete;
};

constexpr int kPollMs = 100;
/// The kernel cuts a typed line there (N_TTY: 4096 with the line break).
constexpr std::size_t kLongestLine = 4095;

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
  I2I_ASSIGN(auto line, ask_until(question, stop, [] { return false; }));
  return *std::move(line);
}

Result<std::optional<std::string>> Terminal::ask_until(const std::string& question, const std::stop_token& stop,
                                                       const std::function<bool()>& enough) const {
  const int resumed = times_resumed;  // before the question is seen, or a Ctrl-Z right after it would be missed
  say(question);
  return read_line({question, resumed}, stop, enough);
}

Result<util::Secret> Terminal::ask_secret(const std::string& question, const std::stop_token& stop) const {
  const NoEcho quiet(fd_.get());
  I2I_ASSIGN(auto line, ask(question, stop));
  util::Secret secret(std::move(line));
  if (secret.reveal().size() >= kLongestLine) {
    return fail(ErrorCode::usage, "what was typed is longer than a terminal takes, and was cut off",
                "Give it in a file: --password-file FILE.");
  }
  return secret;
}

void Terminal::forget_typed() const { tcflush(fd_.get(), TCIFLUSH); }

Result<std::optional<std::string>> Terminal::read_line(Asked asked, const std::stop_token& stop,
                                                       const std::function<bool()>& enough) const {
  std::string line;
  line.reserve(kLongestLine + 1);  // growing would leave pieces of a password behind
  while (true) {
    if (stop.stop_requested()) {
      say("\n");
      return fail(ErrorCode::cancelled, "stopped at a question");
    }
    if (enough()) {
      say("\n");
      return std::optional<std::string>{};
    }
    if (const int now = times_resumed; now != asked.times_resumed) {
      asked.times_resumed = now;
      line.clear();  // the terminal has dropped it too
      say(asked.question);
    }
    pollfd waiting{fd_.get(), POLLIN, 0};
    const int ready = poll(&waiting, 1, kPollMs);
    if (ready < 0 && errno != EINTR) return fail(util::file_error(errno, "wait for", "the terminal"));
    if (ready <= 0) continue;
    char c = 0;
    const ssize_t got = ::read(fd_.get(), &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      say("\n");
      return fail(ErrorCode::sign_in_needed, "the input ended at a question",
                  "Run auth again when you can answer; nothing is lost.");
    }
    if (c == '\n' || c == '\r') return std::optional<std::string>(std::move(line));
    if (line.size() < kLongestLine) line.push_back(c);
  }
}

void put_terminal_back() noexcept {
  const int fd = quiet_terminal.fd;
  if (fd >= 0) tcsetattr(fd, TCSANOW, &quiet_terminal.before);
}

void take_terminal_again() noexcept {
  const int fd = quiet_terminal.fd;
  if (fd >= 0) tcsetattr(fd, TCSAFLUSH, &quiet_terminal.quiet);
  ++times_resumed;
}

}  // namespace i2i::cli
