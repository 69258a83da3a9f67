#include "icloud/records_decode.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "i2i/net/retry.hpp"
#include "i2i/util/text.hpp"
#include "icloud/records_record_decode.hpp"

namespace i2i::icloud {
namespace {

using util::ErrorCode;
using util::Json;
using util::member;

constexpr const char* kAccessRemedy =
    "Check that \"Access iCloud Data on the Web\" is on (Settings, your name, iCloud) and, with Advanced Data "
    "Protection, "
    "that this sign-in is allowed on a device; Apple also answers so after too many runs: then wait some hours.";
/// "no auth method found" is what accounts with security keys get (§6.4).
constexpr const char* kNoMethodRemedy =
    "If security keys protect this account, remove them in its settings to sign in with a code; if not, sign in again: "
    "icloud2immich auth.";
constexpr const char* kZoneRemedy =
    "Open icloud.com/photos once in a browser with this account, accept what it asks for, and try again.";

/// The error an object carries: the whole answer or an item of it; nullopt where it carries none.
std::optional<ServerError> carried_error(const Json& object) {
  ServerError error;
  error.code = util::text_or(object, "serverErrorCode");
  error.reason = util::text_or(object, "reason");
  error.retry_after_s = util::as_integer(member(object, "retryAfter"));
  if (error.code.empty()) {
    // Older wording: {"reason":"Invalid global session","error":2}, or a sentence without a code.
    const Json& word = member(object, "error");
    if (word.is_null() && member(object, "errorCode").is_null()) return std::nullopt;
    if (util::as_integer(word) == 2) error.code = "AUTHENTICATION_REQUIRED";
    if (error.reason.empty()) error.reason = util::text_or(object, "error");
  }
  return error;
}

std::optional<ErrorCode> code_of_name(const ServerError& error) {
  struct Row {
    std::string_view name;
    ErrorCode code;
  };
  static constexpr std::array<Row, 17> kRows = {{
      {"TRY_AGAIN_LATER", ErrorCode::throttled},
      {"RETRY_LATER", ErrorCode::throttled},
      {"THROTTLED", ErrorCode::throttled},
      {"CAS_OP_LOCK", ErrorCode::throttled},
      {"INTERNAL_ERROR", ErrorCode::throttled},
      {"SERVICE_UNAVAILABLE", ErrorCode::throttled},
      {"ZONE_BUSY", ErrorCode::throttled},
      {"AUTHENTICATION_REQUIRED", ErrorCode::auth_expired},
      {"AUTHENTICATION_FAILED", ErrorCode::auth_expired},
      {"ACCESS_DENIED", ErrorCode::access_denied},
      {"ZONE_NOT_FOUND", ErrorCode::not_found},
      {"NOT_FOUND", ErrorCode::not_found},
      {"UNKNOWN_ITEM", ErrorCode::not_found},
      {"CHANGE_TOKEN_EXPIRED", ErrorCode::bad_token},
      {"SYNC_TOKEN_EXPIRED", ErrorCode::bad_token},
      {"BAD_REQUEST", ErrorCode::refused},
      {"CONFLICT", ErrorCode::refused},
  }};
  if (error.code.ends_with("TOKEN_EXPIRED")) return ErrorCode::bad_token;
  for (const auto& row : kRows) {
    if (row.name == error.code) return row.code;
  }
  return std::nullopt;
}

ErrorCode code_of_status(int status) {
  if (status == 408 || status == 429 || status >= 500) return ErrorCode::throttled;
  if (status == 401 || status == 421 || status == 450) return ErrorCode::auth_expired;
  if (status == 423) return ErrorCode::consent_needed;
  if (status == 403) return ErrorCode::access_denied;
  if (status == 404) return ErrorCode::not_found;
  if (status >= 400) return ErrorCode::refused;
  return ErrorCode::bad_answer;
}

/// Of an answer whose status says that it is one: some carry nothing but a sentence.
util::Error error_of_answer(int status, const Json& answer) {
  return error_of(status, carried_error(answer).value_or(ServerError{{}, util::text_or(answer, "reason"), {}}));
}

/// The answer's JSON, or the failure it stands for as a whole.
util::Result<Json> open_answer(const net::Response& response, std::string_view what) {
  auto json = util::parse_json(response.body, what);
  if (response.status < 200 || response.status >= 300) {
    // Errors come as JSON, as HTML (503) and as nothing at all.
    util::Error error = json ? error_of_answer(response.status, *json) : error_of(response.status, {});
    if (response.retry_after) error.retry_after = response.retry_after;
    return util::fail(std::move(error));
  }
  if (!json) {
    // Cut short, or answered by something on the way: a portal that wants a sign-in, a proxy.
    return util::fail(
        ErrorCode::unreachable, json.error().message,
        "Run again later; where it stays so, see whether a proxy or a sign-in page of the network answers "
        "in iCloud's place.");
  }
  if (!json->is_object()) return util::fail(ErrorCode::bad_answer, fmt::format("{} is not an object", what));
  if (auto error = carried_error(*json)) return util::fail(error_of(response.status, *error));
  return json;
}

/// The only item of zones[] or batch[], or its failure.
util::Result<Json> only_item(Json answer, const char* list, int status) {
  const auto found = answer.find(list);
  if (found == answer.end() || !found->is_array() || found->empty()) {
    return util::fail(ErrorCode::bad_answer, fmt::format("iCloud's answer has no item in \"{}\"", list));
  }
  Json item = std::move(found->front());
  if (auto error = carried_error(item)) return util::fail(error_of(status, *error));
  return item;
}

/// Tells how a record that iCloud gave an error for is skipped.
model::Skipped skipped_for(const Json& item, const ServerError& error) {
  return {util::text_or(item, "recordName"), util::text_or(item, "recordType"),
          "iCloud gave an error for it: " + (error.code.empty() ? std::string("no reason said") : error.code)};
}

util::Result<void> read_records(const Json& holder, int status, Page& page) {
  const Json& records = member(holder, "records");
  if (records.is_null()) return {};
  if (!records.is_array()) return util::fail(ErrorCode::bad_answer, "\"records\" of iCloud's answer is not a list");
  page.raw_records = records.size();
  page.records.reserve(records.size());
  for (const Json& record : records) {
    const auto error = carried_error(record);
    if (error) {
      model::Skipped skipped = skipped_for(record, *error);
      // Nothing could be asked for later: the page is not whole.
      if (skipped.name.empty()) return util::fail(error_of(status, *error));
      page.failed.push_back(skipped.name);
      page.records.emplace_back(std::move(skipped));
      continue;
    }
    page.records.push_back(decode_record(record));
  }
  return {};
}

std::optional<ZoneInfo> read_zone(const Json& item, model::Database database) {
  const Json& id = member(item, "zoneID");
  ZoneInfo zone;
  zone.id.name = util::text_or(id, "zoneName");
  zone.id.owner = util::text_or(id, "ownerRecordName");
  zone.id.database = database;
  zone.sync_token = util::text_or(item, "syncToken");
  zone.deleted = util::is_true(member(item, "deleted"));
  if (zone.id.name.empty() || carried_error(item)) return std::nullopt;
  return zone;
}

/// The zones of an answer; one that is only for the moment out of reach fails it, so that it is not taken for gone.
util::Result<std::vector<ZoneInfo>> read_zones(const Json& answer, int status, model::Database database) {
  const Json& items = member(answer, "zones");
  if (!items.is_array()) return util::fail(ErrorCode::bad_answer, "iCloud's answer has no list of zones");
  std::vector<ZoneInfo> zones;
  for (const Json& item : items) {
    if (auto zone = read_zone(item, database)) {
      zones.push_back(*std::move(zone));
    } else if (const auto error = carried_error(item)) {
      util::Error failure = error_of(status, *error);
      const auto action = net::action_for(failure.code);
      if (action == net::Action::retry_later || action == net::Action::refresh_session ||
          action == net::Action::reopen_access) {
        return util::fail(std::move(failure));
      }
    }
  }
  return zones;
}

}  // namespace

util::Error error_of(int status, const ServerError& error) {
  util::Error out;
  out.code = code_of_name(error).value_or(code_of_status(status));
  // Garbage and truncated tokens come as BAD_REQUEST (§8.2); only the sentence tells them from other bad requests.
  if (out.code == ErrorCode::refused && (error.reason.find("Unknown sync continuation type") != std::string::npos ||
                                         error.reason.find("Invalid continuation format") != std::string::npos)) {
    out.code = ErrorCode::bad_token;
  }
  // Missing PCS cookies come in the words of a lost session (§5.2), but no sign-in of ours brings them.
  const bool shut = out.code == ErrorCode::auth_expired || out.code == ErrorCode::access_denied;
  if (shut && (status == 423 || error.reason.find("PCS") != std::string::npos)) out.code = ErrorCode::consent_needed;
  if (out.code == ErrorCode::access_denied || out.code == ErrorCode::consent_needed) out.remedy = kAccessRemedy;
  if (error.code == "AUTHENTICATION_FAILED") out.remedy = kNoMethodRemedy;
  if (error.code == "ZONE_NOT_FOUND") out.remedy = kZoneRemedy;
  if (error.retry_after_s && *error.retry_after_s >= 0) {
    constexpr std::int64_t kYear = 31'536'000;
    out.retry_after = std::chrono::seconds(std::min(*error.retry_after_s, kYear));
  }
  std::string said = error.code;
  if (!error.reason.empty()) said += (said.empty() ? "" : ": ") + error.reason;
  out.message = fmt::format("iCloud answered {}{}", status, said.empty() ? "" : " (" + said + ")");
  return out;
}

util::Result<Page> decode_query(const net::Response& response) {
  I2I_ASSIGN(const Json answer, open_answer(response, "iCloud's list"));
  if (!member(answer, "records").is_array()) return util::fail(ErrorCode::bad_answer, "iCloud's list has no records");
  Page page;
  I2I_TRY(read_records(answer, response.status, page));
  page.sync_token = util::text_or(answer, "syncToken");
  page.continuation = util::text_or(answer, "continuationMarker");
  page.more = !page.continuation.empty();
  return page;
}

util::Result<Page> decode_changes(const net::Response& response) {
  I2I_ASSIGN(Json answer, open_answer(response, "iCloud's changes"));
  I2I_ASSIGN(const Json zone, only_item(std::move(answer), "zones", response.status));
  Page page;
  I2I_TRY(read_records(zone, response.status, page));
  page.sync_token = util::text_or(zone, "syncToken");
  page.more = util::is_true(member(zone, "moreComing"));
  if (page.sync_token.empty()) return util::fail(ErrorCode::bad_token, "iCloud's changes end without a token");
  return page;
}

util::Result<std::vector<LookedUp>> decode_lookup(const net::Response& response,
                                                  const std::vector<std::string>& names) {
  I2I_ASSIGN(const Json answer, open_answer(response, "iCloud's records"));
  const Json& records = member(answer, "records");
  if (!records.is_array()) return util::fail(ErrorCode::bad_answer, "iCloud's records are not a list");
  std::unordered_map<std::string, const Json*> by_name;
  for (const Json& record : records) by_name.emplace(util::text_or(record, "recordName"), &record);
  std::vector<LookedUp> out;
  out.reserve(names.size());
  for (const auto& name : names) {
    LookedUp found;
    found.name = name;
    const auto at = by_name.find(name);
    if (at == by_name.end()) {
      found.gone = true;
    } else if (const auto error = carried_error(*at->second)) {
      util::Error failure = error_of(response.status, *error);
      found.gone = failure.code == ErrorCode::not_found;
      if (!found.gone) {
        found.record = skipped_for(*at->second, *error);
        found.error = std::move(failure);
      }
    } else {
      model::Record record = decode_record(*at->second);
      found.gone = std::holds_alternative<model::Tombstone>(record);
      if (!found.gone) found.record = std::move(record);
    }
    out.push_back(std::move(found));
  }
  return out;
}

util::Result<std::vector<ZoneInfo>> decode_zones(const net::Response& response, model::Database database) {
  I2I_ASSIGN(const Json answer, open_answer(response, "iCloud's list of zones"));
  return read_zones(answer, response.status, database);
}

util::Result<DatabaseChangesPage> decode_database_changes(const net::Response& response, model::Database database) {
  I2I_ASSIGN(const Json answer, open_answer(response, "iCloud's list of changed zones"));
  DatabaseChangesPage page;
  I2I_ASSIGN(page.changes.zones, read_zones(answer, response.status, database));
  page.changes.sync_token = util::text_or(answer, "syncToken");
  page.more = util::is_true(member(answer, "moreComing"));
  return page;
}

util::Result<std::int64_t> decode_count(const net::Response& response) {
  I2I_ASSIGN(Json answer, open_answer(response, "iCloud's count"));
  I2I_ASSIGN(const Json item, only_item(std::move(answer), "batch", response.status));
  const Json& records = member(item, "records");
  if (!records.is_array() || records.empty()) return util::fail(ErrorCode::bad_answer, "iCloud's count is missing");
  if (const auto error = carried_error(records.front())) return util::fail(error_of(response.status, *error));
  const auto count = util::as_integer(member(member(member(records.front(), "fields"), "itemCount"), "value"));
  if (!count || *count < 0) return util::fail(ErrorCode::bad_answer, "iCloud's count is not a number");
  return *count;
}

util::Result<bool> decode_indexing(const net::Response& response) {
  I2I_ASSIGN(const Json answer, open_answer(response, "iCloud's index state"));
  const Json& records = member(answer, "records");
  if (!records.is_array() || records.empty()) return true;
  const Json& state = member(member(member(records.front(), "fields"), "state"), "value");
  return !state.is_string() || state.get<std::string>() == "FINISHED";
}

}  // namespace i2i::icloud
