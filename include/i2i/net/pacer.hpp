#pragma once
#include <chrono>
#include <cstddef>

namespace i2i::net {

/// How many transfers may be in flight: halves on a sign of throttling, at most once for all that were in flight then;
/// grows by one after a run of successes. Pure.
class Pacer {
 public:
  explicit Pacer(std::size_t limit) : limit_(limit), allowed_(limit) {}
  [[nodiscard]] std::size_t allowed() const { return allowed_; }
  /// A good answer. first_byte: how long the server took to begin it; far longer than at other times is a sign too.
  void succeeded(std::chrono::milliseconds first_byte = std::chrono::milliseconds(0));
  void throttled();

 private:
  std::size_t limit_;
  std::size_t allowed_;
  std::size_t streak_ = 0;
  std::size_t echoes_ = 0;
  std::chrono::milliseconds quickest_ = std::chrono::milliseconds::max();
};

}  // namespace i2i::net
