#include "app/telling/telling_note.hpp"

#include <chrono>
#include <utility>

#include "app/telling/telling_state_decode.hpp"
#include "i2i/util/log.hpp"

namespace i2i::app {

TellingNote::TellingNote(const RunContext& context) {
  auto paths = account_paths(context.options);
  if (!paths) return;
  paths_ = *std::move(paths);
  if (auto prepared = prepare_account_folder(*paths_); !prepared) {
    give_up(prepared.error());
  } else {
    // Whoever has it is telling something, which does not take longer (Courier).
    constexpr int kTries = 150;
    constexpr std::chrono::milliseconds kBetween(200);
    for (int i = 0; i < kTries && !lock_; ++i) {
      auto lock = ledger::RunLock::take(paths_->telling_lock());
      if (lock) {
        lock_ = *std::move(lock);
      } else if (lock.error().code != util::ErrorCode::run_locked || i + 1 == kTries ||
                 !context.clock.sleep(kBetween, context.stop)) {
        give_up(lock.error());
        break;
      }
    }
  }
  state = load_telling_state(*paths_);
}

void TellingNote::store() {
  if (!paths_ || !lock_) return;
  if (auto stored = store_telling_state(*paths_, state); !stored) give_up(stored.error());
}

void TellingNote::give_up(const util::Error& error) {
  util::log_warn("What is told now cannot be noted, so the next run may tell it again: {}", error.message);
  lock_.reset();
}

}  // namespace i2i::app
