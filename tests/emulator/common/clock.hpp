#pragma once
// The time of the practice services: the machine's, put forward as tests wish.

#include <atomic>
#include <chrono>
#include <cstdint>

#include "emulator/common/http.hpp"

namespace emulator {

/// Thread-safe. Must outlive every Now it gave out.
class VirtualClock {
 public:
  /// Milliseconds since 1970 UTC.
  [[nodiscard]] std::int64_t now_ms() const {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count() + offset_ms_.load();
  }
  void advance_ms(std::int64_t step) { offset_ms_ += step; }
  [[nodiscard]] Now now() const {
    return [this] { return now_ms(); };
  }

 private:
  std::atomic<std::int64_t> offset_ms_{0};
};

}  // namespace emulator
