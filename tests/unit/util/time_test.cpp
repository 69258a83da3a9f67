#include "i2i/util/time.hpp"

#include <limits>
#include <thread>
#include <vector>

#include "catch.hpp"

using namespace i2i::util;
using namespace std::chrono_literals;

namespace {

constexpr UnixMillis kFirst = std::numeric_limits<UnixMillis>::min();
constexpr UnixMillis kLast = std::numeric_limits<UnixMillis>::max();

}  // namespace

TEST_CASE("instants are written as ISO 8601, whatever the year") {
  struct Row {
    const char* name;
    UnixMillis when;
    std::string text;
  };
  const std::vector<Row> rows{
      {"the epoch", 0, "1970-01-01T00:00:00Z"},
      {"now", 1795422600000, "2026-11-23T08:30:00Z"},
      {"a part of a second", 999, "1970-01-01T00:00:00Z"},
      {"just before the epoch", -1, "1969-12-31T23:59:59Z"},
      {"leap day", 1709208000000, "2024-02-29T12:00:00Z"},
      {"year 5", -62009366400000, "0005-01-01T00:00:00Z"},
      {"year 0", -62167219200000, "0000-01-01T00:00:00Z"},
      {"before year 0", -62167219200001, "-0001-12-31T23:59:59Z"},
      {"year 10000", 253402300800000, "+10000-01-01T00:00:00Z"},
      {"year 2743924, as recorded", 86527710691200000, "+2743924-01-01T00:00:00Z"},
      {"the first there is", kFirst, "-292275055-05-16T16:47:04Z"},
      {"the last there is", kLast, "+292278994-08-17T07:12:55Z"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(format_utc(row.when) == row.text);
  }
}

TEST_CASE("instants at an offset") {
  CHECK(format_at_offset(1714979289000, 7200) == "2024-05-06T09:08:09+02:00");
  CHECK(format_at_offset(1714979289000, 0) == "2024-05-06T07:08:09+00:00");
  CHECK(format_at_offset(1714979289000, -12600) == "2024-05-06T03:38:09-03:30");
  CHECK(format_at_offset(1714979289000, 20700) == "2024-05-06T12:53:09+05:45");
  CHECK(format_at_offset(0, 59) == "1970-01-01T00:00:00+00:00");
  CHECK_FALSE(format_at_offset(kLast, std::numeric_limits<int>::max()).empty());
  CHECK_FALSE(format_at_offset(kFirst, std::numeric_limits<int>::min()).empty());
}

TEST_CASE("dates and date-times as people and servers write them") {
  struct Row {
    const char* text;
    std::optional<UnixMillis> when;
  };
  const std::vector<Row> rows{{"1970-01-01", 0},
                              {"2024-05-06", 1714953600000},
                              {"2024-05-06T07:08:09Z", 1714979289000},
                              {"2024-05-06t07:08:09z", 1714979289000},
                              {"2024-05-06 07:08:09Z", 1714979289000},
                              {"2024-05-06T09:08:09+02:00", 1714979289000},
                              {"2024-05-06T09:08:09+0200", 1714979289000},
                              {"2024-05-06T09:08:09+02", 1714979289000},
                              {"2024-05-06T03:38:09-03:30", 1714979289000},
                              {"2024-05-06T07:08Z", 1714979280000},
                              {"2024-05-06T07:08:09.5Z", 1714979289500},
                              {"2024-05-06T07:08:09.123456Z", 1714979289123},
                              {"0005-01-01", -62009366400000},
                              {"2024-02-29", 1709164800000},
                              {"2023-02-29", std::nullopt},
                              {"2024-13-01", std::nullopt},
                              {"2024-00-01", std::nullopt},
                              {"2024-05-06T07:08:09", std::nullopt},
                              {"2024-05-06T24:00:00Z", std::nullopt},
                              {"2024-05-06T07:08:60Z", std::nullopt},
                              {"2024-05-06T07:08:09.Z", std::nullopt},
                              {"2024-05-06T07:08:09+24:00", std::nullopt},
                              {"2024-05-06T07:08:09Zx", std::nullopt},
                              {"2024-05-06T", std::nullopt},
                              {"2024-5-6", std::nullopt},
                              {"20240506", std::nullopt},
                              {"yesterday", std::nullopt},
                              {"", std::nullopt}};
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(parse_iso8601(row.text) == row.when);
  }
}

TEST_CASE("the calendar date at an offset") {
  const auto date = civil_date(1714953600000 - 1000, 7200);
  REQUIRE(date);
  CHECK(date->year == 2024);
  CHECK(date->month == 5);
  CHECK(date->day == 6);
  const auto before = civil_date(1714953600000, -1);
  REQUIRE(before);
  CHECK(before->day == 5);
  const auto old = civil_date(-62009366400000, 0);
  REQUIRE(old);
  CHECK(old->year == 5);
  CHECK_FALSE(civil_date(86527710691200000, 0));
  CHECK_FALSE(civil_date(kFirst, std::numeric_limits<int>::min()));
  CHECK_FALSE(civil_date(kLast, std::numeric_limits<int>::max()));
}

TEST_CASE("durations as people write and read them") {
  CHECK(parse_duration("90s") == 90s);
  CHECK(parse_duration("10m") == 10min);
  CHECK(parse_duration("6h") == 6h);
  CHECK(parse_duration("2d") == 48h);
  CHECK(parse_duration("45") == 45s);
  CHECK(parse_duration("0") == 0s);
  for (const char* bad : {"", "s", "-1", "1w", "1.5h", "1h30m", " 1", "99999999999999999d", "99999999999999999999"}) {
    INFO(bad);
    CHECK_FALSE(parse_duration(bad));
  }
  CHECK(human_duration(45s) == "45 s");
  CHECK(human_duration(0s) == "0 s");
  CHECK(human_duration(-5s) == "0 s");
  CHECK(human_duration(185s) == "3 min 05 s");
  CHECK(human_duration(2h + 3min + 59s) == "2 h 03 min");
  CHECK(human_duration(75h) == "3 d 03 h");
}

TEST_CASE("a sleep ends when a stop is requested") {
  std::stop_source source;
  source.request_stop();
  CHECK_FALSE(system_clock().sleep(1h, source.get_token()));
  CHECK(system_clock().sleep(0ms, std::stop_token{}));
}
