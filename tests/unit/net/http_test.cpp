#include "i2i/net/http.hpp"

#include "catch.hpp"

using i2i::net::Headers;
using i2i::net::parse_retry_after;
using std::chrono::seconds;

TEST_CASE("header names compare without regard to case") {
  Headers headers{{"X-Apple-ID-Session-Id", "one"}, {"scnt", ""}};
  headers.add("X-APPLE-ID-SESSION-ID", "two");
  CHECK(headers.get("x-apple-id-session-id") == "one");
  CHECK(headers.get("SCNT") == "");
  CHECK_FALSE(headers.get("x-apple-id-session"));
  CHECK(headers.fields().size() == 3);
}

TEST_CASE("Retry-After in all its forms") {
  // 2026-01-01T00:00:00Z
  constexpr i2i::util::UnixMillis kNow = 1'767'225'600'000;
  struct Row {
    const char* name;
    const char* value;
    std::optional<seconds> expected;
  };
  const Row rows[] = {
      {"seconds", "120", seconds(120)},
      {"zero", "0", seconds(0)},
      {"blanks around", " 7 ", seconds(7)},
      {"absurd number is a year", "99999999999999999999999", seconds(366 * 86'400)},
      {"date", "Thu, 01 Jan 2026 00:01:30 GMT", seconds(90)},
      {"date with hyphens", "Thu,01-Jan-2026 00:01:30 GMT", seconds(90)},
      {"date in the past", "Wed, 31 Dec 2025 23:00:00 GMT", seconds(0)},
      {"nothing", "", std::nullopt},
      {"negative", "-5", std::nullopt},
      {"words", "soon", std::nullopt},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(parse_retry_after(row.value, kNow) == row.expected);
  }
  CHECK(parse_retry_after("Thu, 01 Jan 2026 00:00:01 GMT", kNow + 1) == seconds(1));
}
