#pragma once
// One relayed connection of the fault proxy: two sockets, two bounded buffers, one plan.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "emulator/proxy/socket.hpp"
#include "emulator/proxy/tcp_fault_proxy.hpp"

namespace emulator {

/// Sums over all connections. Counted before the other end can notice, so that a test which has seen an end sees its
/// count as well.
struct RelayTotals {
  std::atomic<std::size_t> open{0};
  std::atomic<std::size_t> faults{0};
  std::atomic<std::uint64_t> bytes_down{0};
  std::atomic<std::uint64_t> bytes_up{0};
};

/// Used by the proxy's thread only.
class Relay {
 public:
  using Clock = std::chrono::steady_clock;

  Relay(Socket client, Socket server, const ConnectionPlan& plan, RelayTotals& totals);

  [[nodiscard]] int client() const { return client_.get(); }
  [[nodiscard]] int server() const { return server_.get(); }
  /// poll(2) events to wait for.
  [[nodiscard]] short client_events(Clock::time_point now) const;
  [[nodiscard]] short server_events() const;
  /// When to come back although nothing happened on a socket; none: never.
  [[nodiscard]] std::optional<Clock::time_point> wake_at(Clock::time_point now) const;
  /// Moves what can be moved. Returns false when the connection is over; its sockets are closed then.
  bool step(short client_events, short server_events, Clock::time_point now);
  /// Ends both sides with a reset.
  void reset();

 private:
  enum class Outcome { go_on, over };

  Outcome relay_down(Clock::time_point now);
  Outcome relay_up();
  Outcome strike(Clock::time_point now);
  [[nodiscard]] std::uint64_t allowed_now(Clock::time_point now) const;

  Socket client_;
  Socket server_;
  ConnectionPlan plan_;
  RelayTotals& totals_;
  std::string down_;  // from the server, not yet relayed
  std::string up_;
  std::uint64_t relayed_ = 0;
  bool struck_ = false;
  bool stalled_ = false;
  bool server_ended_ = false;
  bool client_ended_ = false;
  bool client_told_ = false;  // the server's end was passed on
  bool server_told_ = false;
  Clock::time_point dripping_since_{};
  std::uint64_t dripped_ = 0;
};

}  // namespace emulator
