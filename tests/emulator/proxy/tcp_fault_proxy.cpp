#include "emulator/proxy/tcp_fault_proxy.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <list>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "emulator/proxy/relay.hpp"
#include "emulator/proxy/socket.hpp"

namespace emulator {

class TcpFaultProxy::Impl {
 public:
  Impl(std::string host, int port, int listen_port)
      : host_(std::move(host)),
        server_port_(port),
        listener_(listen_on_loopback(listen_port)),
        port_(local_port(listener_)),
        wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!wake_) throw std::runtime_error("eventfd failed");
    require_ipv4(host_);
    thread_ = std::thread([this] { run(); });
  }

  ~Impl() {
    stopping_ = true;
    wake();
    thread_.join();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  Impl(Impl&&) = delete;
  Impl& operator=(Impl&&) = delete;

  [[nodiscard]] int port() const { return port_; }

  void plan(std::size_t number, const ConnectionPlan& what) {
    const std::lock_guard lock(mutex_);
    plans_[number] = what;
  }

  void plan_next(const ConnectionPlan& what, std::size_t ahead) {
    const std::lock_guard lock(mutex_);
    plans_[accepted_ + ahead] = what;
  }

  void plan_rest(const ConnectionPlan& what) {
    const std::lock_guard lock(mutex_);
    rest_ = what;
  }

  void clear_plans() {
    const std::lock_guard lock(mutex_);
    plans_.clear();
    rest_ = {};
  }

  void reset_open() {
    reset_asked_ = true;
    wake();
  }

  [[nodiscard]] ProxyCounters counters() const {
    const std::lock_guard lock(mutex_);
    return {.accepted = accepted_,
            .open = totals_.open,
            .faults = totals_.faults,
            .bytes_down = totals_.bytes_down,
            .bytes_up = totals_.bytes_up};
  }

 private:
  void wake() const {
    const std::uint64_t one = 1;
    // Fails only when the counter is full: then the thread is about to wake anyway.
    [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
  }

  void run() {
    while (!stopping_) {
      auto now = Relay::Clock::now();
      const std::vector<pollfd> ready = wait(now);
      now = Relay::Clock::now();
      if (ready[0].revents != 0) {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &count, sizeof count);
      }
      const bool reset_all = reset_asked_.exchange(false);
      std::size_t slot = 2;
      for (auto relay = relays_.begin(); relay != relays_.end(); slot += 2) {
        bool alive = !reset_all;
        if (reset_all) {
          relay->reset();
        } else {
          alive = relay->step(ready[slot].revents, ready[slot + 1].revents, now);
        }
        if (!alive) --totals_.open;
        relay = alive ? std::next(relay) : relays_.erase(relay);
      }
      if (ready[1].revents != 0) accept_all();
    }
    for (Relay& relay : relays_) relay.reset();
  }

  // Sleeps until a socket, the wake-up or a dripping connection's next drop is due.
  std::vector<pollfd> wait(Relay::Clock::time_point now) const {
    std::vector<pollfd> all;
    all.reserve(2 + 2 * relays_.size());
    all.push_back({.fd = wake_.get(), .events = POLLIN, .revents = 0});
    all.push_back({.fd = listener_.get(), .events = POLLIN, .revents = 0});
    std::chrono::milliseconds timeout{-1};
    for (const Relay& relay : relays_) {
      // poll(2) reports the end of a socket even when asked for nothing; a negative descriptor is left out.
      const short client = relay.client_events(now);
      const short server = relay.server_events();
      all.push_back({.fd = client != 0 ? relay.client() : -1, .events = client, .revents = 0});
      all.push_back({.fd = server != 0 ? relay.server() : -1, .events = server, .revents = 0});
      if (const auto due = relay.wake_at(now)) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::max(*due - now, Relay::Clock::duration{}));
        timeout = timeout.count() < 0 ? left : std::min(timeout, left);
      }
    }
    ::poll(all.data(), all.size(), static_cast<int>(timeout.count()));
    return all;
  }

  ConnectionPlan next_plan() {
    const std::lock_guard lock(mutex_);
    const auto own = plans_.find(++accepted_);
    return own != plans_.end() ? own->second : rest_;
  }

  void accept_all() {
    while (Socket client = accept_from(listener_)) {
      const ConnectionPlan plan = next_plan();
      if (plan.fault == TcpFault::refuse) {
        ++totals_.faults;
        client.reset();
        continue;
      }
      Socket server = connect_to(host_, server_port_);
      if (!server) {
        client.reset();
        continue;
      }
      ++totals_.open;
      relays_.emplace_back(std::move(client), std::move(server), plan, totals_);
    }
  }

  const std::string host_;
  const int server_port_;
  Socket listener_;
  const int port_;
  Socket wake_;              // an eventfd, closed like a socket
  std::list<Relay> relays_;  // the thread's own

  RelayTotals totals_;

  // Plans pass from test code to the thread, which needs the one that counts at the moment of acceptance: a queue would
  // only move the question of which came first.
  mutable std::mutex mutex_;
  std::map<std::size_t, ConnectionPlan> plans_;
  ConnectionPlan rest_;
  std::size_t accepted_ = 0;

  std::atomic<bool> stopping_{false};
  std::atomic<bool> reset_asked_{false};
  std::thread thread_;
};

TcpFaultProxy::TcpFaultProxy(const std::string& host, int port, int listen_port)
    : impl_(std::make_unique<Impl>(host, port, listen_port)) {}
TcpFaultProxy::~TcpFaultProxy() = default;
int TcpFaultProxy::port() const { return impl_->port(); }
void TcpFaultProxy::plan(std::size_t number, const ConnectionPlan& what) { impl_->plan(number, what); }
void TcpFaultProxy::plan_next(const ConnectionPlan& what, std::size_t ahead) { impl_->plan_next(what, ahead); }
void TcpFaultProxy::plan_rest(const ConnectionPlan& what) { impl_->plan_rest(what); }
void TcpFaultProxy::clear_plans() { impl_->clear_plans(); }
void TcpFaultProxy::reset_open() { impl_->reset_open(); }
ProxyCounters TcpFaultProxy::counters() const { return impl_->counters(); }

}  // namespace emulator
