#pragma once
// The person at the terminal: asked on /dev/tty, so that pipes and --json stay clean.

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
  /// One line without its line break; cancelled when stop is requested or the terminal goes away.
  util::Result<std::string> ask(const std::string& question, const std::stop_token& stop) const;
  /// The same without echo; the terminal is put back whatever happens.
  util::Result<util::Secret> ask_secret(const std::string& question, const std::stop_token& stop) const;

 private:
  explicit Terminal(util::Fd fd) : fd_(std::move(fd)) {}
  util::Result<std::string> read_line(const std::stop_token& stop) const;
  util::Fd fd_;
};

}  // namespace i2i::cli
