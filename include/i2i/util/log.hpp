#pragma once
// The log of the run: standard error, as text or one JSON object a line. Never give it a secret, a cookie value or a
// URL with its query (util/text: without_query). Names from servers and disks go through escape_for_terminal.

#include <fmt/core.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace i2i::util {

enum class LogLevel { error, warn, info, debug, trace };
enum class LogFormat { text, json };

/// To be called once, before anything logs; until then nothing is written.
void log_setup(LogLevel level, LogFormat format);
[[nodiscard]] bool log_enabled(LogLevel level) noexcept;
/// Called before each line, so that a progress line on the same terminal can be cleared. nullptr: none.
void log_before_line(void (*hook)() noexcept) noexcept;
/// The last lines that were written, as text and oldest first: at most as many as log_keep_last said, 0 at first.
void log_keep_last(std::size_t lines);
std::vector<std::string> log_last_lines();
/// One line; control characters in it are escaped. Any thread.
void log_line(LogLevel level, std::string_view line);

template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::error, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_warn(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::warn, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::debug)) log_line(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_trace(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::trace)) log_line(LogLevel::trace, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace i2i::util
