#pragma once
#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "i2i/immich/client.hpp"

namespace i2i::immich {

struct ScanOptions {
  std::chrono::seconds timeout{6 * 3600};
  std::chrono::seconds no_progress_limit{15 * 60};
};

struct ScanOutcome {
  bool crawl_finished = false;  // refreshedAt moved
  std::chrono::seconds took{0};
};

/// Waits for an idle library queue, scans, then waits by the three staged reads of docs/protocol/immich.md §8.4.
/// timed_out_waiting, or refused (paused queue, dead worker: the message names the queue).
util::Result<ScanOutcome> scan_and_wait(Client& client, util::Clock& clock, const std::stop_token& stop,
                                        const std::string& library_id, const ScanOptions& options,
                                        const std::function<void(std::int64_t busy)>& progress);

}  // namespace i2i::immich
