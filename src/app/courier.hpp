#pragma once
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "i2i/net/http.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {

/// One request to somebody who is told something.
struct Delivery {
  net::Request request;
  std::string to;  // for the log: never the address itself
};

/// Brings deliveries, several at once, in bounded time: ten seconds each and one more try. What fails is a warning.
class Courier {
 public:
  /// stop: the run was told to end, and there is little time left.
  Courier(net::HttpClient& http, util::Clock& clock, std::stop_token stop)
      : http_(http), clock_(clock), stop_(std::move(stop)) {}

  /// Sends without waiting.
  void send_off(Delivery delivery);
  /// Waits for what was sent off.
  void wait();
  /// Sends all of them and waits; true for each that was taken.
  std::vector<bool> bring(const std::vector<Delivery>& deliveries);

 private:
  using Answer = std::future<util::Result<net::Response>>;
  Answer submit(net::Request request);

  net::HttpClient& http_;
  util::Clock& clock_;
  std::stop_token stop_;
  std::vector<std::pair<std::string, Answer>> sent_off_;
};

}  // namespace i2i::app
