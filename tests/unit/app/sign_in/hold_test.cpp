#include "i2i/app/hold.hpp"

#include "app/sign_in/holds_decode.hpp"
#include "catch.hpp"

namespace {

using i2i::app::Hold;
using i2i::app::hold_after;
using i2i::app::hold_while_trying;
using i2i::app::HoldKind;
using i2i::app::Holds;
using i2i::util::Error;
using i2i::util::ErrorCode;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr i2i::util::UnixMillis kNow = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

Error error_of(ErrorCode code, std::optional<std::chrono::seconds> retry_after = std::nullopt) {
  return {code, "Apple said no", "Do this.", retry_after};
}

std::optional<Hold> after_failures(int failures) {
  if (failures == 0) return std::nullopt;
  return Hold{ErrorCode::throttled, "before", "", kNow - 1000, kNow - 1, failures};
}

}  // namespace

TEST_CASE("what Apple refused is held for as long as it is worth") {
  struct Row {
    const char* name;
    HoldKind kind;
    ErrorCode code;
    int failures_before;
    std::optional<std::chrono::seconds> retry_after;
    std::optional<milliseconds> length;  // nullopt: no hold
  };
  const std::vector<Row> rows{
      {"a wrong password", HoldKind::password, ErrorCode::wrong_credentials, 0, {}, hours(1)},
      {"a wrong password again", HoldKind::password, ErrorCode::wrong_credentials, 1, {}, hours(2)},
      {"a wrong password for ever", HoldKind::password, ErrorCode::wrong_credentials, 40, {}, hours(24)},
      {"a locked account", HoldKind::password, ErrorCode::account_action, 0, {}, hours(8)},
      {"a rate limit at the password", HoldKind::password, ErrorCode::throttled, 0, {}, hours(2)},
      {"a rate limit that grows", HoldKind::password, ErrorCode::throttled, 3, {}, hours(16)},
      {"a rate limit with Apple's own word", HoldKind::password, ErrorCode::throttled, 0, hours(9), hours(9)},
      {"Apple's own word is bounded", HoldKind::password, ErrorCode::throttled, 0, hours(1000), hours(48)},
      {"a code that nobody typed", HoldKind::password, ErrorCode::timed_out_waiting, 0, {}, minutes(15)},
      {"a code that was wrong", HoldKind::password, ErrorCode::wrong_code, 1, {}, minutes(30)},
      {"a code nobody is there for", HoldKind::password, ErrorCode::sign_in_needed, 0, {}, hours(1)},
      {"no connection", HoldKind::password, ErrorCode::unreachable, 5, {}, std::nullopt},
      {"a signal", HoldKind::password, ErrorCode::cancelled, 5, {}, std::nullopt},
      {"a full disk", HoldKind::password, ErrorCode::volume_full, 5, {}, std::nullopt},
      {"a session that is over", HoldKind::session, ErrorCode::sign_in_needed, 0, {}, hours(1)},
      {"a session that stays over: a daily job still asks",
       HoldKind::session,
       ErrorCode::sign_in_needed,
       9,
       {},
       hours(20)},
      {"terms to accept", HoldKind::session, ErrorCode::account_action, 0, {}, hours(1)},
      {"one bad minute of setup holds nobody", HoldKind::session, ErrorCode::throttled, 0, {}, milliseconds(0)},
      {"a second one does", HoldKind::session, ErrorCode::throttled, 1, {}, minutes(5)},
      {"and a third longer", HoldKind::session, ErrorCode::throttled, 2, {}, minutes(10)},
      {"setup's own word counts at once", HoldKind::session, ErrorCode::throttled, 0, minutes(30), minutes(30)},
      {"access denied once may pass", HoldKind::data, ErrorCode::account_action, 0, {}, milliseconds(0)},
      {"access denied again does not", HoldKind::data, ErrorCode::account_action, 1, {}, hours(1)},
      {"the database throttles again and again", HoldKind::data, ErrorCode::throttled, 8, {}, hours(6)},
      {"a lost session is not the library's matter", HoldKind::data, ErrorCode::sign_in_needed, 3, {}, std::nullopt},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto hold =
        hold_after(row.kind, after_failures(row.failures_before), error_of(row.code, row.retry_after), kNow);
    REQUIRE(hold.has_value() == row.length.has_value());
    if (!hold) continue;
    CHECK(hold->until - hold->since == row.length->count());
    CHECK(hold->since == kNow);
    CHECK(hold->failures == row.failures_before + 1);
    CHECK(hold->code == row.code);
    CHECK(hold->message == "Apple said no");
    CHECK(is_on(*hold, kNow) == (row.length->count() > 0));
    CHECK_FALSE(is_on(*hold, hold->until));
  }
}

TEST_CASE("a row of failures that is a week over is forgotten") {
  const Hold old{ErrorCode::throttled, "before", "", kNow - 20, kNow - milliseconds(hours(24 * 8)).count(), 7};
  CHECK(hold_after(HoldKind::password, old, error_of(ErrorCode::throttled), kNow)->failures == 1);
}

TEST_CASE("a password about to be sent is noted, longer each time") {
  const auto first = hold_while_trying(std::nullopt, kNow);
  CHECK(first.until - first.since == milliseconds(minutes(5)).count());
  const auto third = hold_while_trying(after_failures(2), kNow);
  CHECK(third.until - third.since == milliseconds(minutes(20)).count());
}

TEST_CASE("a hold further ahead than any comes from a wrong clock and holds nobody") {
  const Hold hold{ErrorCode::throttled, "", "", kNow, kNow + milliseconds(hours(24 * 365)).count(), 1};
  CHECK_FALSE(is_on(hold, kNow));
}

TEST_CASE("who is held back reads why, since when and until when") {
  const Hold hold{ErrorCode::account_action,
                  "Apple has locked this account",
                  "Unlock it.",
                  kNow,
                  kNow + milliseconds(hours(8)).count(),
                  1};
  const auto error = i2i::app::held_back(hold, kNow + 1000);
  CHECK(error.code == ErrorCode::account_action);
  CHECK(error.message ==
        "Apple has locked this account (that was at 2026-01-01T00:00:00Z); Apple is not asked again before "
        "2026-01-01T08:00:00Z");
  CHECK(error.remedy == "Unlock it.");
  CHECK(error.retry_after == std::chrono::seconds(8 * 3600 - 1));
}

TEST_CASE("holds survive the disk") {
  const Holds holds{Hold{ErrorCode::sign_in_needed, "a \"b\"\n", "c", 1, 2, 3}, std::nullopt,
                    Hold{ErrorCode::throttled, "", "", 4, 5, 6}};
  CHECK(i2i::app::decode_holds(i2i::app::encode_holds(holds)) == holds);
  CHECK(i2i::app::decode_holds(i2i::app::encode_holds({})) == Holds{});
  CHECK_FALSE(i2i::app::decode_holds("{").has_value());
  CHECK_FALSE(i2i::app::decode_holds("[]").has_value());
  SECTION("a reason of a newer version asks for a person") {
    const auto read = i2i::app::decode_holds(R"({"session":{"reason":"never heard of","until":9}})");
    REQUIRE(read.has_value());
    CHECK(read->session->code == ErrorCode::sign_in_needed);
  }
}
