#pragma once
// The person at the terminal: asked on /dev/tty, so that pipes and --json stay clean.

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "i2i/util/file.hpp"
#include "i2i/util/result.hpp"
#include "i2i/util/secret.hpp"

namespace i2i::cli {

class Terminal {
 public:
  /// nullopt where there is no terminal.
  static std::optional<Terminal> open();

  void say(const std::string& text) const;
  /// One line without its line break. cancelled when stop is requested, sign_in_needed when the input ends (Ctrl-D) or
  /// the terminal goes away.
  util::Result<std::string> ask(const std::string& question, const std::stop_token& stop) const;
  /// The same, but gives up with nullopt as soon as `enough` says so; it is asked some ten times a second.
  util::Result<std::optional<std::string>> ask_until(const std::string& question, const std::stop_token& stop,
                                                     const std::function<bool()>& enough) const;
  /// The same without echo; the terminal is put back whatever happens. usage where the line is longer than a terminal
  /// takes.
  util::Result<util::Secret> ask_secret(const std::string& question, const std::stop_token& stop) const;
  /// Drops what was typed and not read, so that no half of a code is left to the shell.
  void forget_typed() const;

 private:
  explicit Terminal(util::Fd fd) : fd_(std::move(fd)) {}
  struct Asked {
    std::string question;
    int times_resumed = 0;  // when it was asked
  };
  util::Result<std::optional<std::string>> read_line(Asked asked, const std::stop_token& stop,
                                                     const std::function<bool()>& enough) const;
  util::Fd fd_;
};

/// For the thread that handles signals: echo on again, before the process stops (Ctrl-Z) or ends at once; and off
/// again, with the question once more, when it goes on. Nothing happens where nobody is asked.
void put_terminal_back() noexcept;
void take_terminal_again() noexcept;

}  // namespace i2i::cli
