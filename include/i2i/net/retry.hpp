#pragma once
#include <chrono>
#include <cstdint>

#include "i2i/net/http.hpp"
#include "i2i/util/result.hpp"

namespace i2i::net {

/// What to do about a failure: the one place that decides (conventions §3).
enum class Action {
  give_up,          // the item or call failed for good
  retry_later,      // the same request again after a delay
  refresh_session,  // the session ladder of docs/protocol/icloud.md §4.6, then again
  reopen_access,    // ask the account service why the library is shut (docs/protocol/icloud.md §5.2), then again
  refresh_url,      // look the record up again, then again
  relist,           // the token is no good: list anew
  skip_item,        // report it, go on with the next
  stop_run,         // nothing of this run can work
};

Action action_for(util::ErrorCode code);

struct Backoff {
  std::chrono::milliseconds base{1'000};
  std::chrono::milliseconds ceiling{60'000};
  int attempts = 5;  // tries in all, the first included
};

/// Delay before the next attempt.
/// attempt: 1 for the first retry. jitter: a number in [0, 1). Returns at least server_floor; the ceiling bounds only
/// our own growth. Source: RFC 9110 §10.2.3; docs/protocol/icloud.md §6.4.
std::chrono::milliseconds backoff_delay(const Backoff& backoff, int attempt, std::chrono::milliseconds server_floor,
                                        double jitter);

}  // namespace i2i::net
