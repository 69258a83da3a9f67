#pragma once
#include <chrono>
#include <future>
#include <memory>
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
  void send_off(const Delivery& delivery);
  /// Waits for what was sent off.
  void wait();
  /// Sends all of them and waits; true for each that was taken.
  std::vector<bool> bring(const std::vector<Delivery>& deliveries);

 private:
  using Answer = std::future<util::Result<net::Response>>;
  struct Sent {
    std::string to;
    net::TransferId id = 0;
    Answer answer;
  };
  Sent submit(const Delivery& delivery);
  /// The answer. left: how long it is waited for after a stop; becomes less.
  util::Result<net::Response> answer_to(Sent& sent, std::chrono::milliseconds& left);

  net::HttpClient& http_;
  util::Clock& clock_;
  std::stop_token stop_;
  std::vector<Sent> sent_off_;
};

}  // namespace i2i::app
