#pragma once
// The few socket calls the fault proxy needs, IPv4 on loopback only.

#include <cstdint>
#include <string>
#include <utility>

namespace emulator {

/// Owns a file descriptor; -1 is none.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() { close(); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    if (this != &other) {
      close();
      descriptor_ = std::exchange(other.descriptor_, -1);
    }
    return *this;
  }

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] explicit operator bool() const { return descriptor_ >= 0; }
  void close() noexcept;
  /// Closes with a reset instead of a clean end.
  void reset() noexcept;

 private:
  int descriptor_ = -1;
};

/// Throws std::runtime_error unless host is an IPv4 address or "localhost".
void require_ipv4(const std::string& host);
/// Non-blocking listener on 127.0.0.1; port 0: any free one. Throws std::runtime_error.
Socket listen_on_loopback(int port);
/// The port a socket is bound to.
int local_port(const Socket& socket);
/// Starts to connect without blocking; none where that fails at once. host: an IPv4 address or "localhost".
Socket connect_to(const std::string& host, int port);
/// The next waiting connection, non-blocking; none when there is none.
Socket accept_from(const Socket& listener);

}  // namespace emulator
