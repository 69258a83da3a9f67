#pragma once
#include <stop_token>
#include <thread>

namespace i2i::cli {

/// SIGINT, SIGTERM, SIGHUP and SIGQUIT become a request to stop: every thread of the run looks at the token and ends
/// cleanly. Ctrl-Z and going on again leave the terminal as it should be. Make it before any other thread. SIGPIPE is
/// ignored.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  Signals(Signals&&) = delete;
  Signals& operator=(Signals&&) = delete;

  [[nodiscard]] std::stop_token stop() const { return source_.get_token(); }
  /// 128 + the signal that came; 0 where none did.
  [[nodiscard]] int exit_code() const;

 private:
  std::stop_source source_;
  std::thread waiter_;
};

/// No core dumps, no reading of our memory by others of the same user (docs/design.md §10.10).
void forbid_dumps();

}  // namespace i2i::cli
