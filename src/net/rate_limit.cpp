#include "rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace i2i::net {
namespace {

/// What may be caught up on after a pause of ours: less than anybody measures, more than a turn of the loop takes.
constexpr double kHoldsSeconds = 0.1;

}  // namespace

void RateLimit::fill(TimePoint now) {
  const double passed = filled_at_ ? std::chrono::duration<double>(now - *filled_at_).count() : 0;
  filled_at_ = now;
  level_ = std::min(level_ + passed * rate_, rate_ * kHoldsSeconds);
}

bool RateLimit::open(TimePoint now) {
  fill(now);
  return level_ >= 0;
}

std::chrono::milliseconds RateLimit::wait(TimePoint now) {
  fill(now);
  if (level_ >= 0) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(-level_ / rate_ * 1000)));
}

}  // namespace i2i::net
