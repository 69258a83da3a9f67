#include "app/telling/courier.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr std::chrono::seconds kBetweenTries(1);
// A run that is told to end has ten seconds in all; so long are answers waited for then, all together.
constexpr std::chrono::milliseconds kForStarts(2'000);
constexpr std::chrono::milliseconds kForNews(4'000);
constexpr std::chrono::milliseconds kNone(0);

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

Courier::Sent Courier::submit(const Delivery& delivery) {
  auto promise = std::make_shared<std::promise<Result<net::Response>>>();
  Sent sent{delivery.to, 0, promise->get_future()};
  sent.id = http_.submit(delivery.request,
                         [promise](Result<net::Response> response) { promise->set_value(std::move(response)); });
  return sent;
}

Result<net::Response> Courier::answer_to(Sent& sent, std::chrono::milliseconds& left) {
  constexpr std::chrono::milliseconds kLook(50);
  // Looked at while the run goes on, waited for in small steps after a stop, which may come at any time.
  while (!stop_.stop_requested() && sent.answer.wait_for(kLook) != std::future_status::ready) {
  }
  for (; left > kNone && sent.answer.wait_for(kNone) != std::future_status::ready; left -= kLook) {
    clock_.sleep(kLook, {});
  }
  http_.cancel(sent.id);
  return sent.answer.get();
}

void Courier::send_off(const Delivery& delivery) { sent_off_.push_back(submit(delivery)); }

void Courier::wait() {
  auto left = kForStarts;
  for (auto& sent : std::exchange(sent_off_, {})) {
    const auto response = answer_to(sent, left);
    if (!taken(response)) warn(sent.to, response);
  }
}

std::vector<bool> Courier::bring(const std::vector<Delivery>& deliveries) {
  const auto submit_all = [this, &deliveries](const std::vector<bool>& done) {
    std::vector<Sent> sent(deliveries.size());
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      if (!done[i]) sent[i] = submit(deliveries[i]);
    }
    return sent;
  };
  auto left = kForNews;
  std::vector<bool> was_taken(deliveries.size());
  std::vector<bool> over(deliveries.size());
  for (const bool last : {false, true}) {
    auto sent = submit_all(over);
    for (std::size_t i = 0; i < sent.size(); ++i) {
      if (over[i]) continue;
      const auto response = answer_to(sent[i], left);
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
