// records/query and its counts: docs/protocol/icloud.md chapter 7.

#include <algorithm>

#include "emulator/icloud/photos/ck_call.hpp"
#include "emulator/icloud/photos/tokens.hpp"

namespace emulator::icloud {
namespace {

constexpr std::int64_t kMostRecords = 200;
constexpr const char* kBadIndex = "BadRequestException: Index has invalid data";

struct Listing {
  Index index = Index::asset_date;
  std::string key;
};

std::optional<Listing> listing_of(const std::string& type, const std::map<std::string, nlohmann::json>& filters) {
  const auto filter = [&](const char* name) {
    const auto found = filters.find(name);
    return found != filters.end() && found->second.is_string() ? found->second.get<std::string>() : std::string{};
  };
  if (type == "CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted") return Listing{Index::asset_date, {}};
  if (type == "CPLAssetAndMasterByAssetDate") return Listing{Index::asset_date, {}};
  if (type == "CPLAssetAndMasterByAddedDate") return Listing{Index::added_date, {}};
  if (type == "CPLAssetAndMasterHiddenByAssetDate") return Listing{Index::hidden, {}};
  if (type == "CPLAssetAndMasterDeletedByExpungedDate") return Listing{Index::deleted, {}};
  if (type == "CPLBurstStackAssetAndMasterByAssetDate") return Listing{Index::burst, {}};
  if (type == "CPLAssetAndMasterInSmartAlbumByAssetDate") return Listing{Index::smart, filter("smartAlbum")};
  if (type == "CPLContainerRelationLiveByAssetDate") return Listing{Index::album_by_date, filter("parentId")};
  if (type == "CPLContainerRelationLiveByPosition") return Listing{Index::album_by_position, filter("parentId")};
  return std::nullopt;
}

std::optional<Listing> count_of(const std::string& name) {
  const auto colon = name.find(':');
  const std::string base = name.substr(0, colon);
  std::string key = colon == std::string::npos ? std::string{} : name.substr(colon + 1);
  if (base == "CPLAssetByAssetDateWithoutHiddenOrDeleted") return Listing{Index::asset_date, {}};
  if (base == "CPLAssetByAddedDate") return Listing{Index::added_date, {}};
  if (base == "CPLAssetHiddenByAssetDate") return Listing{Index::hidden, {}};
  if (base == "CPLAssetDeletedByExpungedDate") return Listing{Index::deleted, {}};
  if (base == "CPLAssetBurstStackAssetByAssetDate") return Listing{Index::burst, {}};
  if (base == "CPLContainerRelationNotDeletedByAssetDate") return Listing{Index::album_by_date, key};
  if (base == "CPLAssetInSmartAlbumByAssetDate") {
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return Listing{Index::smart, key};
  }
  return std::nullopt;
}

/// In a shared library only all, favourites and deleted are dependable (§7.2).
bool works_in(const Zone& zone, const Listing& listing) {
  if (zone.noise()) return false;
  return !zone.shared() || listing.index != Index::smart || listing.key == "FAVORITE";
}

std::int64_t number_of(const std::map<std::string, nlohmann::json>& filters, const char* name) {
  const auto found = filters.find(name);
  return found != filters.end() && found->second.is_number() ? found->second.get<std::int64_t>() : 0;
}

/// The part of a listing that one page shows, as places in it; next: where the following page starts.
struct Window {
  std::vector<std::size_t> places;
  std::int64_t next = 0;
  bool more = false;
};

Window window(std::int64_t start, std::int64_t count, bool descending, std::size_t total) {
  Window result;
  const auto size = static_cast<std::int64_t>(total);
  std::int64_t at = descending ? std::min(start, size - 1) : start;
  while (at >= 0 && at < size && static_cast<std::int64_t>(result.places.size()) < count) {
    result.places.push_back(static_cast<std::size_t>(at));
    at += descending ? -1 : 1;
  }
  result.next = at;
  result.more = !result.places.empty() && at >= 0 && at < size;
  return result;
}

}  // namespace

Response CkService::query(Call& call) {
  const auto query = call.body.find("query");
  const std::string type = query == call.body.end() ? std::string{} : text_of(*query, "recordType");
  if (type.empty()) {
    return ck_error(call.uuid, 400, "BAD_REQUEST", "BadRequestException: missing required field 'recordType'");
  }
  const std::string name = zone_name_of(call.body);
  Zone* zone = library_.find_zone(call.database, name);
  if (zone == nullptr) return ck_error(call.uuid, 404, "ZONE_NOT_FOUND", "Zone does not exist");
  if (type == "CheckIndexingState") {
    auto& json = call.json;
    json.begin_object();
    json.key("records");
    json.begin_array();
    const DesiredKeys all;
    RecordWriter writer(json, library_, *zone, all, urls_.batch(call.uuid, name));
    const bool done = call.knobs.indexing_finished;
    writer.virtual_record("_" + call.uuid, type,
                          {{"progress", {{"value", done ? 100 : 42}, {"type", "INT64"}}},
                           {"state", {{"value", done ? "FINISHED" : "RUNNING"}, {"type", "STRING"}}}});
    json.end_array();
    call.sync_token(*zone);
    json.end_object();
    Response response;
    response.body = json.take();
    return response;
  }
  if (zone->noise()) return ck_error(call.uuid, 400, "BAD_REQUEST", kBadIndex);
  if (type == "CPLAlbumByPositionLive") return list_albums(call, *zone);
  return list_items(call, *zone);
}

Response CkService::list_items(Call& call, Zone& zone) {
  const auto& query = call.body.at("query");
  const std::string type = text_of(query, "recordType");
  const auto filters = filters_of(query);
  const auto listing = listing_of(type, filters);
  if (!listing) {
    return ck_error(call.uuid, 400, "BAD_REQUEST", "BadRequestException: Type is not marked indexable: " + type);
  }
  if (!works_in(zone, *listing)) return ck_error(call.uuid, 400, "BAD_REQUEST", kBadIndex);
  const bool of_album = listing->index == Index::album_by_date || listing->index == Index::album_by_position;
  const auto& all = zone.index(listing->index, listing->key);
  const auto asset_at = [&](std::size_t place) { return of_album ? zone.relations[all[place]].asset : all[place]; };
  const std::int64_t limit = std::clamp<std::int64_t>(call.body.value("resultsLimit", kMostRecords), 1, kMostRecords);
  const auto direction = filters.find("direction");
  const bool descending = direction != filters.end() && direction->second == "DESCENDING";
  std::int64_t start = number_of(filters, "startRank");
  const std::string marker_text = text_of(call.body, "continuationMarker");
  if (!marker_text.empty()) {
    const auto marker = read_marker(marker_text);
    if (!marker) return ck_error(call.uuid, 400, "BAD_REQUEST", "BadRequestException: invalid continuationMarker");
    start = static_cast<std::int64_t>(marker->rank);
    for (std::size_t place = 0; place < all.size(); ++place) {
      if (zone.assets[asset_at(place)].id != marker->last_item) continue;
      start = static_cast<std::int64_t>(place) + (descending ? -1 : 1);
      break;
    }
  }
  const Window page = window(start, std::max<std::int64_t>(1, limit / (of_album ? 3 : 2)), descending, all.size());
  auto& json = call.json;
  json.begin_object();
  json.key("records");
  json.begin_array();
  const DesiredKeys keys = desired_keys_of(call.body);
  RecordWriter writer(json, library_, zone, keys, urls_.batch(call.uuid, zone.name));
  std::int64_t written = 0;
  const auto room = [&] { return written++ < limit; };
  if (of_album) {
    for (const auto place : page.places) {
      if (room()) writer.relation(all[place]);
    }
  }
  std::unordered_set<std::uint32_t> masters;
  for (const auto place : page.places) {
    const auto master = zone.assets[asset_at(place)].master;
    if (masters.insert(master).second && room()) writer.master(master);
  }
  for (const auto place : page.places) {
    if (room()) writer.asset(asset_at(place));
  }
  json.end_array();
  if (page.more) {
    json.key("continuationMarker");
    json.string(continuation_marker(
        {.rank = static_cast<std::uint64_t>(page.next), .last_item = zone.assets[asset_at(page.places.back())].id}));
  }
  call.sync_token(zone);
  json.end_object();
  call.page = ListedPage{.zone = zone.name, .record_type = type, .start_rank = start, .items = page.places.size()};
  Response response;
  response.body = json.take();
  return response;
}

Response CkService::list_albums(Call& call, Zone& zone) {
  if (zone.shared()) return ck_error(call.uuid, 400, "BAD_REQUEST", kBadIndex);
  const auto filters = filters_of(call.body.at("query"));
  const auto parent = filters.find("parentId");
  const auto all = zone.children(parent == filters.end() ? std::string{} : parent->second.get<std::string>());
  const std::int64_t limit =
      std::clamp<std::int64_t>(call.body.value("resultsLimit", std::int64_t{100}), 1, kMostRecords);
  std::int64_t start = number_of(filters, "startRank");
  const std::string marker_text = text_of(call.body, "continuationMarker");
  if (!marker_text.empty()) {
    const auto marker = read_marker(marker_text);
    if (!marker) return ck_error(call.uuid, 400, "BAD_REQUEST", "BadRequestException: invalid continuationMarker");
    start = static_cast<std::int64_t>(marker->rank);
  }
  const Window page = window(start, limit, false, all.size());
  auto& json = call.json;
  json.begin_object();
  json.key("records");
  json.begin_array();
  const DesiredKeys keys = desired_keys_of(call.body);
  RecordWriter writer(json, library_, zone, keys, urls_.batch(call.uuid, zone.name));
  for (const auto place : page.places) writer.album(all[place]);
  json.end_array();
  if (page.more) {
    json.key("continuationMarker");
    json.string(continuation_marker(
        {.rank = static_cast<std::uint64_t>(page.next), .last_item = zone.albums[all[page.places.back()]].id}));
  }
  call.sync_token(zone);
  json.end_object();
  Response response;
  response.body = json.take();
  return response;
}

Response CkService::counts(Call& call) {
  const auto batch = call.body.find("batch");
  if (batch == call.body.end() || !batch->is_array()) {
    return ck_error(call.uuid, 400, "BAD_REQUEST", "BadRequestException: missing required field 'batch'");
  }
  auto& json = call.json;
  json.begin_object();
  json.key("batch");
  json.begin_array();
  for (const auto& item : *batch) {
    const std::string name = zone_name_of(item);
    Zone* zone = library_.find_zone(call.database, name);
    if (zone == nullptr) {
      json.json({{"serverErrorCode", "ZONE_NOT_FOUND"}, {"reason", "Zone does not exist"}});
      continue;
    }
    const auto filters = filters_of(item.value("query", nlohmann::json::object()));
    const auto wanted = filters.find("indexCountID");
    const nlohmann::json names = wanted == filters.end() ? nlohmann::json::array() : wanted->second;
    json.begin_object();
    json.key("records");
    json.begin_array();
    const DesiredKeys all;
    RecordWriter writer(json, library_, *zone, all, urls_.batch(call.uuid, name));
    for (const auto& id : names) {
      const std::string index = id.get<std::string>();
      std::size_t count = 0;
      const auto listing = count_of(index);
      if (listing && works_in(*zone, *listing)) {
        count = zone->index(listing->index, listing->key).size();
      } else if (index == "CPLAlbumByPositionLive") {
        count = zone->children({}).size();
      }
      writer.virtual_record(index, "IndexCountResult", {{"itemCount", {{"value", count}, {"type", "INT64"}}}});
    }
    json.end_array();
    call.sync_token(*zone);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  Response response;
  response.body = json.take();
  return response;
}

}  // namespace emulator::icloud
