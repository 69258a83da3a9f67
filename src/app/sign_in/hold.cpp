#include "i2i/app/hold.hpp"

#include <algorithm>
#include <chrono>

namespace i2i::app {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using util::Error;
using util::ErrorCode;
using util::UnixMillis;

/// No hold is longer: what lies further ahead comes from a clock that was wrong.
constexpr milliseconds kLongest = hours(48);

/// first: after one failure; each further one doubles it up to ceiling. free: so many failures that hold nobody.
struct Growth {
  milliseconds first{0};
  milliseconds ceiling{0};
  int free = 0;
};

std::optional<Growth> growth_for(HoldKind kind, const Error& error) {
  const bool password = kind == HoldKind::password;
  const int free = kind == HoldKind::data ? 1 : 0;
  switch (error.code) {
    case ErrorCode::wrong_credentials:
      return Growth{hours(1), hours(24)};
    // Locked, terms, web access, consent: nothing changes until a person acts.
    case ErrorCode::account_action:
      return password ? Growth{hours(8), hours(24)} : Growth{hours(1), hours(20), free};
    case ErrorCode::throttled:
      if (password) return Growth{hours(2), hours(24)};
      // Apple's services have bad minutes: only a row of them, or their own word, is a reason to stay away.
      return Growth{minutes(5), hours(6), error.retry_after ? 0 : 1};
    // Less than a day, so that a daily job asks every day.
    case ErrorCode::sign_in_needed:
    case ErrorCode::auth_expired:
      if (kind == HoldKind::data) return std::nullopt;  // the session's own business
      return Growth{hours(1), hours(20)};
    // Codes were sent to somebody's phone for nothing; too many lock the account (docs/protocol/icloud.md §3.2).
    case ErrorCode::wrong_code:
    case ErrorCode::timed_out_waiting:
      return Growth{minutes(15), hours(12)};
    default:
      return std::nullopt;
  }
}

milliseconds length_of(const Growth& growth, int failures, const std::optional<std::chrono::seconds>& floor) {
  milliseconds length{0};
  if (failures > growth.free) {
    length = growth.first;
    for (int step = growth.free + 1; step < failures && length < growth.ceiling; ++step) length *= 2;
    length = std::min(length, growth.ceiling);
  }
  if (floor) length = std::max<milliseconds>(length, *floor);
  return std::min(length, kLongest);
}

/// Failures in a row; one long over starts a new row.
int failures_before(const std::optional<Hold>& before, UnixMillis now) {
  constexpr milliseconds kForgotten = hours(24 * 7);
  if (!before || now - before->until > kForgotten.count()) return 0;
  return before->failures;
}

}  // namespace

bool is_on(const Hold& hold, UnixMillis now) { return now < hold.until && hold.until - now <= kLongest.count(); }

std::optional<Hold> hold_after(HoldKind kind, const std::optional<Hold>& before, const Error& error, UnixMillis now) {
  const auto growth = growth_for(kind, error);
  if (!growth) return std::nullopt;
  const int failures = failures_before(before, now) + 1;
  return Hold{
      error.code, error.message, error.remedy, now, now + length_of(*growth, failures, error.retry_after).count(),
      failures};
}

Hold hold_while_trying(const std::optional<Hold>& before, UnixMillis now) {
  const int failures = failures_before(before, now) + 1;
  const Growth growth{minutes(5), hours(12)};
  return Hold{ErrorCode::sign_in_needed,
              "a sign-in with the password was begun and did not come to its end",
              "Sign in at a terminal: icloud2immich auth.",
              now,
              now + length_of(growth, failures, std::nullopt).count(),
              failures};
}

Error held_back(const Hold& hold, UnixMillis now) {
  Error error{hold.code, hold.message, hold.remedy, std::nullopt};
  error.message += " (that was at " + util::format_utc(hold.since) + "); Apple is not asked again before " +
                   util::format_utc(hold.until);
  error.retry_after = std::chrono::seconds((hold.until - now + 999) / 1000);
  return error;
}

}  // namespace i2i::app
