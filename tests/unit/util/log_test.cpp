#include "i2i/util/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <functional>
#include <regex>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "i2i/util/json.hpp"
#include "i2i/util/text.hpp"
#include "unit/util/temp_folder.hpp"

using namespace i2i::util;

namespace {

/// What write puts on standard error, line by line.
std::vector<std::string> captured(const std::function<void()>& write) {
  const TempFolder folder;
  const int file = ::open(folder.path("log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const int saved = ::dup(2);
  REQUIRE(file >= 0);
  REQUIRE(saved >= 0);
  ::dup2(file, 2);
  write();
  ::dup2(saved, 2);
  ::close(saved);
  ::close(file);
  auto lines = split(folder.read("log"), '\n');
  lines.pop_back();
  return lines;
}

void clear_progress() noexcept { static_cast<void>(::write(2, "<cleared>", 9) == 9); }

}  // namespace

TEST_CASE("text lines have time, level and message") {
  const auto lines = captured([] {
    log_setup(LogLevel::info, LogFormat::text);
    log_info("listed {} of {}", 3, 5);
    log_warn("careful");
    log_error("broken");
    log_debug("not shown");
  });
  REQUIRE(lines.size() == 3);
  CHECK(std::regex_match(lines[0], std::regex("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ info  listed 3 of 5")));
  CHECK(lines[1].substr(20) == " warn  careful");
  CHECK(lines[2].substr(20) == " error broken");
}

TEST_CASE("no name can write a second line") {
  const auto lines = captured([] {
    log_setup(LogLevel::trace, LogFormat::text);
    log_trace("{}", "a\nb\x1b[2J %v {}");
  });
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].substr(20) == " trace a\\x0Ab\\x1B[2J %v {}");
}

TEST_CASE("JSON lines are one object each") {
  const auto lines = captured([] {
    log_setup(LogLevel::debug, LogFormat::json);
    log_debug("a \"name\"\nwith {}", "\xff 100%");
  });
  REQUIRE(lines.size() == 1);
  const auto line = parse_json(lines[0], "log line");
  REQUIRE(line);
  CHECK(text_or(*line, "level") == "debug");
  CHECK(text_or(*line, "message") == "a \"name\"\nwith \uFFFD 100%");
  CHECK(std::regex_match(text_or(*line, "time"), std::regex("20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ")));
}

TEST_CASE("the progress line is cleared before each line") {
  const auto lines = captured([] {
    log_setup(LogLevel::info, LogFormat::text);
    log_before_line(clear_progress);
    log_info("one");
    log_debug("not written, nothing to clear");
    log_before_line(nullptr);
    log_info("two");
  });
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("<cleared>"));
  CHECK_FALSE(lines[1].starts_with("<cleared>"));
}

TEST_CASE("lines of several threads stay whole") {
  const auto lines = captured([] {
    log_setup(LogLevel::info, LogFormat::text);
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 100; ++i) log_info("{}", std::string(50, 'x'));
      });
    }
  });
  CHECK(lines.size() == 400);
  for (const auto& line : lines) {
    if (line.substr(20) != " info  " + std::string(50, 'x')) FAIL_CHECK(line);
  }
}
