#include "app/telling/problems.hpp"

#include "app/telling/telling_state_decode.hpp"
#include "catch.hpp"

using namespace i2i::app;
using i2i::util::ErrorCode;
using i2i::util::UnixMillis;

namespace {

constexpr UnixMillis kHour = 3'600'000;
constexpr UnixMillis kDay = 24 * kHour;

/// Runs of one account, and what people are told after each.
struct Runs {
  TellingState state;
  Audience audience = Audience::people;

  std::string then(UnixMillis at, CommandOutcome outcome) {
    state.unsent.clear();  // it was taken
    outcome.sentence = "so it went";
    take_outcome(state, outcome, at, audience);
    std::string told;
    for (const auto& news : state.unsent) {
      told += (told.empty() ? "" : ", ") + std::string(news.settled ? "settled " : "") + words_of(news.kind).name;
    }
    // What is kept says the same after it was written and read.
    const auto again = decode_telling_state(encode_telling_state(state));
    REQUIRE(again);
    CHECK(*again == state);
    return told;
  }
  std::string then(UnixMillis at, const char* command, int exit_code,
                   std::optional<ErrorCode> error = ErrorCode::sign_in_needed) {
    CommandOutcome outcome;
    outcome.command = command;
    outcome.exit_code = exit_code;
    if (exit_code != 0) outcome.error = error;
    return then(at, outcome);
  }
  std::string expiring(UnixMillis at) {
    CommandOutcome outcome;
    outcome.command = "auth";
    outcome.exit_code = 3;
    outcome.session_state = "expiring";
    return then(at, outcome);
  }
  /// queued: verify --repair, which ends in 4 where the next sync will mend all of them.
  std::string verify(UnixMillis at, std::int64_t differences, bool quick, bool queued = false) {
    CommandOutcome outcome;
    outcome.command = "verify";
    outcome.exit_code = differences == 0 ? 0 : queued ? 4 : 5;
    outcome.differences = differences;
    outcome.partial = quick;
    return then(at, outcome);
  }
};

}  // namespace

TEST_CASE("a sign-in that is needed is told once, whichever job finds it, and once that it works again") {
  Runs runs;
  CHECK(runs.then(0, "auth", 0).empty());
  CHECK(runs.then(kDay, "auth", 3) == "sign-in");
  CHECK(runs.then(2 * kDay, "auth", 3).empty());
  CHECK(runs.then(2 * kDay, "sync", 3).empty());
  CHECK(runs.then(3 * kDay, "import", 0).empty());  // it asks Immich only
  CHECK(runs.then(4 * kDay, "auth", 0) == "settled sign-in");
  CHECK(runs.then(5 * kDay, "auth", 0).empty());
  CHECK(runs.then(6 * kDay, "sync", 3) == "sign-in");
  CHECK(runs.then(7 * kDay, "sync", 4) == "settled sign-in");
}

TEST_CASE("expiring, needed, and acting at Apple are three things to a person") {
  Runs runs;
  CHECK(runs.expiring(0) == "expiring");
  CHECK(runs.expiring(kDay).empty());
  CHECK(runs.then(kDay, "sync", 0).empty());  // that it works today is no news
  CHECK(runs.then(7 * kDay, "auth", 3) == "sign-in");
  CHECK(runs.then(8 * kDay, "auth", 3, ErrorCode::account_action) == "account");
  CHECK(runs.expiring(9 * kDay) == "expiring");
  CHECK(runs.then(10 * kDay, "auth", 0) == "settled expiring");
}

TEST_CASE("what passes by itself is told when it did not") {
  struct Row {
    const char* name;
    int exit_code;
    const char* kind;
  };
  for (const Row& row : {Row{"items left", 4, "items-left"}, Row{"iCloud", 6, "icloud"}, Row{"Immich", 7, "immich"},
                         Row{"a lock", 10, "locked"}, Row{"a signal", 143, "interrupted"}}) {
    INFO(row.name);
    Runs nightly;
    CHECK(nightly.then(0, "sync", 0).empty());
    CHECK(nightly.then(kDay, "sync", row.exit_code).empty());
    CHECK(nightly.then(kDay + kHour, "sync", row.exit_code).empty());
    CHECK(nightly.then(kDay + 2 * kHour, "sync", row.exit_code).empty());
    CHECK(nightly.then(2 * kDay, "sync", 0).empty());
    CHECK(nightly.then(3 * kDay, "sync", row.exit_code).empty());
    CHECK(nightly.then(4 * kDay, "sync", row.exit_code).empty());
    CHECK(nightly.then(5 * kDay - kHour, "sync", row.exit_code) == row.kind);
    CHECK(nightly.then(6 * kDay, "sync", row.exit_code).empty());
    CHECK(nightly.then(7 * kDay, "sync", 0) == std::string("settled ") + row.kind);
  }
}

TEST_CASE("a monthly job is told after three tries, since the next is a month away") {
  Runs monthly;
  CHECK(monthly.then(0, "sync", 0).empty());
  CHECK(monthly.then(30 * kDay, "sync", 6).empty());
  CHECK(monthly.then(30 * kDay + kHour, "sync", 6).empty());
  CHECK(monthly.then(30 * kDay + 2 * kHour, "sync", 6) == "icloud");
  CHECK(monthly.then(60 * kDay, "sync", 0) == "settled icloud");
  CHECK(monthly.then(90 * kDay, "sync", 6).empty());
  CHECK(monthly.then(120 * kDay, "sync", 6) == "icloud");
}

TEST_CASE("items that are left over are what remains when iCloud answers again") {
  Runs runs;
  CHECK(runs.then(0, "sync", 6).empty());
  CHECK(runs.then(2 * kDay, "sync", 6) == "icloud");
  CHECK(runs.then(3 * kDay, "sync", 4) == "settled icloud");
  CHECK(runs.then(4 * kDay, "sync", 4).empty());
  CHECK(runs.then(5 * kDay, "sync", 4) == "items-left");
  CHECK(runs.then(6 * kDay, "sync", 0) == "settled items-left");
}

TEST_CASE("each job has its own problem, which lasts until that job ends well") {
  Runs runs;
  CHECK(runs.then(0, "sync", 9, ErrorCode::volume_full) == "volume");
  CHECK(runs.then(kHour, "auth", 0).empty());
  CHECK(runs.then(kDay, "sync", 6).empty());
  CHECK(runs.then(2 * kDay, "sync", 9, ErrorCode::volume_full).empty());
  CHECK(runs.then(2 * kDay, "import", 8) == "immich-refuses");
  CHECK(runs.then(3 * kDay, "sync", 11) == "safety-stop");
  CHECK(runs.then(4 * kDay, "sync", 0) == "settled safety-stop");
  CHECK(runs.then(4 * kDay, "import", 0) == "settled immich-refuses");
}

TEST_CASE("what several jobs find is one thing to a person, for as long as one of them finds it") {
  Runs runs;
  CHECK(runs.then(0, "import", 8) == "immich-refuses");
  CHECK(runs.then(kDay, "verify", 8).empty());
  CHECK(runs.then(2 * kDay, "import", 0).empty());
  CHECK(runs.then(3 * kDay, "verify", 0) == "settled immich-refuses");
  CHECK(runs.then(4 * kDay, "auth", 6).empty());
  CHECK(runs.then(6 * kDay, "auth", 6) == "icloud");
  CHECK(runs.then(6 * kDay, "sync", 6).empty());
  CHECK(runs.then(8 * kDay, "sync", 6).empty());
  CHECK(runs.then(9 * kDay, "auth", 0).empty());
  CHECK(runs.then(9 * kDay, "sync", 0) == "settled icloud");
  // A job that nobody runs any more keeps no other silent.
  CHECK(runs.then(10 * kDay, "import", 9) == "volume");
  CHECK(runs.then(51 * kDay, "sync", 9) == "volume");
  CHECK(runs.then(52 * kDay, "sync", 0) == "settled volume");
}

TEST_CASE("every code that a person has to act on is told at once") {
  struct Row {
    int exit_code;
    const char* kind;
  };
  for (const Row& row : {Row{1, "defect"}, Row{2, "configuration"}, Row{5, "differences"}, Row{8, "immich-refuses"},
                         Row{9, "volume"}, Row{11, "safety-stop"}, Row{12, "ledger"}}) {
    Runs runs;
    CHECK(runs.then(0, "verify", row.exit_code, ErrorCode::internal) == row.kind);
    CHECK(runs.then(kDay, "verify", row.exit_code, ErrorCode::internal).empty());
  }
}

TEST_CASE("more differences than last time are news, fewer are not; a quick look settles nothing that was read") {
  Runs runs;
  CHECK(runs.verify(0, 2, false) == "differences");
  CHECK(runs.verify(kDay, 0, true).empty());
  CHECK(runs.verify(2 * kDay, 1, false).empty());
  CHECK(runs.verify(3 * kDay, 5, true) == "differences");
  CHECK(runs.verify(4 * kDay, 0, true).empty());
  CHECK(runs.verify(5 * kDay, 0, false) == "settled differences");
  CHECK(runs.verify(6 * kDay, 1, true) == "differences");
  CHECK(runs.verify(7 * kDay, 0, true) == "settled differences");
}

TEST_CASE("differences that are queued for the next sync are not over yet") {
  Runs runs;
  CHECK(runs.verify(0, 2, false) == "differences");
  CHECK(runs.verify(kDay, 2, false, true).empty());
  CHECK(runs.then(kDay, "sync", 0).empty());
  CHECK(runs.verify(2 * kDay, 0, false) == "settled differences");
}

TEST_CASE("who signs in sees a failure, and others hear that it works again") {
  Runs runs;
  CHECK(runs.then(0, "auth", 3) == "sign-in");
  CommandOutcome outcome;
  outcome.command = "auth";
  outcome.by_person = true;
  outcome.exit_code = 3;
  outcome.error = ErrorCode::wrong_code;
  CHECK(runs.then(kHour, outcome).empty());
  outcome.exit_code = 0;
  outcome.error.reset();
  CHECK(runs.then(kHour, outcome) == "settled sign-in");
}

TEST_CASE("what nobody could be told is told when somebody can, and what is over before that is not told at all") {
  Runs runs;
  runs.audience = Audience::nobody;
  CHECK(runs.then(0, "auth", 3).empty());
  runs.audience = Audience::people;
  CHECK(runs.then(kDay, "auth", 3) == "sign-in");
  // It was not taken by the time the session works again.
  CommandOutcome well;
  well.command = "auth";
  take_outcome(runs.state, well, 2 * kDay, Audience::people);
  CHECK(runs.state.unsent.empty());
  CHECK(runs.state.sign_in == std::nullopt);
}

TEST_CASE("a clock that was set back does not keep a problem silent") {
  Runs runs;
  CHECK(runs.then(100 * kDay, "sync", 6).empty());
  CHECK(runs.then(0, "sync", 6).empty());
  CHECK(runs.then(2 * kDay, "sync", 6) == "icloud");
}

TEST_CASE("a note of a newer version, or of somebody else, is left out of account") {
  CHECK_FALSE(decode_telling_state(""));
  CHECK_FALSE(decode_telling_state("[]"));
  const auto state = decode_telling_state(
      R"({"schema":2,"sign_in":{"kind":"of the future"},"commands":[],"unsent":[{"kind":"of the future"}]})");
  REQUIRE(state);
  CHECK(*state == TellingState{});
}
