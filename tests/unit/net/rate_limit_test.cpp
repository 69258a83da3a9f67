#include "../../../src/net/rate_limit.hpp"

#include "catch.hpp"

using i2i::net::RateLimit;
using std::chrono::milliseconds;

namespace {

constexpr RateLimit::TimePoint kStart{std::chrono::hours(5)};

}  // namespace

TEST_CASE("over any longer time exactly the rate goes through") {
  struct Row {
    const char* name;
    std::uint64_t rate;
    std::uint64_t piece;
    milliseconds step;  // how often somebody looks
  };
  const Row rows[] = {
      {"small pieces", 1'000'000, 1'000, milliseconds(1)},
      {"TLS records", 1'000'000, 16'384, milliseconds(1)},
      {"pieces larger than a second's worth", 10'000, 16'384, milliseconds(10)},
      {"a loop that is late", 1'000'000, 16'384, milliseconds(70)},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    RateLimit limit(row.rate);
    std::uint64_t taken = 0;
    auto now = kStart;
    for (; now - kStart < std::chrono::seconds(60); now += row.step) {
      while (limit.open(now)) {
        limit.took(row.piece);
        taken += row.piece;
      }
    }
    const double share = static_cast<double>(taken) / (60.0 * static_cast<double>(row.rate));
    CHECK(share < 1.03);
    CHECK(share > 0.97);
  }
}

TEST_CASE("what was not used is not saved up") {
  RateLimit limit(1'000'000);
  CHECK(limit.open(kStart));
  const auto later = kStart + std::chrono::hours(1);
  std::uint64_t taken = 0;
  while (limit.open(later)) {
    limit.took(1'000);
    taken += 1'000;
  }
  CHECK(taken <= 102'000);
}

TEST_CASE("the wait ends when it opens") {
  RateLimit limit(1'000);
  CHECK(limit.wait(kStart) == milliseconds(0));
  limit.took(500);
  const auto wait = limit.wait(kStart);
  CHECK(wait == milliseconds(500));
  CHECK(!limit.open(kStart + wait - milliseconds(2)));
  CHECK(limit.open(kStart + wait));
}
