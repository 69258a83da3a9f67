#include "i2i/net/retry.hpp"

#include <algorithm>

namespace i2i::net {

Action action_for(util::ErrorCode code) {
  using util::ErrorCode;
  switch (code) {
    case ErrorCode::throttled:
    case ErrorCode::unreachable:
    case ErrorCode::mismatch:
      return Action::retry_later;
    case ErrorCode::auth_expired:
      return Action::refresh_session;
    case ErrorCode::access_denied:
    case ErrorCode::consent_needed:
      return Action::reopen_access;
    case ErrorCode::url_expired:
      return Action::refresh_url;
    case ErrorCode::bad_token:
      return Action::relist;
    case ErrorCode::not_found:
      return Action::skip_item;
    case ErrorCode::internal:
    case ErrorCode::bad_answer:
    case ErrorCode::refused:
    case ErrorCode::immich_unreachable:
    case ErrorCode::immich_refused:
      return Action::give_up;
    case ErrorCode::usage:
    case ErrorCode::cancelled:
    case ErrorCode::timed_out_waiting:
    case ErrorCode::sign_in_needed:
    case ErrorCode::wrong_credentials:
    case ErrorCode::wrong_code:
    case ErrorCode::account_action:
    case ErrorCode::volume:
    case ErrorCode::volume_full:
    case ErrorCode::volume_foreign:
    case ErrorCode::run_locked:
    case ErrorCode::safety_stop:
    case ErrorCode::ledger_damaged:
    case ErrorCode::ledger_newer:
      return Action::stop_run;
  }
  return Action::give_up;
}

std::chrono::milliseconds backoff_delay(const Backoff& backoff, int attempt, std::chrono::milliseconds server_floor,
                                        double jitter) {
  using std::chrono::milliseconds;
  const milliseconds ceiling = std::max(backoff.ceiling, milliseconds(0));
  milliseconds growth = std::clamp(backoff.base, milliseconds(0), ceiling);
  for (int step = 1; step < attempt && growth < ceiling && growth.count() > 0; ++step) {
    growth = growth > ceiling / 2 ? ceiling : growth * 2;
  }
  // Half fixed, half drawn: clients that failed together do not come back together, and none comes back at once.
  const auto half = growth / 2;
  const auto drawn = milliseconds(
      static_cast<std::int64_t>(static_cast<double>((growth - half).count()) * std::clamp(jitter, 0.0, 1.0)));
  return std::max(half + drawn, server_floor);
}

}  // namespace i2i::net
