#include "app/courier.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr std::chrono::seconds kBetweenTries(1);
// A run that is told to end has ten seconds in all (docs/cli.md, "Exit codes": a clean stop).
constexpr std::chrono::seconds kWhenStopped(4);

bool taken(const Result<net::Response>& answer) {
  constexpr int kGood = 200;
  constexpr int kNotGood = 300;
  return answer && answer->status >= kGood && answer->status < kNotGood;
}

/// Whether a second try may help.
bool may_pass(const Result<net::Response>& answer) {
  constexpr int kTooMany = 429;
  constexpr int kServerError = 500;
  if (!answer) return answer.error().code == util::ErrorCode::unreachable;
  return answer->status == kTooMany || answer->status >= kServerError;
}

void warn(const std::string& to, const Result<net::Response>& answer) {
  util::log_warn(
      "{} was not told: {}. The run itself is not affected.", util::escape_for_terminal(to),
      answer ? fmt::format("it answered {}", answer->status) : util::escape_for_terminal(answer.error().message));
}

}  // namespace

Courier::Answer Courier::submit(net::Request request) {
  if (stop_.stop_requested()) request.timeout = std::min<std::chrono::milliseconds>(request.timeout, kWhenStopped);
  auto promise = std::make_shared<std::promise<Result<net::Response>>>();
  auto answer = promise->get_future();
  http_.submit(std::move(request),
               [promise](Result<net::Response> response) { promise->set_value(std::move(response)); });
  return answer;
}

void Courier::send_off(Delivery delivery) {
  sent_off_.emplace_back(std::move(delivery.to), submit(std::move(delivery.request)));
}

void Courier::wait() {
  for (auto& [to, answer] : std::exchange(sent_off_, {})) {
    const auto response = answer.get();
    if (!taken(response)) warn(to, response);
  }
}

std::vector<bool> Courier::bring(const std::vector<Delivery>& deliveries) {
  const auto submit_all = [this, &deliveries](const std::vector<bool>& done) {
    std::vector<Answer> answers(deliveries.size());
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      if (!done[i]) answers[i] = submit(deliveries[i].request);
    }
    return answers;
  };
  std::vector<bool> was_taken(deliveries.size());
  std::vector<bool> over(deliveries.size());
  for (const bool last : {false, true}) {
    auto answers = submit_all(over);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (over[i]) continue;
      const auto response = answers[i].get();
      was_taken[i] = taken(response);
      over[i] = was_taken[i] || last || stop_.stop_requested() || !may_pass(response);
      if (over[i] && !was_taken[i]) warn(deliveries[i].to, response);
    }
    if (std::all_of(over.begin(), over.end(), [](bool done) { return done; })) break;
    clock_.sleep(kBetweenTries, stop_);
  }
  return was_taken;
}

}  // namespace i2i::app
