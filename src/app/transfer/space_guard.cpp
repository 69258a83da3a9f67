#include "app/transfer/space_guard.hpp"

#include <algorithm>
#include <limits>

namespace i2i::app {
namespace {

// Others write there too; a network file system takes a while to answer.
constexpr auto kLookEvery = std::chrono::seconds(5);

}  // namespace

void SpaceGuard::look() {
  const auto space = root_.space();
  // Where it cannot be told, writing will tell.
  free_ = space ? space->first : std::numeric_limits<std::uint64_t>::max();
  looked_at_ = clock_.steady();
}

bool SpaceGuard::admit(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto fits = [&] { return free_ >= reserve_ && bytes <= free_ - reserve_ && owed_ <= free_ - reserve_ - bytes; };
  const bool fresh = looked_at_ && clock_.steady() - *looked_at_ < kLookEvery;
  if (!fresh || !fits()) look();
  if (!fits()) return false;
  owed_ += bytes;
  return true;
}

void SpaceGuard::done(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  owed_ -= std::min(owed_, bytes);
  if (free_ != std::numeric_limits<std::uint64_t>::max()) free_ -= std::min(free_, bytes);
}

}  // namespace i2i::app
