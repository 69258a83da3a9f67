#include "emulator/proxy/relay.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

namespace emulator {

namespace {

constexpr std::size_t kBufferBytes = 65536;
// How often a dripping connection is served: pieces of a fiftieth of a second's share.
constexpr std::uint64_t kDripsPerSecond = 50;

enum class Transfer { some, none, ended, failed };

bool later_please(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR || error == ENOTCONN; }

Transfer read_some(int from, std::string& into) {
  std::array<char, kBufferBytes> piece{};
  const ssize_t got = ::recv(from, piece.data(), std::min(piece.size(), kBufferBytes - into.size()), 0);
  if (got > 0) {
    into.append(piece.data(), static_cast<std::size_t>(got));
    return Transfer::some;
  }
  if (got == 0) return Transfer::ended;
  return later_please(errno) ? Transfer::none : Transfer::failed;
}

// Sends up to `limit` bytes of `from` and removes them; the number sent, or -1 where the other end is gone.
std::int64_t write_some(int to, std::string& from, std::uint64_t limit) {
  const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(limit, from.size()));
  if (want == 0) return 0;
  const ssize_t sent = ::send(to, from.data(), want, MSG_NOSIGNAL);
  if (sent < 0) return later_please(errno) ? 0 : -1;
  from.erase(0, static_cast<std::size_t>(sent));
  return sent;
}

}  // namespace

Relay::Relay(Socket client, Socket server, const ConnectionPlan& plan, RelayTotals& totals)
    : client_(std::move(client)), server_(std::move(server)), plan_(plan), totals_(totals) {
  plan_.bytes_per_second = std::max<std::uint64_t>(plan_.bytes_per_second, 1);
}

short Relay::client_events(Clock::time_point now) const {
  if (stalled_) return POLLRDHUP;
  int events = 0;
  if (!client_ended_ && up_.size() < kBufferBytes) events |= POLLIN;
  if (!down_.empty() && allowed_now(now) > 0) events |= POLLOUT;
  return static_cast<short>(events);
}

short Relay::server_events() const {
  if (stalled_) return 0;
  int events = 0;
  if (!server_ended_ && down_.size() < kBufferBytes) events |= POLLIN;
  if (!up_.empty()) events |= POLLOUT;
  return static_cast<short>(events);
}

std::uint64_t Relay::allowed_now(Clock::time_point now) const {
  if (plan_.fault == TcpFault::pass) return std::numeric_limits<std::uint64_t>::max();
  if (!struck_) return std::max<std::uint64_t>(plan_.after_bytes - relayed_, 1);  // at the limit: look, and strike
  if (plan_.fault != TcpFault::drip_after) return std::numeric_limits<std::uint64_t>::max();
  const double seconds = std::chrono::duration<double>(now - dripping_since_).count();
  const auto earned = static_cast<std::uint64_t>(seconds * static_cast<double>(plan_.bytes_per_second));
  return earned > dripped_ ? earned - dripped_ : 0;
}

std::optional<Relay::Clock::time_point> Relay::wake_at(Clock::time_point now) const {
  const bool waiting = struck_ && plan_.fault == TcpFault::drip_after && !down_.empty() && allowed_now(now) == 0;
  if (!waiting) return std::nullopt;
  const std::uint64_t piece = std::max<std::uint64_t>(plan_.bytes_per_second / kDripsPerSecond, 1);
  const double due = static_cast<double>(dripped_ + piece) / static_cast<double>(plan_.bytes_per_second);
  return dripping_since_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(due));
}

Relay::Outcome Relay::strike(Clock::time_point now) {
  struck_ = true;
  ++totals_.faults;
  switch (plan_.fault) {
    case TcpFault::reset_after:
      reset();
      return Outcome::over;
    case TcpFault::close_after:
      // Bytes of the client still unread would turn the close into a reset.
      up_.clear();
      read_some(client_.get(), up_);
      ::shutdown(client_.get(), SHUT_WR);
      client_.close();
      server_.reset();
      return Outcome::over;
    case TcpFault::stall_after:
      stalled_ = true;
      return Outcome::go_on;
    case TcpFault::corrupt_after:
      down_.front() = static_cast<char>(down_.front() ^ 0x01);
      return Outcome::go_on;
    case TcpFault::drip_after:
      dripping_since_ = now;
      return Outcome::go_on;
    case TcpFault::pass:
    case TcpFault::refuse:
      break;
  }
  return Outcome::go_on;
}

Relay::Outcome Relay::relay_down(Clock::time_point now) {
  while (!down_.empty() && !stalled_) {
    const bool at_limit = !struck_ && plan_.fault != TcpFault::pass && relayed_ == plan_.after_bytes;
    if (at_limit && strike(now) == Outcome::over) return Outcome::over;
    if (stalled_) break;
    const std::int64_t sent = write_some(client_.get(), down_, allowed_now(now));
    if (sent < 0) return Outcome::over;
    if (sent == 0) break;
    relayed_ += static_cast<std::uint64_t>(sent);
    totals_.bytes_down += static_cast<std::uint64_t>(sent);
    if (struck_) dripped_ += static_cast<std::uint64_t>(sent);
  }
  if (server_ended_ && down_.empty() && !std::exchange(client_told_, true)) ::shutdown(client_.get(), SHUT_WR);
  return Outcome::go_on;
}

Relay::Outcome Relay::relay_up() {
  const std::int64_t sent = write_some(server_.get(), up_, std::numeric_limits<std::uint64_t>::max());
  if (sent < 0) {
    // The server no longer listens, but what it said before may still be on its way: only its own end ends us.
    up_.clear();
    client_ended_ = true;
    server_told_ = true;
    return Outcome::go_on;
  }
  totals_.bytes_up += static_cast<std::uint64_t>(sent);
  if (client_ended_ && up_.empty() && !std::exchange(server_told_, true)) ::shutdown(server_.get(), SHUT_WR);
  return Outcome::go_on;
}

bool Relay::step(short client_events, short server_events, Clock::time_point now) {
  if (stalled_) {
    if ((client_events & (POLLRDHUP | POLLHUP | POLLERR)) == 0) return true;
    reset();
    return false;
  }
  const auto ready = [](short events) { return (events & (POLLIN | POLLHUP | POLLERR)) != 0; };
  if (!client_ended_ && ready(client_events) && up_.size() < kBufferBytes) {
    const Transfer result = read_some(client_.get(), up_);
    if (result == Transfer::failed) {
      reset();
      return false;
    }
    client_ended_ = result == Transfer::ended;
  }
  if (!server_ended_ && ready(server_events) && down_.size() < kBufferBytes) {
    const Transfer result = read_some(server_.get(), down_);
    if (result == Transfer::failed && down_.empty()) {
      reset();
      return false;
    }
    server_ended_ = result == Transfer::ended || result == Transfer::failed;
  }
  if (relay_down(now) == Outcome::over || relay_up() == Outcome::over) {
    reset();
    return false;
  }
  // Both ends have closed (poll would report that for ever), or the server has and its last byte is out.
  const bool client_gone = (client_events & (POLLHUP | POLLERR)) != 0;
  if ((server_ended_ && down_.empty() && (client_ended_ || client_gone)) || (client_gone && client_ended_)) {
    client_.close();
    server_.close();
    return false;
  }
  return true;
}

void Relay::reset() {
  client_.reset();
  server_.reset();
}

}  // namespace emulator
