#include "i2i/immich/scan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "i2i/util/time.hpp"

namespace i2i::immich {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using util::ErrorCode;
using util::Result;

constexpr milliseconds kFirstPause{1'000};
constexpr milliseconds kLongestPause{10'000};
/// A queue may be paused for a while right after Immich's start (docs/protocol/immich.md §8.3).
constexpr seconds kPausePatience{120};

using Queues = std::map<std::string, QueueState>;
/// In the order work moves through them: that order makes the staged reads exact (§8.4).
constexpr std::array<const char*, 3> kStages = {"library", "sidecar", "metadataExtraction"};

/// The first stage, up to and including last, that still has work; nullopt where none has.
std::optional<std::string> busy_stage(const Queues& queues, std::size_t last) {
  for (std::size_t i = 0; i <= last; ++i) {
    if (queues.at(kStages.at(i)).busy > 0) return kStages.at(i);
  }
  return std::nullopt;
}

std::int64_t total(const Queues& queues) {
  std::int64_t sum = 0;
  for (const auto& [name, queue] : queues) sum += queue.busy;
  return sum;
}

std::string counts_of(const Queues& queues) {
  std::string text;
  for (const char* name : kStages) {
    const QueueState& queue = queues.at(name);
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", name, queue.busy, queue.paused ? " (paused)" : "");
  }
  return text;
}

class Wait {
 public:
  Wait(Client& client, util::Clock& clock, const std::stop_token& stop, const ScanOptions& options,
       const std::function<void(std::int64_t)>& progress)
      : client_(client), clock_(clock), stop_(stop), options_(options), progress_(progress) {}

  [[nodiscard]] seconds took() const { return std::chrono::duration_cast<seconds>(clock_.steady() - start_); }

  /// Somebody else's scan ends.
  Result<void> library_idle() {
    restart();
    for (;;) {
      I2I_ASSIGN(const auto busy, read_until(0));
      if (!busy) return {};
      I2I_TRY(pause(*busy));
    }
  }

  /// Our scan's work has gone through all stages: each read proves that one more is done for good.
  Result<void> all_done() {
    restart();
    for (;;) {
      std::optional<std::string> busy;
      for (std::size_t stage = 0; stage < kStages.size() && !busy; ++stage) {
        I2I_ASSIGN(busy, read_until(stage));
      }
      if (!busy) return {};
      I2I_TRY(pause(*busy));
    }
  }

 private:
  void restart() {
    seen_.clear();
    pause_ = kFirstPause;
  }

  /// One read of the queues; which of the stages up to last is busy.
  Result<std::optional<std::string>> read_until(std::size_t last) {
    if (stop_.stop_requested()) return util::fail(ErrorCode::cancelled, "stopped while Immich scans");
    I2I_ASSIGN(Queues queues, client_.queues());
    const std::string counts = counts_of(queues);
    if (counts != seen_) {
      seen_ = counts;
      moved_ = clock_.steady();
    }
    queues_ = std::move(queues);
    if (progress_) progress_(total(queues_));
    return busy_stage(queues_, last);
  }

  Result<void> pause(const std::string& busy) {
    const auto now = clock_.steady();
    const auto still = now - moved_;
    const bool is_paused = queues_.at(busy).paused;
    if (is_paused && (still >= std::min<std::chrono::nanoseconds>(kPausePatience, options_.no_progress_limit) ||
                      now - start_ >= options_.timeout)) {
      return util::fail(ErrorCode::refused, fmt::format("Immich's queue {} is paused ({})", busy, seen_),
                        "Resume it in Immich under Administration > Job Queues.");
    }
    if (now - start_ >= options_.timeout) {
      return util::fail(ErrorCode::timed_out_waiting,
                        fmt::format("Immich did not finish within {}: its queue {} still has work ({})",
                                    util::human_duration(options_.timeout), busy, seen_),
                        "Wait until it is done, then run again, or give a longer --timeout.");
    }
    if (still >= options_.no_progress_limit) {
      return util::fail(ErrorCode::refused,
                        fmt::format("Immich's queue {} has not moved for {} ({}): its worker seems not to run", busy,
                                    util::human_duration(std::chrono::duration_cast<seconds>(still)), seen_),
                        "Check the Immich server (its microservices worker) and its log.");
    }
    const auto left = std::chrono::duration_cast<milliseconds>(options_.timeout - (now - start_));
    if (!clock_.sleep(std::clamp(left, milliseconds(1), pause_), stop_)) {
      return util::fail(ErrorCode::cancelled, "stopped while Immich scans");
    }
    pause_ = std::min(pause_ * 3 / 2, kLongestPause);
    return {};
  }

  Client& client_;
  util::Clock& clock_;
  const std::stop_token& stop_;
  const ScanOptions& options_;
  const std::function<void(std::int64_t)>& progress_;
  const std::chrono::steady_clock::time_point start_ = clock_.steady();
  std::chrono::steady_clock::time_point moved_ = start_;
  std::string seen_;
  Queues queues_;
  milliseconds pause_ = kFirstPause;
};

}  // namespace

Result<ScanOutcome> scan_and_wait(Client& client, util::Clock& clock, const std::stop_token& stop,
                                  const std::string& library_id, const ScanOptions& options,
                                  const std::function<void(std::int64_t busy)>& progress) {
  Wait wait(client, clock, stop, options, progress);
  // Two scans at once lose files (§7.3).
  I2I_TRY(wait.library_idle());
  I2I_ASSIGN(const Library before, client.library(library_id));
  I2I_TRY(client.scan(library_id));
  I2I_TRY(wait.all_done());
  I2I_ASSIGN(const Library after, client.library(library_id));
  ScanOutcome outcome;
  outcome.crawl_finished = !after.refreshed_at.empty() && after.refreshed_at != before.refreshed_at;
  outcome.took = wait.took();
  return outcome;
}

}  // namespace i2i::immich
