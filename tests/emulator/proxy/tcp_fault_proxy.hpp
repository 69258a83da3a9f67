#pragma once
// A TCP relay on loopback that breaks connections in ways an HTTP server library cannot: resets in mid-body, silence,
// TLS records that were tampered with. It knows nothing of HTTP or TLS: bytes are counted as they are on the wire.
// Source of the faults: docs/protocol/icloud.md §13.5, point 1.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace emulator {

enum class TcpFault {
  pass,           // relay faithfully
  refuse,         // reset as soon as the connection is accepted
  reset_after,    // reset (RST) towards the client
  stall_after,    // say nothing more, but keep the connection until the client gives up
  drip_after,     // go on at bytes_per_second
  corrupt_after,  // flip one bit of the one byte that follows, relay everything else: a TLS client sees a bad record
  close_after,    // close cleanly (FIN): the body ends early
};

/// What happens to one connection. A fault strikes when byte number after_bytes + 1 of the server's stream is about to
/// be relayed; exactly after_bytes go out before it (of those, a reset may discard what the client has not read yet).
/// A server that sends no more than after_bytes is relayed faithfully.
struct ConnectionPlan {
  TcpFault fault = TcpFault::pass;
  std::uint64_t after_bytes = 0;
  std::uint64_t bytes_per_second = 0;  // drip_after only; 0 counts as 1
};

struct ProxyCounters {
  std::size_t accepted = 0;      // connections so far, refused ones included
  std::size_t open = 0;          // of these, alive now
  std::size_t faults = 0;        // connections whose fault has struck
  std::uint64_t bytes_down = 0;  // server to client
  std::uint64_t bytes_up = 0;    // client to server
};

/// Relays 127.0.0.1:port() to host:port until destroyed. One thread, whatever the number of connections; memory is
/// bounded per connection. All members may be called from any thread.
class TcpFaultProxy {
 public:
  /// host: an IPv4 address or "localhost". listen_port 0: any free one. Throws std::runtime_error.
  TcpFaultProxy(const std::string& host, int port, int listen_port = 0);
  /// Resets whatever is open and joins the thread.
  ~TcpFaultProxy();
  TcpFaultProxy(const TcpFaultProxy&) = delete;
  TcpFaultProxy& operator=(const TcpFaultProxy&) = delete;
  TcpFaultProxy(TcpFaultProxy&&) = delete;
  TcpFaultProxy& operator=(TcpFaultProxy&&) = delete;

  [[nodiscard]] int port() const;
  /// The plan of connection number `number`, counted from 1 in the order of acceptance. Takes effect at acceptance.
  void plan(std::size_t number, const ConnectionPlan& what);
  /// The plan of the connections that will be accepted `ahead` from now (1: the next one).
  void plan_next(const ConnectionPlan& what, std::size_t ahead = 1);
  /// The plan of every connection without its own.
  void plan_rest(const ConnectionPlan& what);
  /// Forgets all plans; connections already open keep theirs.
  void clear_plans();
  /// Resets every open connection now.
  void reset_open();
  [[nodiscard]] ProxyCounters counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace emulator
