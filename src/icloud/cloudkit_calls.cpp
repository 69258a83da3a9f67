// How every call to CloudKit is made: several at a time, retried, the session renewed, the library opened.

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <utility>

#include "i2i/icloud/cloudkit.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/queue.hpp"
#include "i2i/util/text.hpp"

namespace i2i::icloud {
namespace {

using util::ErrorCode;

// docs/protocol/icloud.md §1.2.
constexpr const char* kBuildNumber = "2522Project44";
constexpr const char* kMasteringNumber = "2522B2";

/// Longer than this nobody waits inside a run: the error says when to come back.
constexpr std::chrono::seconds kLongestWait{600};
/// A session refused sooner after a renewal is not renewed again.
constexpr std::chrono::hours kSessionLasts{1};
/// However many are wanted: answers of half a megabyte wait in memory.
constexpr std::size_t kMostInFlight = 16;

/// A number in [0, 1), to keep many clients from coming back at the same instant.
double jitter() {
  double value = 0;
  for (const char c : util::random_bytes(4))
    value = (value + static_cast<double>(static_cast<unsigned char>(c))) / 256.0;
  return value;
}

/// Where answers arrive, each with the number of its question.
class Inbox {
 public:
  using Answer = std::pair<std::size_t, util::Result<net::Response>>;
  /// room: the most questions that are ever open; an answer never waits for its place.
  explicit Inbox(std::size_t room) : answers_(std::make_shared<util::BoundedQueue<Answer>>(room)) {}

  void submit(net::HttpClient& http, net::Request request, std::size_t which) {
    // Shared, because the transfer thread may still hold it when nobody waits any more.
    http.submit(std::move(request), [answers = answers_, which](util::Result<net::Response> response) {
      // It may wait for its turn: what it grew beyond itself is not kept so long.
      if (response) response->body.shrink_to_fit();
      answers->push({which, std::move(response)});
    });
  }
  Answer take() {
    auto answer = answers_->pop();
    I2I_ASSERT(answer.has_value());
    return *std::move(answer);
  }

 private:
  std::shared_ptr<util::BoundedQueue<Answer>> answers_;
};

}  // namespace

CloudKit::CloudKit(Parts parts)
    : parts_(std::move(parts)), pacer_(std::clamp<std::size_t>(parts_.pages_in_flight, 1, kMostInFlight)) {}

net::Request CloudKit::make_request(model::Database database, const std::string& path, const std::string& body) const {
  net::Request request;
  request.method = net::Method::post;
  request.url = fmt::format(
      "{}/database/1/com.apple.photos.cloud/production/{}/{}?remapEnums=true&getCurrentSyncToken=true"
      "&clientBuildNumber={}&clientMasteringNumber={}&clientId={}&dsid={}",
      parts_.database_url, database == model::Database::private_db ? "private" : "shared", path, kBuildNumber,
      kMasteringNumber, util::url_encode(parts_.client_id), util::url_encode(parts_.dsid));
  request.headers = {{"Content-Type", "text/plain"},
                     {"Accept", "application/json"},
                     {"Origin", parts_.home},
                     {"Referer", parts_.home + "/"}};
  request.body = body;
  request.cookies = net::CookieUse::account;
  request.kind = net::RequestKind::catalogue;
  return request;
}

util::Result<net::Response> CloudKit::send(model::Database database, const std::string& path, const std::string& body) {
  Inbox inbox(1);
  inbox.submit(parts_.http, make_request(database, path, body), 0);
  return inbox.take().second;
}

util::Result<void> CloudKit::wait_after(const util::Error& error, int attempt) {
  const auto floor = error.retry_after.value_or(std::chrono::seconds(0));
  if (attempt >= parts_.backoff.attempts || floor > kLongestWait) return util::fail(error);
  const auto delay = net::backoff_delay(parts_.backoff, attempt, floor, jitter());
  util::log_debug("iCloud Photos: retry {} in {} ms", attempt, delay.count());
  if (!parts_.clock.sleep(delay, parts_.stop))
    return util::fail(ErrorCode::cancelled, "stopped while waiting for iCloud");
  return {};
}

util::Result<void> CloudKit::recover(const util::Error& error) {
  if (!parts_.recover) return util::fail(error);
  ++renewals_;
  renewed_at_ = parts_.clock.steady();
  util::log_info("iCloud refused the session; renewing it");
  I2I_ASSIGN(parts_.database_url, parts_.recover());
  return {};
}

util::Error CloudKit::shut_for_good(util::Error error) {
  shut_ = error;
  return error;
}

util::Result<bool> CloudKit::ask_why(Shut why, const util::Error& error) {
  if (!parts_.reopen) return false;
  auto opened = parts_.reopen(why);
  if (opened) return opened;
  // Nothing learned: what the library itself said stands.
  if (opened.error().code == ErrorCode::bad_answer) return util::fail(error);
  if (opened.error().code == ErrorCode::cancelled) return opened;
  return util::fail(shut_for_good(std::move(opened).error()));
}

/// The session was refused. It is renewed, and again when it has lasted a while: a first run may take days. Refused
/// sooner, the reason may be another (§5.2).
util::Result<void> CloudKit::renew_for(const util::Error& error, Sent& sent) {
  // An answer to what was sent before the session was renewed says nothing about the new one.
  if (sent.renewals < renewals_) return {};
  if (!renewed_at_ || parts_.clock.steady() - *renewed_at_ >= kSessionLasts) return recover(error);
  return reopen_for(Shut::session_refused, error, sent);
}

util::Result<void> CloudKit::reopen_for(Shut why, const util::Error& error, Sent& sent) {
  // As with sessions: pages in flight that were refused together need one opening.
  if (sent.openings < openings_) return {};
  if (!parts_.reopen) return util::fail(error);
  bool opened = false;
  if (!sent.reopened) {
    I2I_ASSIGN(opened, ask_why(why, error));
  }
  if (opened) {
    sent.reopened = true;
    ++openings_;
    return {};
  }
  if (why == Shut::session_refused) return util::fail(error);
  return util::fail(shut_for_good(
      {ErrorCode::throttled,
       "iCloud refuses the photos for now, though web access is on and no consent is missing; so it answers accounts "
       "that ask too often (" +
           error.message + ")",
       "Wait some hours before the next run, and run less often; every further try makes the wait longer.",
       error.retry_after}));
}

util::Result<void> CloudKit::admit() {
  if (shut_) return util::fail(*shut_);
  if (parts_.stop.stop_requested()) return util::fail(ErrorCode::cancelled, "stopped before asking iCloud");
  if (!parts_.keep_open) return {};
  auto open = parts_.keep_open();
  if (!open && open.error().code == ErrorCode::cancelled) return open;
  if (!open) return util::fail(shut_for_good(std::move(open).error()));
  return {};
}

/// Reads an answer; while it is an error that can be mended, mends it and asks again, alone.
util::Result<void> CloudKit::settle(model::Database database, const std::string& path, const Question& question,
                                    util::Result<net::Response> answer, const Reader& read) {
  const auto take = [&](util::Result<net::Response> one) -> util::Result<void> {
    if (!one) return util::fail(std::move(one).error());
    return read(question.which, *one);
  };
  auto outcome = take(std::move(answer));
  if (outcome) pacer_.succeeded();
  Sent sent = question.sent;
  for (int attempt = 1; !outcome; ++attempt) {
    const util::Error error = outcome.error().in(fmt::format("iCloud Photos, {}", path));
    switch (net::action_for(error.code)) {
      case net::Action::retry_later:
        pacer_.throttled();
        I2I_TRY(wait_after(error, attempt));
        break;
      case net::Action::refresh_session:
        I2I_TRY(renew_for(error, sent));
        break;
      case net::Action::reopen_access:
        I2I_TRY(reopen_for(error.code == ErrorCode::access_denied ? Shut::denied : Shut::cookies_missing, error, sent));
        break;
      default:
        return util::fail(error);
    }
    sent.renewals = renewals_;
    sent.openings = openings_;
    outcome = take(send(database, path, question.body));
  }
  return {};
}

util::Result<void> CloudKit::call_each(model::Database database, const std::string& path, const NextBody& next,
                                       const std::function<std::size_t()>& width, const Reader& read,
                                       const std::function<util::Result<void>(std::size_t which)>& take) {
  Inbox inbox(kMostInFlight);
  std::deque<Question> asked;
  std::map<std::size_t, util::Result<net::Response>> answers;
  std::size_t count = 0;
  for (;;) {
    while (asked.size() < std::clamp<std::size_t>(width(), 1, kMostInFlight)) {
      auto body = next();
      if (!body) break;
      I2I_TRY(admit());
      inbox.submit(parts_.http, make_request(database, path, *body), count);
      asked.push_back({count++, *std::move(body), {renewals_, openings_, false}});
    }
    if (asked.empty()) return {};
    // Taken in the order of asking; what comes earlier waits.
    while (!answers.contains(asked.front().which)) answers.insert(inbox.take());
    auto answer = answers.extract(asked.front().which);
    const Question question = std::move(asked.front());
    asked.pop_front();
    I2I_TRY(settle(database, path, question, std::move(answer.mapped()), read));
    if (take) I2I_TRY(take(question.which));
  }
}

util::Result<void> CloudKit::call_all(model::Database database, const std::string& path,
                                      const std::vector<std::string>& bodies, const Reader& read) {
  std::size_t at = 0;
  const auto next = [&]() { return at < bodies.size() ? std::optional(bodies[at++]) : std::nullopt; };
  return call_each(database, path, next, [&] { return bodies.size(); }, read, {});
}

util::Result<void> CloudKit::call_zone(const model::ZoneId& zone, const std::string& path,
                                       const std::vector<std::string>& bodies, const Reader& read) {
  auto done = call_all(zone.database, path, bodies, read);
  if (done || done.error().code != ErrorCode::not_found || !zone.is_primary()) return done;
  I2I_ASSIGN(const bool opened, ask_why(Shut::no_library, done.error()));
  if (opened) {
    ++openings_;
    done = call_all(zone.database, path, bodies, read);
  }
  if (done || done.error().code != ErrorCode::not_found) return done;
  return util::fail(no_library(std::move(done).error()));
}

util::Error CloudKit::why_no_library() {
  util::Error missing{ErrorCode::not_found, "its list of libraries has no personal one",
                      "Open icloud.com/photos once in a browser with this account, accept what it asks for, and try "
                      "again.",
                      std::nullopt};
  auto opened = ask_why(Shut::no_library, missing);
  return opened ? no_library(std::move(missing)) : std::move(opened).error();
}

util::Error CloudKit::no_library(util::Error error) {
  error.code = ErrorCode::account_action;
  error.message =
      "iCloud has no photo library for this account: new terms are not accepted, or Photos was never opened "
      "on the web (" +
      error.message + ")";
  return error;
}

util::Result<void> CloudKit::call(model::Database database, const std::string& path, std::string body,
                                  const Reader& read) {
  return call_all(database, path, {std::move(body)}, read);
}

}  // namespace i2i::icloud
