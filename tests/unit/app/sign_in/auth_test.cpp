#include "i2i/app/auth.hpp"

#include "unit/app/app_fixture.hpp"

using app_test::kDay;
using i2i::app::describe_session;
using i2i::icloud::SessionData;
using i2i::util::UnixMillis;

namespace {

constexpr UnixMillis kNow = 1'790'000'000'000;

SessionData session(std::optional<UnixMillis> trusted_at, std::optional<UnixMillis> cookies_end = {}) {
  SessionData made;
  made.apple_id = "someone@example.org";
  made.session_token = i2i::util::Secret("token");
  made.signed_in_at = kNow - 5 * kDay;
  made.trusted_at = trusted_at;
  if (cookies_end) {
    made.cookies = {".icloud.com\tTRUE\t/\tTRUE\t" + std::to_string(*cookies_end / 1000) +
                    "\tX-APPLE-WEBAUTH-USER\tvalue"};
  }
  return made;
}

}  // namespace

TEST_CASE("what a session on disk is worth, at its edges") {
  struct Row {
    const char* name;
    std::optional<SessionData> session;
    int warn_days;
    const char* state;
    std::optional<UnixMillis> until;
  };
  SessionData empty = session(kNow);
  empty.session_token = {};
  const UnixMillis life = 30 * kDay;
  const Row rows[] = {
      {"nobody signed in", std::nullopt, 7, "none", std::nullopt},
      {"a sign-in that was not finished", empty, 7, "none", std::nullopt},
      {"nothing says when it ends", session(std::nullopt), 7, "valid", std::nullopt},
      {"trusted just now", session(kNow), 7, "valid", kNow + life},
      {"exactly the days to warn at", session(kNow - life + 7 * kDay), 7, "valid", kNow + 7 * kDay},
      {"a moment fewer", session(kNow - life + 7 * kDay - 1), 7, "expiring", kNow + 7 * kDay - 1},
      {"a moment left", session(kNow - life + 1), 7, "expiring", kNow + 1},
      {"a moment left, no warning wished", session(kNow - life + 1), 0, "valid", kNow + 1},
      {"over now", session(kNow - life), 7, "expired", kNow},
      {"over long since", session(kNow - 400 * kDay), 0, "expired", kNow - 370 * kDay},
      {"cookies end first", session(kNow, kNow + 3 * kDay), 7, "expiring", kNow + 3 * kDay},
      {"cookies say, whatever the trust", session(kNow - 29 * kDay, kNow + 60 * kDay), 7, "valid", kNow + 60 * kDay},
      {"only cookies say", session(std::nullopt, kNow - kDay), 7, "expired", kNow - kDay},
      {"a year's warning", session(kNow), 365, "expiring", kNow + life},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto report = describe_session(row.session, kNow, row.warn_days);
    CHECK(report.state == row.state);
    CHECK(report.trusted_until_estimate == row.until);
    CHECK(report.days_left.has_value() == row.until.has_value());
    if (row.until) CHECK(*report.days_left == std::max<UnixMillis>(*row.until - kNow, 0) / kDay);
    CHECK(report.signed_in_at.has_value() == (std::string(row.state) != "none"));
  }
}
