#include "app/telling/courier.hpp"

#include <map>

#include "unit/immich/fake_immich.hpp"

using namespace i2i;
using namespace i2i::app;

namespace {

/// Answers by the address, in turn; nullopt: never, until it is cancelled.
class Listeners : public net::HttpClient {
 public:
  using Answer = std::optional<util::Result<net::Response>>;
  std::map<std::string, std::vector<Answer>> by_url;
  std::vector<std::string> asked;

  net::TransferId submit(net::Request request, net::Done done) override {
    asked.push_back(request.url);
    auto& answers = by_url[request.url];
    auto answer = answers.front();
    if (answers.size() > 1) answers.erase(answers.begin());
    waiting_[asked.size()] = std::move(done);
    if (answer) waiting_.at(asked.size())(*answer);
    return asked.size();
  }
  void resume(net::TransferId /*id*/) override {}
  void cancel(net::TransferId id) override {
    if (by_url[asked.at(id - 1)].front()) return;
    waiting_.at(id)(util::fail(util::ErrorCode::cancelled, "cancelled"));
  }

 private:
  std::map<net::TransferId, net::Done> waiting_;
};

Listeners::Answer status(int code) {
  net::Response response;
  response.status = code;
  return response;
}

Listeners::Answer unreachable() {
  return util::Result<net::Response>(util::fail(util::ErrorCode::unreachable, "gone"));
}

Delivery to(const std::string& url) {
  Delivery delivery;
  delivery.request.url = url;
  delivery.to = url;
  return delivery;
}

}  // namespace

TEST_CASE("a delivery is tried again once where that may help, and only that one") {
  struct Row {
    const char* name;
    std::vector<Listeners::Answer> answers;
    bool taken;
    std::size_t asked;
  };
  const std::vector<Row> rows{{"taken", {status(200)}, true, 1},
                              {"taken without a body", {status(204)}, true, 1},
                              {"a redirect is not followed", {status(301)}, false, 1},
                              {"refused", {status(404)}, false, 1},
                              {"too many", {status(429), status(200)}, true, 2},
                              {"a bad moment", {status(502), status(200)}, true, 2},
                              {"down", {status(503)}, false, 2},
                              {"back", {unreachable(), status(200)}, true, 2},
                              {"gone", {unreachable()}, false, 2}};
  for (const auto& row : rows) {
    INFO(row.name);
    Listeners http;
    immich_test::FakeClock clock;
    http.by_url = {{"it", row.answers}, {"other", {status(200)}}};
    Courier courier(http, clock, {});
    CHECK(courier.bring({to("it"), to("other")}) == std::vector<bool>{row.taken, true});
    CHECK(http.asked.size() == row.asked + 1);
  }
}

TEST_CASE("after a stop there is one try, and what does not answer in seconds is given up") {
  Listeners http;
  immich_test::FakeClock clock;
  http.by_url = {
      {"silent", {std::nullopt}}, {"start", {std::nullopt}}, {"down", {status(503)}}, {"good", {status(200)}}};
  std::stop_source stop;
  Courier courier(http, clock, stop.get_token());
  courier.send_off(to("start"));
  stop.request_stop();
  courier.wait();
  CHECK(courier.bring({to("silent"), to("down"), to("good")}) == std::vector<bool>{false, false, true});
  CHECK(http.asked == std::vector<std::string>{"start", "silent", "down", "good"});
  CHECK(clock.steady() <= std::chrono::steady_clock::time_point(std::chrono::seconds(7)));
}
