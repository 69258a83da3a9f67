#pragma once
#include <cstddef>

namespace i2i::net {

/// How many transfers may be in flight: halves on a sign of throttling, grows by one after a run of successes. Pure.
class Pacer {
 public:
  explicit Pacer(std::size_t limit) : limit_(limit), allowed_(limit) {}
  [[nodiscard]] std::size_t allowed() const { return allowed_; }
  void succeeded();
  void throttled();

 private:
  std::size_t limit_;
  std::size_t allowed_;
  std::size_t streak_ = 0;
};

}  // namespace i2i::net
