#include "icloud/records_encode.hpp"

#include "i2i/util/json.hpp"

namespace i2i::icloud {
namespace {

using util::Json;

/// 200 records is the most that comes, whatever is asked (§7.3).
constexpr int kResultsLimit = 200;

/// What we read, and no more: previews and their URLs are most of a full answer.
const Json& photo_keys() {
  static const Json all = [] {
    Json keys =
        Json::array({"itemType",     "dataClassType",  "filenameEnc",      "masterRef",         "assetDate",
                     "addedDate",    "timeZoneOffset", "isFavorite",       "isHidden",          "isDeleted",
                     "isExpunged",   "burstId",        "captionEnc",       "extendedDescEnc",   "keywordsEnc",
                     "locationEnc",  "locationV2Enc",  "locationLatitude", "locationLongitude", "adjustmentType",
                     "albumNameEnc", "albumType",      "parentId",         "containerId",       "itemId",
                     "position",     "recordName",     "recordType",       "recordChangeTag",   "burstFlags"});
    for (const std::string resource :
         {"resOriginal", "resOriginalAlt", "resOriginalVidCompl", "resJPEGFull", "resVidFull"}) {
      for (const char* const part : {"Res", "FileType", "FileSize", "Fingerprint"}) keys.push_back(resource + part);
    }
    return keys;
  }();
  return all;
}

Json zone_json(const model::ZoneId& zone) {
  Json id = {{"zoneName", zone.name}};
  // The owner's name makes the difference for a participant of a shared library (§6.2).
  const bool shared = zone.is_shared_library() || zone.database == model::Database::shared_db;
  if (shared && !zone.owner.empty()) {
    id["ownerRecordName"] = zone.owner;
    id["zoneType"] = "REGULAR_CUSTOM_ZONE";
  }
  return id;
}

Json filter(const char* field, const char* type, Json value) {
  return {
      {"fieldName", field}, {"comparator", "EQUALS"}, {"fieldValue", {{"type", type}, {"value", std::move(value)}}}};
}

const char* list_type(Index index) {
  switch (index) {
    case Index::visible:
      return "CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted";
    case Index::hidden:
      return "CPLAssetAndMasterHiddenByAssetDate";
    case Index::recently_deleted:
      return "CPLAssetAndMasterDeletedByExpungedDate";
    case Index::bursts:
      return "CPLBurstStackAssetAndMasterByAssetDate";
  }
  return "";
}

const char* count_name(Index index) {
  switch (index) {
    case Index::visible:
      return "CPLAssetByAssetDateWithoutHiddenOrDeleted";
    case Index::hidden:
      return "CPLAssetHiddenByAssetDate";
    case Index::recently_deleted:
      return "CPLAssetDeletedByExpungedDate";
    case Index::bursts:
      return "CPLAssetBurstStackAssetByAssetDate";
  }
  return "";
}

Json ranked_query(const char* type, std::int64_t rank) {
  return {{"recordType", type},
          {"filterBy", {filter("startRank", "INT64", rank), filter("direction", "STRING", "ASCENDING")}}};
}

}  // namespace

std::string encode_list(const model::ZoneId& zone, Index index, std::int64_t rank) {
  return util::dump_json({{"query", ranked_query(list_type(index), rank)},
                          {"resultsLimit", kResultsLimit},
                          {"desiredKeys", photo_keys()},
                          {"zoneID", zone_json(zone)}});
}

std::string encode_albums(const model::ZoneId& zone, const std::string& parent, const std::string& continuation) {
  Json body = {{"query", {{"recordType", "CPLAlbumByPositionLive"}}},
               {"resultsLimit", kResultsLimit},
               {"zoneID", zone_json(zone)}};
  if (!parent.empty()) body["query"]["filterBy"] = Json::array({filter("parentId", "STRING", parent)});
  if (!continuation.empty()) body["continuationMarker"] = continuation;
  return util::dump_json(body);
}

std::string encode_members(const model::ZoneId& zone, const std::string& album, std::int64_t rank) {
  Json query = ranked_query("CPLContainerRelationLiveByAssetDate", rank);
  query["filterBy"].push_back(filter("parentId", "STRING", album));
  return util::dump_json({{"query", std::move(query)},
                          {"resultsLimit", kResultsLimit},
                          {"desiredKeys", Json::array({"containerId", "itemId", "position", "isKeyAsset", "isDeleted",
                                                       "recordName", "recordType", "recordChangeTag"})},
                          {"zoneID", zone_json(zone)}});
}

std::string encode_changes(const model::ZoneId& zone, const std::optional<std::string>& token) {
  Json request = {
      {"zoneID", zone_json(zone)}, {"desiredKeys", photo_keys()}, {"resultsLimit", kResultsLimit}, {"reverse", false}};
  if (token) request["syncToken"] = *token;
  return util::dump_json({{"zones", Json::array({std::move(request)})}});
}

std::string encode_database_changes(const std::string& token) {
  return token.empty() ? "{}" : util::dump_json({{"syncToken", token}});
}

std::string encode_lookup(const model::ZoneId& zone, const std::vector<std::string>& names) {
  Json records = Json::array();
  for (const auto& name : names) records.push_back({{"recordName", name}});
  return util::dump_json({{"records", std::move(records)}, {"zoneID", zone_json(zone)}, {"desiredKeys", photo_keys()}});
}

std::string encode_count(const model::ZoneId& zone, Index index) {
  const Json lookup = {{"fieldName", "indexCountID"},
                       {"comparator", "IN"},
                       {"fieldValue", {{"type", "STRING_LIST"}, {"value", Json::array({count_name(index)})}}}};
  const Json query = {{"resultsLimit", 1},
                      {"zoneWide", true},
                      {"zoneID", zone_json(zone)},
                      {"query", {{"recordType", "HyperionIndexCountLookup"}, {"filterBy", lookup}}}};
  return util::dump_json({{"batch", Json::array({query})}});
}

std::string encode_indexing(const model::ZoneId& zone) {
  return util::dump_json({{"query", {{"recordType", "CheckIndexingState"}}}, {"zoneID", zone_json(zone)}});
}

}  // namespace i2i::icloud
