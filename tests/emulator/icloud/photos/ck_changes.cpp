// changes/database and changes/zone: docs/protocol/icloud.md chapter 8.

#include <algorithm>

#include "emulator/icloud/photos/ck_call.hpp"
#include "emulator/icloud/photos/tokens.hpp"

namespace emulator::icloud {
namespace {

constexpr std::int64_t kMostRecords = 200;

const char* reason_of(TokenFault fault) {
  return fault == TokenFault::truncated ? "Invalid continuation format" : "Unknown sync continuation type";
}

void write_zone_error(PrettyJson& json, const nlohmann::json& wanted, const char* code, const char* reason) {
  json.begin_object();
  json.key("zoneID");
  json.json(wanted.value("zoneID", nlohmann::json::object()));
  json.key("reason");
  json.string(reason);
  json.key("serverErrorCode");
  json.string(code);
  json.end_object();
}

}  // namespace

Response CkService::changes_database(Call& call) {
  const std::string& owner = library_.database_token_bytes(call.database);
  const std::uint64_t now = library_.database_counter(call.database);
  std::uint64_t since = 0;
  const std::string token = text_of(call.body, "syncToken");
  if (!token.empty()) {
    const ReadToken read = read_sync_token(token, owner);
    if (read.fault != TokenFault::none || read.counter > now) {
      return ck_error(call.uuid, 400, "BAD_REQUEST", reason_of(read.fault));
    }
    since = read.counter;
  }
  auto& json = call.json;
  json.begin_object();
  json.key("zones");
  json.begin_array();
  for (const Zone* zone : library_.zones()) {
    if (zone->database != call.database || zone->database_change() <= since) continue;
    if (zone->deleted && since == 0) continue;
    json.begin_object();
    write_zone_id(json, *zone, true);
    json.key("syncToken");
    json.string(zone->current_token());
    json.key("deleted");
    json.boolean(zone->deleted);
    json.end_object();
  }
  json.end_array();
  json.key("syncToken");
  json.string(sync_token(now, owner));
  json.key("moreComing");
  json.boolean(false);
  json.end_object();
  Response response;
  response.body = json.take();
  return response;
}

void CkService::one_zone_changes(Call& call, const nlohmann::json& wanted) {
  auto& json = call.json;
  const std::string name = zone_name_of(wanted);
  Zone* zone = library_.find_zone(call.database, name);
  if (zone == nullptr || zone->noise()) {
    return write_zone_error(json, wanted, "ZONE_NOT_FOUND", "Zone does not exist");
  }
  const auto given = wanted.find("syncToken");
  const bool from_start = given == wanted.end() || given->is_null();
  std::uint64_t position = 0;
  if (!from_start) {
    const std::string token = given->get<std::string>();
    // An empty token counts as caught up (§8.2).
    const ReadToken read = token.empty() ? ReadToken{.fault = TokenFault::none, .counter = zone->counter()}
                                         : read_sync_token(token, zone->token_bytes);
    if (read.fault != TokenFault::none || read.counter > zone->counter()) {
      return write_zone_error(json, wanted, "BAD_REQUEST", reason_of(read.fault));
    }
    position = read.counter;
  }
  const auto limit =
      static_cast<std::size_t>(std::clamp<std::int64_t>(wanted.value("resultsLimit", kMostRecords), 1, kMostRecords));
  const DesiredKeys keys = desired_keys_of(wanted);
  json.begin_object();
  write_zone_id(json, *zone, true);
  json.key("records");
  json.begin_array();
  RecordWriter writer(json, library_, *zone, keys, urls_.batch(call.uuid, name));
  const auto& log = zone->log();
  auto next = std::upper_bound(log.begin(), log.end(), position,
                               [](std::uint64_t value, const LogEntry& entry) { return value < entry.position; });
  if (!(from_start && call.knobs.empty_first_changes_page)) {
    std::size_t written = 0;
    for (std::size_t looked = 0; next != log.end() && written < limit && looked < call.knobs.changes_scan; ++looked) {
      const LogEntry entry = *next++;
      position = entry.position;
      if (!zone->current(entry)) continue;
      writer.entry(entry);
      ++written;
    }
  }
  json.end_array();
  if (next == log.end()) position = zone->counter();
  json.key("syncToken");
  json.string(sync_token(position, zone->token_bytes));
  json.key("moreComing");
  json.boolean(next != log.end());
  json.end_object();
}

Response CkService::changes_zone(Call& call) {
  const auto zones = call.body.find("zones");
  if (zones == call.body.end() || !zones->is_array()) {
    return ck_error(call.uuid, 400, "BAD_REQUEST", "BadRequestException: missing required field 'zones'");
  }
  call.json.begin_object();
  call.json.key("zones");
  call.json.begin_array();
  for (const auto& wanted : *zones) one_zone_changes(call, wanted);
  call.json.end_array();
  call.json.end_object();
  Response response;
  response.body = call.json.take();
  return response;
}

}  // namespace emulator::icloud
