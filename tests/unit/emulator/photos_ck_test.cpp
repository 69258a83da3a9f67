// The practice database service: paging, counts, changes, lookups and their refusals.

#include <set>

#include "catch.hpp"
#include "emulator/icloud/photos/ck_service.hpp"
#include "emulator/icloud/photos/editor.hpp"
#include "emulator/icloud/photos/manifest.hpp"

using namespace emulator;
using namespace emulator::icloud;
using Json = nlohmann::json;

namespace {

constexpr const char* kAll = "CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted";

/// A library of made-up photos and the service before it.
struct Practice {
  std::int64_t now = 1790000000000;
  Library library{[this] { return now; }};
  SignedUrls urls{"https://content.example", "secret", [this] { return now; }};
  CkService ck{library, urls, {}};
  LibraryEditor editor{library};

  explicit Practice(std::uint64_t assets = 0, std::uint64_t live_every = 0) {
    library.generate({.assets = assets, .size_bytes = 50, .live_every = live_every});
  }

  Response raw(const std::string& operation, const Json& body, const std::string& database = "private") {
    Request request;
    request.method = "POST";
    request.path = "/database/1/com.apple.photos.cloud/production/" + database + "/" + operation;
    request.query = {
        {"clientBuildNumber", "2522Project44"}, {"clientId", "auth-0"}, {"dsid", "1"}, {"getCurrentSyncToken", "true"}};
    request.body = body.dump();
    return ck.handle(request);
  }
  Json call(const std::string& operation, const Json& body, const std::string& database = "private") {
    const Response response = raw(operation, body, database);
    CHECK(response.status == 200);
    return Json::parse(response.body);
  }
  static Json query(const std::string& type, std::int64_t rank, Json more = Json::array(),
                    const std::string& direction = "ASCENDING") {
    more.push_back(
        {{"fieldName", "startRank"}, {"comparator", "EQUALS"}, {"fieldValue", {{"type", "INT64"}, {"value", rank}}}});
    more.push_back({{"fieldName", "direction"},
                    {"comparator", "EQUALS"},
                    {"fieldValue", {{"type", "STRING"}, {"value", direction}}}});
    return {{"query", {{"recordType", type}, {"filterBy", more}}},
            {"resultsLimit", 200},
            {"zoneID", {{"zoneName", "PrimarySync"}}}};
  }
  Json page(std::int64_t rank, const std::string& type = kAll) { return call("records/query", query(type, rank)); }
  std::int64_t count(const std::string& index) {
    const Json answer = call("internal/records/query/batch",
                             {{"batch",
                               {{{"resultsLimit", 1},
                                 {"zoneWide", true},
                                 {"zoneID", {{"zoneName", "PrimarySync"}}},
                                 {"query",
                                  {{"recordType", "HyperionIndexCountLookup"},
                                   {"filterBy",
                                    {{"fieldName", "indexCountID"},
                                     {"comparator", "IN"},
                                     {"fieldValue", {{"type", "STRING_LIST"}, {"value", {index}}}}}}}}}}}});
    return answer["batch"][0]["records"][0]["fields"]["itemCount"]["value"].get<std::int64_t>();
  }
  Json changes(const Json& token) {
    Json zone = {{"zoneID", {{"zoneName", "PrimarySync"}}}, {"resultsLimit", 200}};
    if (!token.is_null()) zone["syncToken"] = token;
    return call("changes/zone", {{"zones", {zone}}})["zones"][0];
  }
  /// All changes since a token, page by page.
  std::vector<Json> all_changes(Json token, std::string* last = nullptr) {
    std::vector<Json> records;
    for (int pages = 0; pages < 1000; ++pages) {
      const Json zone = changes(token);
      CHECK(zone["records"].size() <= 200);
      for (const auto& record : zone["records"]) records.push_back(record);
      token = zone["syncToken"];
      if (!zone["moreComing"].get<bool>()) break;
    }
    if (last != nullptr) *last = token.get<std::string>();
    return records;
  }
};

std::set<std::string> names(const Json& records, const std::string& type) {
  std::set<std::string> found;
  for (const auto& record : records) {
    if (record["recordType"] == type) found.insert(record["recordName"].get<std::string>());
  }
  return found;
}

}  // namespace

TEST_CASE("a listing has masters first, at most 200 records and a marker while more follows") {
  Practice practice(250);
  std::set<std::string> assets;
  const Json first = practice.page(0);
  REQUIRE(first["records"].size() == 200);
  CHECK(first["records"][99]["recordType"] == "CPLMaster");
  CHECK(first["records"][100]["recordType"] == "CPLAsset");
  CHECK(first.contains("continuationMarker"));
  for (const std::int64_t rank : {0, 100, 200}) {
    const Json page = practice.page(rank);
    CHECK(page["syncToken"] == first["syncToken"]);
    CHECK(page.contains("continuationMarker") == (rank < 200));
    assets.merge(names(page["records"], "CPLAsset"));
  }
  CHECK(assets.size() == 250);
  const Json beyond = practice.page(250);
  CHECK(beyond["records"].empty());
  CHECK_FALSE(beyond.contains("continuationMarker"));
  CHECK(practice.count("CPLAssetByAssetDateWithoutHiddenOrDeleted") == 250);
}

TEST_CASE("a marker goes on where the last page ended, backwards too") {
  Practice practice(250);
  for (const auto* direction : {"ASCENDING", "DESCENDING"}) {
    INFO(direction);
    const std::int64_t start = std::string(direction) == "ASCENDING" ? 0 : 249;
    Json body = Practice::query(kAll, start, Json::array(), direction);
    std::set<std::string> assets;
    int pages = 0;
    for (; pages < 10; ++pages) {
      const Json page = practice.call("records/query", body);
      assets.merge(names(page["records"], "CPLAsset"));
      if (!page.contains("continuationMarker")) break;
      body["continuationMarker"] = page["continuationMarker"];
    }
    CHECK(pages == 2);
    CHECK(assets.size() == 250);
  }
}

TEST_CASE("a listing gives only the fields asked for") {
  Practice practice(1);
  Json body = Practice::query(kAll, 0);
  body["desiredKeys"] = {"resOriginalRes", "filenameEnc", "masterRef"};
  const Json page = practice.call("records/query", body);
  CHECK(page["records"][0]["fields"].size() == 2);
  CHECK(page["records"][1]["fields"].size() == 1);
  const auto& value = page["records"][0]["fields"]["resOriginalRes"]["value"];
  CHECK(value["fileChecksum"] == page["records"][0]["recordName"]);
  CHECK(value["size"] == 50);
}

TEST_CASE("a hook between pages makes unchanged items slip over the seam") {
  Practice practice(250);
  const std::string victim = practice.library.find_zone("PrimarySync")->assets[0].id;
  practice.ck.set_after_page([&](const ListedPage& page) {
    if (page.number == 1) practice.editor.trash(victim);
  });
  std::set<std::string> assets;
  for (const std::int64_t rank : {0, 100, 200}) assets.merge(names(practice.page(rank)["records"], "CPLAsset"));
  CHECK(assets.size() == 249);
  CHECK(assets.contains(victim));
  CHECK(practice.count("CPLAssetByAssetDateWithoutHiddenOrDeleted") == 249);
}

TEST_CASE("full history and later changes: each record once, in its present state") {
  Practice practice(450, 10);
  std::string token;
  const auto records = practice.all_changes(nullptr, &token);
  CHECK(names(records, "CPLAsset").size() == 450);
  CHECK(names(records, "CPLMaster").size() == 450);
  CHECK(names(records, "CPLLibraryInfo").size() == 1);
  CHECK(token == practice.page(0)["syncToken"]);
  const Json nothing = practice.changes(token);
  CHECK(nothing["records"].empty());
  CHECK(nothing["syncToken"] == token);
  CHECK(nothing["moreComing"] == false);

  const std::string asset = practice.library.find_zone("PrimarySync")->assets[7].id;
  practice.editor.set_favorite(asset, true);
  practice.editor.set_favorite(asset, false);
  practice.editor.set_favorite(asset, true);
  const auto favourite = practice.all_changes(token, &token);
  REQUIRE(favourite.size() == 1);
  CHECK(favourite[0]["fields"]["isFavorite"]["value"] == 1);

  practice.editor.trash(asset);
  const auto trashed = practice.all_changes(token, &token);
  CHECK(names(trashed, "CPLMaster").size() == 1);
  REQUIRE(names(trashed, "CPLAsset").size() == 1);
  for (const auto& record : trashed) {
    if (record["recordType"] != "CPLAsset") continue;
    CHECK(record["fields"]["isDeleted"]["value"] == 1);
    CHECK(record["deleted"] == false);
    CHECK(record["expirationTime"].get<std::int64_t>() == 1790000000 + 40 * 86400);
    CHECK(record["fields"]["dateExpunged"]["value"].get<std::int64_t>() == practice.now + std::int64_t{30} * 86400000);
  }
  practice.editor.restore(asset);
  for (const auto& record : practice.all_changes(token, &token)) {
    if (record["recordType"] == "CPLAsset") CHECK_FALSE(record["fields"].contains("isDeleted"));
  }
  practice.editor.purge(asset);
  const auto purged = practice.all_changes(token, &token);
  std::size_t tombstones = 0;
  for (const auto& record : purged) tombstones += record["deleted"].get<bool>() ? 1 : 0;
  CHECK(tombstones == 2);
}

TEST_CASE("albums: root, folders, content, tombstones of relations") {
  Practice practice(5);
  const auto& assets = practice.library.find_zone("PrimarySync")->assets;
  const std::string folder = practice.editor.create_album("PrimarySync", "Travel", "", true);
  const std::string album = practice.editor.create_album("PrimarySync", "Oslo", folder);
  practice.editor.add_to_album(assets[0].id, album);
  practice.editor.add_to_album(assets[1].id, album);
  const std::string token = practice.page(0)["syncToken"].get<std::string>();

  const Json root = practice.call("records/query", {{"query", {{"recordType", "CPLAlbumByPositionLive"}}},
                                                    {"zoneID", {{"zoneName", "PrimarySync"}}}});
  CHECK(names(root["records"], "CPLAlbum") ==
        std::set<std::string>{"----Root-Folder----", "----Project-Root-Folder----", folder});
  const Json parent = {
      {"fieldName", "parentId"}, {"comparator", "EQUALS"}, {"fieldValue", {{"type", "STRING"}, {"value", folder}}}};
  const Json inside = practice.call("records/query", Practice::query("CPLAlbumByPositionLive", 0, {parent}));
  CHECK(names(inside["records"], "CPLAlbum") == std::set<std::string>{album});
  Json of_album = parent;
  of_album["fieldValue"]["value"] = album;
  const Json content =
      practice.call("records/query", Practice::query("CPLContainerRelationLiveByPosition", 0, {of_album}));
  CHECK(names(content["records"], "CPLContainerRelation").size() == 2);
  CHECK(names(content["records"], "CPLAsset").size() == 2);
  CHECK(practice.count("CPLContainerRelationNotDeletedByAssetDate:" + album) == 2);

  practice.editor.remove_from_album(assets[0].id, album);
  const auto changed = practice.all_changes(token);
  REQUIRE(changed.size() == 2);
  CHECK(changed[0]["recordName"] == assets[0].id + "-IN-" + album);
  CHECK(changed[0]["recordType"].is_null());
  CHECK(changed[1]["recordName"] == album);
}

TEST_CASE("two assets on one master: one master record on the page") {
  Practice practice(3);
  const std::string copy = practice.editor.duplicate(practice.library.find_zone("PrimarySync")->assets[0].id);
  const Json page = practice.page(0);
  CHECK(names(page["records"], "CPLMaster").size() == 3);
  CHECK(names(page["records"], "CPLAsset").size() == 4);
  CHECK(page["records"].size() == 7);
  practice.editor.purge(copy);
  CHECK(names(practice.page(0)["records"], "CPLMaster").size() == 3);
}

TEST_CASE("lookups keep the order and name what is missing") {
  Practice practice(3);
  const auto& zone = *practice.library.find_zone("PrimarySync");
  const Json answer =
      practice.call("records/lookup", {{"records", {{{"recordName", zone.assets[2].id}}, {{"recordName", "nobody"}}}},
                                       {"zoneID", {{"zoneName", "PrimarySync"}}}});
  CHECK(answer["records"][0]["recordName"] == zone.assets[2].id);
  CHECK(answer["records"][1]["serverErrorCode"] == "NOT_FOUND");
  const std::string master = answer["records"][0]["fields"]["masterRef"]["value"]["recordName"].get<std::string>();
  const Json of_master = practice.call(
      "records/lookup", {{"records", {{{"recordName", master}}}}, {"zoneID", {{"zoneName", "PrimarySync"}}}});
  CHECK(of_master["records"][0]["fields"]["resOriginalRes"]["value"]["downloadURL"].get<std::string>().starts_with(
      "https://"));
  Json many = Json::array();
  for (int i = 0; i < 201; ++i) many.push_back({{"recordName", "x"}});
  CHECK(practice.raw("records/lookup", {{"records", many}, {"zoneID", {{"zoneName", "PrimarySync"}}}}).status == 400);
}

TEST_CASE("refusals") {
  Practice practice(1);
  practice.library.zone("CMM-1");
  const auto code = [&](const std::string& operation, const Json& body, int status,
                        const std::string& database = "private") {
    const Response response = practice.raw(operation, body, database);
    CHECK(response.status == status);
    return Json::parse(response.body)["serverErrorCode"].get<std::string>();
  };
  CHECK(code("records/query", Practice::query("CPLMaster", 0), 400) == "BAD_REQUEST");
  Json elsewhere = Practice::query(kAll, 0);
  elsewhere["zoneID"]["zoneName"] = "CMM-1";
  CHECK(code("records/query", elsewhere, 400) == "BAD_REQUEST");
  elsewhere["zoneID"]["zoneName"] = "SharedSync-none";
  CHECK(code("records/query", elsewhere, 404) == "ZONE_NOT_FOUND");
  CHECK(code("records/query", Practice::query(kAll, 0), 404, "shared") == "ZONE_NOT_FOUND");
  CHECK(code("records/query", {{"query", Json::object()}}, 400) == "BAD_REQUEST");

  const std::string database_token = practice.call("changes/database", Json::object())["syncToken"].get<std::string>();
  CHECK(practice.changes("")["records"].empty());
  CHECK(practice.changes("nonsense")["reason"] == "Unknown sync continuation type");
  CHECK(practice.changes(database_token)["serverErrorCode"] == "BAD_REQUEST");
  CHECK(practice.changes(practice.page(0)["syncToken"].get<std::string>().substr(0, 16))["reason"] ==
        "Invalid continuation format");
}

TEST_CASE("database changes name only the zones that changed") {
  Practice practice(2);
  practice.library.zone("SharedSync-1");
  const Json all = practice.call("changes/database", Json::object());
  CHECK(all["zones"].size() == 2);
  const Json none = practice.call("changes/database", {{"syncToken", all["syncToken"]}});
  CHECK(none["zones"].empty());
  practice.editor.set_hidden(practice.library.find_zone("PrimarySync")->assets[0].id, true);
  const Json one = practice.call("changes/database", {{"syncToken", all["syncToken"]}});
  REQUIRE(one["zones"].size() == 1);
  CHECK(one["zones"][0]["zoneID"]["zoneName"] == "PrimarySync");
}

TEST_CASE("modify trashes and gives a new tag") {
  Practice practice(1);
  const std::string asset = practice.library.find_zone("PrimarySync")->assets[0].id;
  const Json answer = practice.call("records/modify", {{"atomic", true},
                                                       {"desiredKeys", {"isDeleted"}},
                                                       {"zoneID", {{"zoneName", "PrimarySync"}}},
                                                       {"operations",
                                                        {{{"operationType", "update"},
                                                          {"record",
                                                           {{"recordName", asset},
                                                            {"recordType", "CPLAsset"},
                                                            {"recordChangeTag", "0"},
                                                            {"fields", {{"isDeleted", {{"value", 1}}}}}}}}}}});
  CHECK(answer["records"][0]["fields"].size() == 1);
  CHECK(answer["records"][0].contains("expirationTime"));
  CHECK(practice.count("CPLAssetDeletedByExpungedDate") == 1);
  CHECK(practice.page(0)["records"].empty());
}

TEST_CASE("a manifest becomes a library") {
  Practice practice;
  load_manifest(practice.library, std::string(I2I_TEST_DATA) + "/emulator/library.json");
  const Json state = practice.library.state();
  CHECK(state["files"].size() == 4);
  CHECK(state["visible"] == 2);
  const Json page = practice.page(0);
  CHECK(names(page["records"], "CPLAsset").size() == 2);
  std::set<std::string> checksums;
  for (const auto& file : state["files"]) checksums.insert(file["checksum"].get<std::string>());
  CHECK(checksums.contains("AYnnoj1r4lMYTs3JP/g7mjGaDCgO"));
}

TEST_CASE("a shared library that changes its side is another zone of the same name and the same photos") {
  Practice practice;
  NewItem item;
  item.zone = "SharedSync-1";
  item.original = blob_generated(5, 100);
  practice.library.zone("SharedSync-1", Database::shared_db);
  const std::string asset = practice.editor.add(item);
  const auto zones = [&](const std::string& database, const std::string& token) {
    std::map<std::string, bool> deleted;
    const Json body = token.empty() ? Json::object() : Json{{"syncToken", token}};
    const Json answer = practice.call("changes/database", body, database);
    for (const auto& zone : answer["zones"]) {
      deleted[zone["zoneID"]["zoneName"]] = zone["deleted"];
    }
    return deleted;
  };
  const std::string before = practice.call("changes/database", Json::object(), "shared")["syncToken"];
  CHECK(zones("shared", "") == std::map<std::string, bool>{{"SharedSync-1", false}});
  practice.editor.change_side("SharedSync-1");
  CHECK(zones("shared", before) == std::map<std::string, bool>{{"SharedSync-1", true}});
  CHECK(zones("shared", "").empty());
  CHECK(zones("private", "").contains("SharedSync-1"));
  const Json found = practice.call(
      "records/lookup", {{"records", {{{"recordName", asset}}}}, {"zoneID", {{"zoneName", "SharedSync-1"}}}});
  CHECK(found["records"][0]["recordType"] == "CPLAsset");
  CHECK_THROWS(practice.editor.change_side("PrimarySync"));
}
