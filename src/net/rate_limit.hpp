#pragma once
// --limit-rate: one allowance over all downloads together.

#include <chrono>
#include <cstdint>
#include <optional>

namespace i2i::net {

/// A bucket that fills at the rate and holds a fraction of a second: bytes may be taken while it is not empty, and what
/// was taken beyond its bottom is waited for. Over any longer time exactly the rate goes through. Pure; one thread.
class RateLimit {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  explicit RateLimit(std::uint64_t bytes_per_s) : rate_(static_cast<double>(bytes_per_s)) {}

  /// True where bytes may be taken now.
  bool open(TimePoint now);
  void took(std::uint64_t bytes) { level_ -= static_cast<double>(bytes); }
  /// How long until it opens; zero where it is open.
  [[nodiscard]] std::chrono::milliseconds wait(TimePoint now);

 private:
  void fill(TimePoint now);

  double rate_;
  double level_ = 0;
  std::optional<TimePoint> filled_at_;
};

}  // namespace i2i::net
