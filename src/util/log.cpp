#include "i2i/util/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>

#include "i2i/util/text.hpp"

namespace i2i::util {
namespace {

struct Word {
  const char* text;  // five wide, so that messages line up
  const char* json;
};

Word word_of(LogLevel level) {
  constexpr std::array<Word, 5> kWords{
      {{"error", "error"}, {"warn ", "warn"}, {"info ", "info"}, {"debug", "debug"}, {"trace", "trace"}}};
  return kWords.at(static_cast<std::size_t>(level));
}

/// The log is the one thing the whole process shares: every layer logs, and there is one standard error.
/// The mutex makes "clear the progress line, write the line" one step.
struct Log {
  std::mutex mutex;
  std::shared_ptr<spdlog::logger> logger;
  LogFormat format = LogFormat::text;
  std::atomic<int> most_detailed = -1;  // nothing before log_setup
  std::atomic<void (*)() noexcept> before_line = nullptr;
  std::size_t keep = 0;
  std::deque<std::string> kept;
};

Log& the_log() {
  static Log log;
  return log;
}

}  // namespace

void log_setup(LogLevel level, LogFormat format) {
  Log& log = the_log();
  const std::lock_guard lock(log.mutex);
  log.logger = std::make_shared<spdlog::logger>("i2i", std::make_shared<spdlog::sinks::stderr_sink_st>());
  log.logger->set_level(spdlog::level::trace);
  log.logger->flush_on(spdlog::level::trace);
  log.logger->set_pattern(format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%SZ",%v})" : "%Y-%m-%dT%H:%M:%SZ %v",
                          spdlog::pattern_time_type::utc);
  log.format = format;
  log.most_detailed = static_cast<int>(level);
}

bool log_enabled(LogLevel level) noexcept { return static_cast<int>(level) <= the_log().most_detailed; }

void log_before_line(void (*hook)() noexcept) noexcept { the_log().before_line = hook; }

void log_keep_last(std::size_t lines) {
  Log& log = the_log();
  const std::lock_guard lock(log.mutex);
  log.keep = lines;
  while (log.kept.size() > lines) log.kept.pop_front();
}

std::vector<std::string> log_last_lines() {
  Log& log = the_log();
  const std::lock_guard lock(log.mutex);
  return {log.kept.begin(), log.kept.end()};
}

void log_line(LogLevel level, std::string_view line) {
  if (!log_enabled(level)) return;
  Log& log = the_log();
  const std::lock_guard lock(log.mutex);
  if (auto* hook = log.before_line.load()) hook();
  if (log.keep > 0) {
    if (log.kept.size() == log.keep) log.kept.pop_front();
    log.kept.push_back(fmt::format("{} {}", word_of(level).text, escape_for_terminal(line)));
  }
  if (log.format == LogFormat::json) {
    log.logger->log(spdlog::level::info,
                    fmt::format(R"("level":"{}","message":{})", word_of(level).json, quote_json(line)));
  } else {
    // Whoever forgot to escape a name must still not write two lines or a terminal command.
    log.logger->log(spdlog::level::info, fmt::format("{} {}", word_of(level).text, escape_for_terminal(line)));
  }
}

}  // namespace i2i::util
