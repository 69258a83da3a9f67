#include "i2i/net/retry.hpp"

#include "catch.hpp"
#include "i2i/net/pacer.hpp"

using namespace i2i::net;
using i2i::util::ErrorCode;
using std::chrono::milliseconds;

TEST_CASE("the delay doubles up to the ceiling and never undercuts the server") {
  const Backoff backoff{milliseconds(1'000), milliseconds(60'000), 5};
  struct Row {
    const char* name;
    int attempt;
    milliseconds floor;
    double jitter;
    milliseconds expected;
  };
  const Row rows[] = {
      {"first, no luck", 1, milliseconds(0), 0.0, milliseconds(500)},
      {"first, half", 1, milliseconds(0), 0.5, milliseconds(750)},
      {"third", 3, milliseconds(0), 0.0, milliseconds(2'000)},
      {"seventh meets the ceiling", 7, milliseconds(0), 0.0, milliseconds(30'000)},
      {"absurd attempt does not overflow", 1'000'000, milliseconds(0), 1.0, milliseconds(60'000)},
      {"zero counts as the first", 0, milliseconds(0), 0.0, milliseconds(500)},
      {"server's word wins", 1, milliseconds(9'000), 0.9, milliseconds(9'000)},
      {"server may exceed the ceiling", 1, milliseconds(3'600'000), 0.0, milliseconds(3'600'000)},
      {"jitter out of range", 1, milliseconds(0), 7.0, milliseconds(1'000)},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(backoff_delay(backoff, row.attempt, row.floor, row.jitter) == row.expected);
  }
}

TEST_CASE("a ceiling below the base bounds the first delay too") {
  CHECK(backoff_delay({milliseconds(5'000), milliseconds(1'000), 3}, 1, milliseconds(0), 1.0) == milliseconds(1'000));
  CHECK(backoff_delay({milliseconds(0), milliseconds(0), 3}, 9, milliseconds(0), 0.5) == milliseconds(0));
}

TEST_CASE("what to do about a failure") {
  struct Row {
    ErrorCode code;
    Action expected;
  };
  const Row rows[] = {
      {ErrorCode::throttled, Action::retry_later},
      {ErrorCode::unreachable, Action::retry_later},
      {ErrorCode::mismatch, Action::retry_later},
      {ErrorCode::auth_expired, Action::refresh_session},
      {ErrorCode::access_denied, Action::reopen_access},
      {ErrorCode::consent_needed, Action::reopen_access},
      {ErrorCode::url_expired, Action::refresh_url},
      {ErrorCode::bad_token, Action::relist},
      {ErrorCode::not_found, Action::skip_item},
      {ErrorCode::bad_answer, Action::give_up},
      {ErrorCode::refused, Action::give_up},
      {ErrorCode::cancelled, Action::stop_run},
      {ErrorCode::account_action, Action::stop_run},
      {ErrorCode::sign_in_needed, Action::stop_run},
      {ErrorCode::wrong_credentials, Action::stop_run},
      {ErrorCode::volume_full, Action::stop_run},
      {ErrorCode::safety_stop, Action::stop_run},
  };
  for (const Row& row : rows) {
    INFO(static_cast<int>(row.code));
    CHECK(action_for(row.code) == row.expected);
  }
}

TEST_CASE("the pacer halves and creeps back") {
  Pacer pacer(8);
  CHECK(pacer.allowed() == 8);
  pacer.throttled();
  CHECK(pacer.allowed() == 4);
  for (int i = 0; i < 15; ++i) pacer.succeeded();
  CHECK(pacer.allowed() == 4);
  pacer.succeeded();
  CHECK(pacer.allowed() == 5);
  for (int i = 0; i < 15; ++i) pacer.succeeded();
  pacer.throttled();  // also ends the run of successes
  CHECK(pacer.allowed() == 2);
  for (int i = 0; i < 15; ++i) pacer.succeeded();
  CHECK(pacer.allowed() == 2);
  for (int i = 0; i < 10; ++i) pacer.throttled();
  CHECK(pacer.allowed() == 1);
  for (int i = 0; i < 10'000; ++i) pacer.succeeded();
  CHECK(pacer.allowed() == 8);
}

TEST_CASE("what was in flight at a sign is not a second one") {
  Pacer pacer(8);
  for (int i = 0; i < 8; ++i) pacer.throttled();  // all eight are turned away at once
  CHECK(pacer.allowed() == 4);
  pacer.throttled();
  CHECK(pacer.allowed() == 2);
}

TEST_CASE("an answer that is slow to begin is a sign") {
  using std::chrono::milliseconds;
  struct Row {
    const char* name;
    milliseconds usual;
    milliseconds now;
    std::size_t allowed;
  };
  const Row rows[] = {
      {"as ever", milliseconds(50), milliseconds(60), 8},
      {"slower, but nobody would call it slow", milliseconds(50), milliseconds(2'900), 8},
      {"slow", milliseconds(50), milliseconds(4'000), 4},
      {"a server that is far away is always so", milliseconds(900), milliseconds(4'000), 8},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Pacer pacer(8);
    for (int i = 0; i < 100; ++i) pacer.succeeded(row.usual);
    pacer.succeeded(row.now);
    CHECK(pacer.allowed() == row.allowed);
  }
}
