#include "i2i/net/pacer.hpp"

#include <algorithm>

namespace i2i::net {
namespace {

/// Successes in a row for one more in flight: slow enough that a limit just found is not run into again at once.
constexpr std::size_t kStreakForOneMore = 16;
/// An answer that takes so many times as long as the quickest to begin, and longer than anybody calls quick, is a sign.
constexpr int kSlowTimes = 8;
constexpr std::chrono::milliseconds kQuick{3'000};

}  // namespace

void Pacer::succeeded(std::chrono::milliseconds first_byte) {
  quickest_ = std::min(quickest_, first_byte);
  if (first_byte > kQuick && first_byte / kSlowTimes > quickest_) {
    throttled();
    return;
  }
  if (echoes_ > 0) --echoes_;
  if (allowed_ >= limit_) return;
  if (++streak_ < kStreakForOneMore) return;
  streak_ = 0;
  ++allowed_;
}

void Pacer::throttled() {
  streak_ = 0;
  // What was in flight at the last sign tells of the time before it.
  if (echoes_ > 0) {
    --echoes_;
    return;
  }
  echoes_ = allowed_ - 1;
  allowed_ = std::max<std::size_t>(1, allowed_ / 2);
}

}  // namespace i2i::net
