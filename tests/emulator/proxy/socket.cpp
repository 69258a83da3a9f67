#include "emulator/proxy/socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace emulator {

namespace {

constexpr int kBacklog = 128;

sockaddr_in address_of(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const char* text = host == "localhost" ? "127.0.0.1" : host.c_str();
  if (::inet_pton(AF_INET, text, &address.sin_addr) != 1) {
    throw std::runtime_error("not an IPv4 address: " + host);
  }
  return address;
}

// The socket interface takes every address family through this one type.
sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

void send_small_pieces_at_once(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

void Socket::close() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void Socket::reset() noexcept {
  if (descriptor_ < 0) return;
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void require_ipv4(const std::string& host) { address_of(host, 0); }

Socket listen_on_loopback(int port) {
  Socket listener(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!listener) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
  const int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = address_of("127.0.0.1", port);
  if (::bind(listener.get(), generic(address), sizeof address) != 0 || ::listen(listener.get(), kBacklog) != 0) {
    throw std::runtime_error("listening on port " + std::to_string(port) + ": " + std::strerror(errno));
  }
  return listener;
}

int local_port(const Socket& socket) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  if (::getsockname(socket.get(), generic(address), &length) != 0) return 0;
  return ntohs(address.sin_port);
}

Socket connect_to(const std::string& host, int port) {
  sockaddr_in address = address_of(host, port);
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return {};
  if (::connect(socket.get(), generic(address), sizeof address) != 0 && errno != EINPROGRESS) return {};
  send_small_pieces_at_once(socket.get());
  return socket;
}

Socket accept_from(const Socket& listener) {
  Socket client(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (client) send_small_pieces_at_once(client.get());
  return client;
}

}  // namespace emulator
