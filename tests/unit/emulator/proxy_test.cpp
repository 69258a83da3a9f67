// The TCP fault proxy in front of an echo server. Unlike other unit tests this one opens sockets, on loopback: what it
// tests is nothing but sockets.

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "emulator/proxy/proxy_json.hpp"
#include "emulator/proxy/socket.hpp"
#include "emulator/proxy/tcp_fault_proxy.hpp"

namespace {

using emulator::ConnectionPlan;
using emulator::Socket;
using emulator::TcpFault;
using emulator::TcpFaultProxy;

constexpr int kPatienceMs = 5000;

bool wait_for(const Socket& socket, short events, int patience_ms) {
  pollfd one{.fd = socket.get(), .events = events, .revents = 0};
  return ::poll(&one, 1, patience_ms) > 0;
}

// False where the other end is gone; that error is then no longer there for the reader.
bool send_all(const Socket& socket, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size() && wait_for(socket, POLLOUT, kPatienceMs)) {
    const ssize_t now = ::send(socket.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now < 0 && errno != EAGAIN) return false;
    if (now > 0) sent += static_cast<std::size_t>(now);
  }
  return sent == bytes.size();
}

/// Sends back what it receives, one connection after the other in a thread each.
class EchoServer {
 public:
  EchoServer()
      : listener_(emulator::listen_on_loopback(0)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

  [[nodiscard]] int port() const { return emulator::local_port(listener_); }

 private:
  void run(const std::stop_token& stop) {
    std::vector<std::jthread> connections;
    while (!stop.stop_requested()) {
      if (!wait_for(listener_, POLLIN, 20)) continue;
      connections.emplace_back(
          [client = emulator::accept_from(listener_)](const std::stop_token& end) { echo(client, end); });
    }
  }

  static void echo(const Socket& client, const std::stop_token& stop) {
    std::array<char, 16384> piece{};
    while (!stop.stop_requested()) {
      if (!wait_for(client, POLLIN, 20)) continue;
      const ssize_t got = ::recv(client.get(), piece.data(), piece.size(), 0);
      if (got <= 0) return;
      send_all(client, std::string(piece.data(), static_cast<std::size_t>(got)));
    }
  }

  Socket listener_;
  std::jthread thread_;
};

enum class Ending { closed, reset, silence };

struct Heard {
  std::string bytes;
  Ending ending = Ending::silence;
};

/// Reads to the end, or until nothing has come for patience_ms.
Heard hear(const Socket& socket, int patience_ms = kPatienceMs) {
  Heard heard;
  std::array<char, 16384> piece{};
  while (wait_for(socket, POLLIN, patience_ms)) {
    const ssize_t got = ::recv(socket.get(), piece.data(), piece.size(), 0);
    if (got > 0) {
      heard.bytes.append(piece.data(), static_cast<std::size_t>(got));
    } else {
      heard.ending = got == 0 ? Ending::closed : Ending::reset;
      return heard;
    }
  }
  return heard;
}

Socket call(const TcpFaultProxy& proxy) {
  Socket socket = emulator::connect_to("127.0.0.1", proxy.port());
  REQUIRE(socket);
  return socket;
}

/// Says `bytes`, ends its side, and listens.
Heard talk(const TcpFaultProxy& proxy, const std::string& bytes, int patience_ms = kPatienceMs) {
  const Socket socket = call(proxy);
  std::atomic<bool> said = true;
  Heard heard;
  {
    const std::jthread speaker(
        [&] { said = send_all(socket, bytes) && (::shutdown(socket.get(), SHUT_WR) == 0 || errno != ENOTCONN); });
    heard = hear(socket, patience_ms);
  }
  if (!said) heard.ending = Ending::reset;
  return heard;
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 131 + i / 251) % 256);
  return bytes;
}

}  // namespace

TEST_CASE("fault proxy relays bytes and ends unchanged") {
  const EchoServer server;
  const TcpFaultProxy proxy("localhost", server.port());
  const std::size_t size = GENERATE(as<std::size_t>(), 0, 1, 65536, 3'000'000);
  const std::string said = pattern(size);
  const Heard heard = talk(proxy, said);
  CHECK(heard.ending == Ending::closed);
  CHECK((heard.bytes == said));
  CHECK(proxy.counters().bytes_down == size);
  CHECK(proxy.counters().bytes_up == size);
  CHECK(proxy.counters().faults == 0);
}

TEST_CASE("fault proxy relays many connections at once") {
  const EchoServer server;
  const TcpFaultProxy proxy("127.0.0.1", server.port());
  std::vector<Socket> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(call(proxy));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    send_all(calls[i], pattern(1000 + i));
    ::shutdown(calls[i].get(), SHUT_WR);
  }
  for (std::size_t i = 0; i < calls.size(); ++i) CHECK((hear(calls[i]).bytes == pattern(1000 + i)));
  CHECK(proxy.counters().accepted == 20);
}

TEST_CASE("fault proxy cuts a connection at the byte asked for") {
  struct Row {
    const char* name;
    TcpFault fault;
    std::uint64_t after;
    std::size_t heard_at_most;
    Ending ending;
  };
  const Row row = GENERATE(values<Row>({
      {"refuse", TcpFault::refuse, 0, 0, Ending::reset},
      {"reset before the first byte", TcpFault::reset_after, 0, 0, Ending::reset},
      {"reset in the middle", TcpFault::reset_after, 5000, 5000, Ending::reset},
      {"close before the first byte", TcpFault::close_after, 0, 0, Ending::closed},
      {"close in the middle", TcpFault::close_after, 5000, 5000, Ending::closed},
      {"stall before the first byte", TcpFault::stall_after, 0, 0, Ending::silence},
      {"stall in the middle", TcpFault::stall_after, 5000, 5000, Ending::silence},
  }));
  CAPTURE(row.name);
  const EchoServer server;
  TcpFaultProxy proxy("127.0.0.1", server.port());
  proxy.plan(1, {.fault = row.fault, .after_bytes = row.after});

  const std::string said = pattern(20'000);
  const Socket socket = call(proxy);
  const bool sent = send_all(socket, said);
  Heard heard = hear(socket, row.ending == Ending::silence ? 100 : kPatienceMs);
  if (!sent) heard.ending = Ending::reset;
  CHECK((heard.ending == row.ending));
  CHECK(heard.bytes.size() <= row.heard_at_most);
  if (row.ending != Ending::reset) CHECK(heard.bytes.size() == row.heard_at_most);  // a reset may take bytes with it
  CHECK((heard.bytes == said.substr(0, heard.bytes.size())));
  CHECK(proxy.counters().faults == 1);

  SECTION("the next connection is whole again") {
    CHECK((talk(proxy, said).bytes == said));
    CHECK(proxy.counters().faults == 1);
  }
}

TEST_CASE("fault proxy leaves an answer alone that is not longer than the limit") {
  const EchoServer server;
  TcpFaultProxy proxy("127.0.0.1", server.port());
  proxy.plan_rest({.fault = TcpFault::reset_after, .after_bytes = 1000});
  CHECK((talk(proxy, pattern(1000)).ending == Ending::closed));
  CHECK((talk(proxy, pattern(1001)).ending == Ending::reset));
  CHECK(proxy.counters().faults == 1);
}

TEST_CASE("fault proxy flips one bit of one byte") {
  const EchoServer server;
  TcpFaultProxy proxy("127.0.0.1", server.port());
  const std::uint64_t at = GENERATE(as<std::uint64_t>(), 0, 1, 999, 70'000, 99'999);
  proxy.plan_next({.fault = TcpFault::corrupt_after, .after_bytes = at});
  std::string said = pattern(100'000);
  const Heard heard = talk(proxy, said);
  CHECK((heard.ending == Ending::closed));
  said[at] = static_cast<char>(said[at] ^ 1);
  CHECK((heard.bytes == said));
}

TEST_CASE("fault proxy drips") {
  const EchoServer server;
  TcpFaultProxy proxy("127.0.0.1", server.port());
  proxy.plan(1, {.fault = TcpFault::drip_after, .after_bytes = 4000, .bytes_per_second = 20'000});
  const auto start = std::chrono::steady_clock::now();
  const Heard heard = talk(proxy, pattern(8000));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  CHECK((heard.bytes == pattern(8000)));
  CHECK(took.count() > 0.15);  // 4000 bytes at 20 000 a second are 0.2 s
}

TEST_CASE("fault proxy takes plans by number and by what comes next") {
  const EchoServer server;
  TcpFaultProxy proxy("127.0.0.1", server.port());
  const std::string said = pattern(100);
  CHECK((talk(proxy, said).bytes == said));
  proxy.plan(3, {.fault = TcpFault::refuse});
  proxy.plan_next({.fault = TcpFault::close_after, .after_bytes = 10});
  CHECK(talk(proxy, said).bytes.size() == 10);
  CHECK((talk(proxy, said).ending == Ending::reset));
  CHECK((talk(proxy, said).bytes == said));
  proxy.plan_rest({.fault = TcpFault::refuse});
  CHECK((talk(proxy, said).ending == Ending::reset));
  proxy.clear_plans();
  CHECK((talk(proxy, said).bytes == said));
}

TEST_CASE("fault proxy resets what is open when asked and when destroyed") {
  const EchoServer server;
  auto proxy = std::make_unique<TcpFaultProxy>("127.0.0.1", server.port());
  const auto open_and_proven = [&proxy] {
    Socket socket = call(*proxy);
    send_all(socket, "x");
    REQUIRE(wait_for(socket, POLLIN, kPatienceMs));
    return socket;
  };
  const Socket first = open_and_proven();
  CHECK(proxy->counters().open == 1);
  proxy->reset_open();
  CHECK((hear(first).ending == Ending::reset));
  const Socket second = open_and_proven();
  proxy.reset();
  CHECK((hear(second).ending == Ending::reset));
}

TEST_CASE("fault proxy resets its client when nobody answers behind it") {
  int nobody = 0;
  {
    const Socket listener = emulator::listen_on_loopback(0);
    nobody = emulator::local_port(listener);
  }
  const TcpFaultProxy proxy("127.0.0.1", nobody);
  CHECK((talk(proxy, "hello").ending == Ending::reset));
}

TEST_CASE("fault proxy is steered in the control service's words") {
  const EchoServer server;
  TcpFaultProxy proxy("127.0.0.1", server.port());
  const std::string said = pattern(100);
  steer_proxy_by_json(proxy, {{"rest", {{"fault", "refuse"}}},
                              {"next", {{{"fault", "close_after"}, {"after_bytes", 10}}, {{"fault", "pass"}}}}});
  CHECK(talk(proxy, said).bytes.size() == 10);
  CHECK((talk(proxy, said).bytes == said));
  CHECK((talk(proxy, said).ending == Ending::reset));
  CHECK_THROWS_AS(steer_proxy_by_json(proxy, {{"clear", true}, {"next", {{{"fault", "explode"}}}}}),
                  std::invalid_argument);
  CHECK_THROWS_AS(steer_proxy_by_json(proxy, {{"clear", true}, {"nxet", nlohmann::json::array()}}),
                  std::invalid_argument);
  CHECK((talk(proxy, said).ending == Ending::reset));  // a plan that is refused changes nothing
  steer_proxy_by_json(proxy, {{"clear", true}});
  CHECK((talk(proxy, said).bytes == said));
  CHECK(proxy_counters_to_json(proxy.counters())["accepted"] == 5);
}

TEST_CASE("fault proxy refuses host names") {
  CHECK_THROWS_AS(TcpFaultProxy("www.example.com", 443), std::runtime_error);
}
