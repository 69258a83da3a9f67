#include "i2i/net/pacer.hpp"

#include <algorithm>

namespace i2i::net {
namespace {
/// Successes in a row for one more in flight: slow enough that a limit just found is not run into again at once.
constexpr std::size_t kStreakForOneMore = 16;
}  // namespace

void Pacer::succeeded() {
  if (allowed_ >= limit_) return;
  if (++streak_ < kStreakForOneMore) return;
  streak_ = 0;
  ++allowed_;
}

void Pacer::throttled() {
  allowed_ = std::max<std::size_t>(1, allowed_ / 2);
  streak_ = 0;
}

}  // namespace i2i::net
