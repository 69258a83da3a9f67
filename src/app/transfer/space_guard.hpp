#pragma once
// Whether what is about to be fetched still fits on the volume: asked before each file, so that a run ends in good
// order and not in the middle of a write.

#include <atomic>
#include <chrono>
#include <mutex>

#include "i2i/util/file.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {

/// Methods may be called from several threads. Its mutex guards a few numbers that are no messages between threads: a
/// queue would not do.
class SpaceGuard {
 public:
  /// reserve: bytes that others need there (the ledger, where it lies on the same file system).
  SpaceGuard(const util::Root& root, util::Clock& clock, std::uint64_t reserve)
      : root_(root), clock_(clock), reserve_(reserve) {}

  /// True where so many bytes fit beside all that was admitted and is not written yet; they are admitted then.
  bool admit(std::uint64_t bytes);
  /// So many of the admitted bytes are written, or not wanted any more.
  void done(std::uint64_t bytes);

 private:
  void look();

  const util::Root& root_;
  util::Clock& clock_;
  const std::uint64_t reserve_;
  std::mutex mutex_;
  std::uint64_t owed_ = 0;  // admitted and not written
  std::uint64_t free_ = 0;  // when it was last looked at, less what was written since
  std::optional<std::chrono::steady_clock::time_point> looked_at_;
};

}  // namespace i2i::app
