#pragma once
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "i2i/immich/client.hpp"

namespace immich_test {

/// Time that only moves when somebody sleeps.
class FakeClock : public i2i::util::Clock {
 public:
  [[nodiscard]] i2i::util::UnixMillis now() const override { return elapsed_.count(); }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(elapsed_);
  }
  bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) override {
    elapsed_ += duration;
    sleeps.push_back(duration);
    if (on_sleep) on_sleep();
    return !stop.stop_requested();
  }
  std::vector<std::chrono::milliseconds> sleeps;
  std::function<void()> on_sleep;

 private:
  std::chrono::milliseconds elapsed_{0};
};

/// Answers each request by a function, at once; keeps what was asked.
class FakeHttp : public i2i::net::HttpClient {
 public:
  using Answer = std::function<i2i::util::Result<i2i::net::Response>(const i2i::net::Request&)>;
  explicit FakeHttp(Answer answer) : answer_(std::move(answer)) {}

  i2i::net::TransferId submit(i2i::net::Request request, i2i::net::Done done) override {
    requests.push_back(request);
    done(answer_(request));
    return requests.size();
  }
  void resume(i2i::net::TransferId /*id*/) override {}

  /// "GET /libraries" of each request.
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> found;
    for (const auto& request : requests) found.push_back(line(request));
    return found;
  }
  static std::string line(const i2i::net::Request& request) {
    static constexpr const char* kNames[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    const std::string base = "https://photos.example/api";
    REQUIRE(request.url.starts_with(base));
    return std::string(kNames[static_cast<int>(request.method)]) + " " + request.url.substr(base.size());
  }
  std::vector<i2i::net::Request> requests;

 private:
  Answer answer_;
};

inline i2i::net::Response json(int status, std::string body) {
  i2i::net::Response response;
  response.status = status;
  response.headers = {{"Content-Type", "application/json; charset=utf-8"}};
  response.body = std::move(body);
  return response;
}

/// Answers in the order given; the last one again and again.
inline FakeHttp::Answer in_turn(std::vector<i2i::util::Result<i2i::net::Response>> answers) {
  auto left = std::make_shared<std::deque<i2i::util::Result<i2i::net::Response>>>(answers.begin(), answers.end());
  return [left](const i2i::net::Request&) {
    auto answer = left->front();
    if (left->size() > 1) left->pop_front();
    return answer;
  };
}

struct World {
  explicit World(FakeHttp::Answer answer) : http(std::move(answer)) {}
  FakeClock clock;
  FakeHttp http;
  std::stop_source stop;
  i2i::immich::Client client{{http, clock, stop.get_token(), "https://photos.example/", i2i::util::Secret("the-key"),
                              i2i::net::Backoff{std::chrono::milliseconds(100), std::chrono::milliseconds(1000), 3}}};
};

}  // namespace immich_test
