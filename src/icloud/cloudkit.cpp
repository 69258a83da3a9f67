#include "i2i/icloud/cloudkit.hpp"

#include <fmt/core.h>

#include <memory>
#include <utility>

#include "i2i/util/hash.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/queue.hpp"
#include "i2i/util/text.hpp"
#include "icloud/records_decode.hpp"
#include "icloud/records_encode.hpp"

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
constexpr std::size_t kMaxLookup = 100;
constexpr int kMaxPages = 1000;

constexpr const char* kQuery = "records/query";
constexpr const char* kLookup = "records/lookup";
constexpr const char* kBatch = "internal/records/query/batch";
constexpr const char* kZoneChanges = "changes/zone";
constexpr const char* kDatabaseChanges = "changes/database";
constexpr const char* kZones = "zones/list";

/// A number in [0, 1), to keep many clients from coming back at the same instant.
double jitter() {
  double value = 0;
  for (const char c : util::random_bytes(4))
    value = (value + static_cast<double>(static_cast<unsigned char>(c))) / 256.0;
  return value;
}

bool is_transient(const util::Error& error) {
  const net::Action action = net::action_for(error.code);
  return action == net::Action::retry_later || action == net::Action::refresh_session;
}

/// Of an album's page only the relations: its photos come without their fields and must not replace whole ones.
void keep_relations(Page& page) {
  std::erase_if(page.records, [](const model::Record& record) {
    if (std::holds_alternative<model::Membership>(record)) return false;
    if (const auto* tombstone = std::get_if<model::Tombstone>(&record)) {
      return tombstone->name.find("-IN-") == std::string::npos;
    }
    const auto* skipped = std::get_if<model::Skipped>(&record);
    return skipped == nullptr || (skipped->type != "CPLContainerRelation" && !skipped->type.empty());
  });
  std::erase_if(page.failed, [](const std::string& name) { return name.find("-IN-") == std::string::npos; });
}

}  // namespace

CloudKit::CloudKit(Parts parts) : parts_(std::move(parts)) {}

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

std::vector<util::Result<net::Response>> CloudKit::send_all(model::Database database, const std::string& path,
                                                            const std::vector<std::string>& bodies) {
  using Answer = std::pair<std::size_t, util::Result<net::Response>>;
  // Shared, because the transfer thread may still hold it when the last answer is taken out. Room for all: never
  // blocks.
  const auto inbox = std::make_shared<util::BoundedQueue<Answer>>(bodies.size());
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    parts_.http.submit(make_request(database, path, bodies[i]), [inbox, i](util::Result<net::Response> response) {
      inbox->push({i, std::move(response)});
    });
  }
  std::vector<util::Result<net::Response>> answers(bodies.size(), util::fail(ErrorCode::internal, "no answer"));
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    auto answer = inbox->pop();
    I2I_ASSERT(answer.has_value());
    answers[answer->first] = std::move(answer->second);
  }
  return answers;
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

util::Result<void> CloudKit::call_all(model::Database database, const std::string& path,
                                      const std::vector<std::string>& bodies, const Reader& read) {
  const auto take = [&](util::Result<net::Response> answer, std::size_t which) -> util::Result<void> {
    if (!answer) return util::fail(std::move(answer).error());
    return read(which, *answer);
  };
  if (shut_) return util::fail(*shut_);
  if (parts_.stop.stop_requested()) return util::fail(ErrorCode::cancelled, "stopped before asking iCloud");
  if (parts_.keep_open) {
    auto open = parts_.keep_open();
    if (!open && open.error().code == ErrorCode::cancelled) return open;
    if (!open) return util::fail(shut_for_good(std::move(open).error()));
  }
  const Sent first{renewals_, openings_, false};
  auto answers = send_all(database, path, bodies);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    auto outcome = take(std::move(answers[i]), i);
    Sent sent = first;
    for (int attempt = 1; !outcome; ++attempt) {
      const util::Error error = outcome.error().in(fmt::format("iCloud Photos, {}", path));
      switch (net::action_for(error.code)) {
        case net::Action::retry_later:
          I2I_TRY(wait_after(error, attempt));
          break;
        case net::Action::refresh_session:
          I2I_TRY(renew_for(error, sent));
          break;
        case net::Action::reopen_access:
          I2I_TRY(
              reopen_for(error.code == ErrorCode::access_denied ? Shut::denied : Shut::cookies_missing, error, sent));
          break;
        default:
          return util::fail(error);
      }
      sent.renewals = renewals_;
      sent.openings = openings_;
      outcome = take(std::move(send_all(database, path, {bodies[i]}).front()), i);
    }
  }
  return {};
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
  util::Error error = done.error();
  error.code = ErrorCode::account_action;
  error.message =
      "iCloud has no photo library for this account: new terms are not accepted, or Photos was never opened "
      "on the web (" +
      error.message + ")";
  return util::fail(std::move(error));
}

util::Result<void> CloudKit::call(model::Database database, const std::string& path, std::string body,
                                  const Reader& read) {
  return call_all(database, path, {std::move(body)}, read);
}

util::Result<std::vector<ZoneInfo>> CloudKit::zones(model::Database database) {
  std::vector<ZoneInfo> zones;
  I2I_TRY(call(database, kZones, "{}", [&](std::size_t, const net::Response& response) -> util::Result<void> {
    I2I_ASSIGN(zones, decode_zones(response, database));
    return {};
  }));
  return zones;
}

util::Result<DatabaseChanges> CloudKit::database_changes(model::Database database, const std::string& token) {
  DatabaseChanges all;
  all.sync_token = token;
  for (int pages = 0; pages < kMaxPages; ++pages) {
    DatabaseChangesPage page;
    const auto done = call(database, kDatabaseChanges, encode_database_changes(all.sync_token),
                           [&](std::size_t, const net::Response& response) -> util::Result<void> {
                             I2I_ASSIGN(page, decode_database_changes(response, database));
                             return {};
                           });
    if (!done) {
      util::Error error = done.error();
      // However a token is refused here, the remedy is the same: list the zones.
      if (error.code == ErrorCode::refused) error.code = ErrorCode::bad_token;
      return util::fail(std::move(error));
    }
    for (auto& zone : page.changes.zones) all.zones.push_back(std::move(zone));
    if (!page.changes.sync_token.empty()) all.sync_token = std::move(page.changes.sync_token);
    if (!page.more) return all;
  }
  return util::fail(ErrorCode::bad_answer, "iCloud's list of changed zones does not end");
}

util::Result<std::vector<Page>> CloudKit::list(const model::ZoneId& zone, Index index,
                                               const std::vector<std::int64_t>& ranks) {
  std::vector<std::string> bodies;
  bodies.reserve(ranks.size());
  for (const auto rank : ranks) bodies.push_back(encode_list(zone, index, rank));
  std::vector<Page> pages(ranks.size());
  I2I_TRY(call_zone(zone, kQuery, bodies, [&](std::size_t which, const net::Response& response) -> util::Result<void> {
    I2I_ASSIGN(pages[which], decode_query(response));
    return {};
  }));
  return pages;
}

util::Result<Page> CloudKit::albums(const model::ZoneId& zone, const std::string& parent,
                                    const std::string& continuation) {
  Page page;
  I2I_TRY(call_zone(zone, kQuery, {encode_albums(zone, parent, continuation)},
                    [&](std::size_t, const net::Response& response) -> util::Result<void> {
                      I2I_ASSIGN(page, decode_query(response));
                      return {};
                    }));
  return page;
}

util::Result<Page> CloudKit::album_members(const model::ZoneId& zone, const std::string& album, std::int64_t rank) {
  I2I_ASSIGN(auto pages, members(zone, {{album, rank}}));
  return std::move(pages.front());
}

util::Result<std::vector<Page>> CloudKit::members(const model::ZoneId& zone, const std::vector<MemberPage>& wanted) {
  std::vector<std::string> bodies;
  bodies.reserve(wanted.size());
  for (const auto& page : wanted) bodies.push_back(encode_members(zone, page.album, page.rank));
  std::vector<Page> pages(wanted.size());
  I2I_TRY(call_zone(zone, kQuery, bodies, [&](std::size_t which, const net::Response& response) -> util::Result<void> {
    I2I_ASSIGN(pages[which], decode_query(response));
    keep_relations(pages[which]);
    return {};
  }));
  return pages;
}

util::Result<Page> CloudKit::changes(const model::ZoneId& zone, const std::optional<std::string>& token) {
  Page page;
  const auto done = call_zone(zone, kZoneChanges, {encode_changes(zone, token)},
                              [&](std::size_t, const net::Response& response) -> util::Result<void> {
                                I2I_ASSIGN(page, decode_changes(response));
                                return {};
                              });
  if (!done) {
    util::Error error = done.error();
    // Tokens of the database or of another zone are refused in other words than garbage (§8.2).
    if (error.code == ErrorCode::refused && token) error.code = ErrorCode::bad_token;
    return util::fail(std::move(error));
  }
  return page;
}

util::Result<std::vector<LookedUp>> CloudKit::lookup(const model::ZoneId& zone, const std::vector<std::string>& names) {
  I2I_ASSERT(names.size() <= kMaxLookup);
  std::vector<LookedUp> all(names.size());
  std::vector<std::size_t> open(names.size());
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  for (int attempt = 1; !open.empty(); ++attempt) {
    std::vector<std::string> asked;
    asked.reserve(open.size());
    for (const auto at : open) asked.push_back(names[at]);
    std::vector<LookedUp> found;
    I2I_TRY(call_zone(zone, kLookup, {encode_lookup(zone, asked)},
                      [&](std::size_t, const net::Response& response) -> util::Result<void> {
                        I2I_ASSIGN(found, decode_lookup(response, asked));
                        return {};
                      }));
    std::vector<std::size_t> again;
    util::Error last;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (found[i].error && is_transient(*found[i].error)) {
        again.push_back(open[i]);
        last = *found[i].error;
      }
      all[open[i]] = std::move(found[i]);
    }
    open = std::move(again);
    if (open.empty()) break;
    if (auto waited = wait_after(last, attempt); !waited) {
      // One record that stays out of reach does not take the others with it.
      if (waited.error().code == ErrorCode::cancelled) return util::fail(waited.error());
      break;
    }
  }
  return all;
}

util::Result<std::int64_t> CloudKit::count(const model::ZoneId& zone, Index index) {
  std::int64_t count = 0;
  I2I_TRY(call_zone(zone, kBatch, {encode_count(zone, index)},
                    [&](std::size_t, const net::Response& response) -> util::Result<void> {
                      I2I_ASSIGN(count, decode_count(response));
                      return {};
                    }));
  return count;
}

util::Result<bool> CloudKit::is_indexed(const model::ZoneId& zone) {
  bool indexed = true;
  I2I_TRY(call_zone(zone, kQuery, {encode_indexing(zone)},
                    [&](std::size_t, const net::Response& response) -> util::Result<void> {
                      I2I_ASSIGN(indexed, decode_indexing(response));
                      return {};
                    }));
  return indexed;
}

}  // namespace i2i::icloud
