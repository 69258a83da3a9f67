#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "i2i/util/result.hpp"
#include "i2i/util/secret.hpp"

namespace i2i::app {

/// healthchecks: told of the start and the end of every run. ntfy, webhook: people read it, so only what is new.
enum class NotifyKind { healthchecks, ntfy, webhook };
const char* to_string(NotifyKind kind);

/// One line of the file.
struct NotifyTarget {
  NotifyKind kind = NotifyKind::webhook;
  util::Secret url;
  std::string host;  // all of the address that may be shown
  int line = 0;
  bool with_log = false;
  std::vector<std::string> commands;  // told of these only; empty: of all

  [[nodiscard]] bool is_for_people() const { return kind != NotifyKind::healthchecks; }
  [[nodiscard]] bool is_told_of(std::string_view command) const;
};

/// The notify file: "[KIND] URL [WORD]…" a line, words being "log" and commands; empty lines and those that begin with
/// # are passed over. Without a kind it is guessed of the address. usage: what a line lacks, by its number and without
/// a word of it.
util::Result<std::vector<NotifyTarget>> decode_notify_file(std::string_view text);

}  // namespace i2i::app
