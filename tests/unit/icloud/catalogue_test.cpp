#include "i2i/icloud/catalogue.hpp"

#include <set>

#include "catch.hpp"
#include "fake_cloud.hpp"

using i2i::icloud::CatalogueSink;
using i2i::icloud::CloudKit;
using i2i::icloud::list_zone;
using i2i::icloud::read_changes;
using i2i::icloud::Unshown;
using i2i::model::Record;
using i2i::model::ZoneId;
using i2i::test::FakeClock;
using i2i::test::FakeCloud;
using i2i::test::FakeRequest;
using i2i::test::Json;
using i2i::util::ErrorCode;
using i2i::util::Result;

namespace {

const ZoneId kZone{"PrimarySync", "", i2i::model::Database::private_db};
const ZoneId kShared{"SharedSync-1", "", i2i::model::Database::private_db};
const char* const kVisible = "CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted";
const char* const kHidden = "CPLAssetAndMasterHiddenByAssetDate";
const char* const kMembers = "CPLContainerRelationLiveByAssetDate";

/// A ledger in memory, with the generations of a listing.
class MemorySink : public CatalogueSink {
 public:
  struct Kept {
    Record record;
    int generation = 0;
  };
  std::map<std::string, Kept> kept;
  std::string token;
  int listings = 0;
  int writes = 0;
  bool listing = false;
  bool forgot = false;

  Result<void> begin_listing(const ZoneId&) override {
    ++listings;
    listing = true;
    return {};
  }
  Result<void> put_listed(const ZoneId&, const std::vector<Record>& records) override {
    REQUIRE(listing);
    put(records);
    return {};
  }
  Result<void> finish_listing(const ZoneId&, const std::string& at, Unshown unshown) override {
    REQUIRE(listing);
    forgot = unshown == Unshown::forget;
    if (forgot) std::erase_if(kept, [this](const auto& entry) { return entry.second.generation != listings; });
    token = at;
    listing = false;
    return {};
  }
  Result<i2i::icloud::Shown> shown(const ZoneId&) override {
    i2i::icloud::Shown shown;
    for (const auto& [name, entry] : kept) {
      const auto* asset = std::get_if<i2i::model::Asset>(&entry.record);
      if (asset == nullptr || entry.generation != listings) continue;
      ++(asset->deleted ? shown.recently_deleted : asset->hidden ? shown.hidden : shown.visible);
    }
    return shown;
  }
  Result<void> put_changes(const ZoneId&, const std::vector<Record>& records, const std::string& at) override {
    ++writes;
    put(records);
    if (!listing) token = at;
    return {};
  }
  Result<bool> is_listed_asset(const ZoneId&, const std::string& name) override {
    const auto found = kept.find(name);
    if (found == kept.end()) return false;
    const auto* asset = std::get_if<i2i::model::Asset>(&found->second.record);
    return asset != nullptr && !asset->hidden && !asset->deleted;
  }

  template <class T>
  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> out;
    for (const auto& [name, entry] : kept) {
      if (std::holds_alternative<T>(entry.record)) out.insert(name);
    }
    return out;
  }

 private:
  void put(const std::vector<Record>& records) {
    for (const auto& record : records) {
      if (const auto* tombstone = std::get_if<i2i::model::Tombstone>(&record)) kept.erase(tombstone->name);
      if (const auto* master = std::get_if<i2i::model::Master>(&record)) keep(master->name, record);
      if (const auto* asset = std::get_if<i2i::model::Asset>(&record)) keep(asset->name, record);
      if (const auto* album = std::get_if<i2i::model::Album>(&record)) keep(album->name_id, record);
      if (const auto* member = std::get_if<i2i::model::Membership>(&record)) keep(member->name, record);
    }
  }
  void keep(const std::string& name, const Record& record) { kept[name] = {record, listings}; }
};

struct Bench {
  FakeCloud cloud;
  FakeClock clock;
  MemorySink sink;
  CloudKit cloudkit{{cloud, clock, {}, "https://ck", "c", "1", "https://home", {}, {}}};

  Result<i2i::icloud::ListingReport> list(const ZoneId& zone = kZone) { return list_zone(cloudkit, zone, sink, {}); }

  /// photos named p0000…, dated in that order.
  void fill(int photos) {
    for (int i = 0; i < photos; ++i) cloud.add(name(i), 1000 + i);
  }
  static std::string name(int i) { return "p" + std::to_string(10000 + i).substr(1); }

  void check_complete() {
    INFO("the sink holds what the library holds");
    std::set<std::string> assets;
    std::set<std::string> masters;
    for (const auto& [photo, facts] : cloud.photos) {
      assets.insert(photo);
      masters.insert(facts.master);
    }
    CHECK(sink.names<i2i::model::Asset>() == assets);
    for (const auto& master : masters) CHECK(sink.kept.count(master) == 1);
    std::set<std::string> members;
    for (const auto& [album, photos] : cloud.album_members) {
      for (const auto& photo : photos) members.insert(photo + "-IN-" + album);
    }
    CHECK(sink.names<i2i::model::Membership>() == members);
    CHECK(sink.names<i2i::model::Album>().size() == cloud.albums.size());
    CHECK(sink.token == cloud.token());
    CHECK_FALSE(sink.listing);
  }
  std::size_t asked(const char* type) const {
    return static_cast<std::size_t>(std::count_if(cloud.requests.begin(), cloud.requests.end(),
                                                  [type](const FakeRequest& request) { return request.type == type; }));
  }
};

bool is_page(const FakeRequest& request, const char* type, std::int64_t rank) {
  return request.type == type && request.rank == rank;
}

}  // namespace

TEST_CASE("libraries of every size around a page are listed whole") {
  for (const int size : {0, 1, 99, 100, 101, 198, 199, 200, 250, 1234}) {
    INFO(size);
    Bench bench;
    bench.fill(size);
    const auto report = bench.list();
    REQUIRE(report);
    CHECK(report->listings == 1);
    CHECK(report->apple_count() == size);
    CHECK_FALSE(report->fell_back_to_history);
    CHECK(report->indexed);
    bench.check_complete();
  }
}

TEST_CASE("hidden, deleted, albums, folders and duplicates are listed") {
  Bench bench;
  bench.fill(150);
  bench.cloud.put({"p0003", "M-p0003", 1003, true, false});
  bench.cloud.put({"p0004", "M-p0004", 1004, false, true});
  bench.cloud.add("twin", 9999, "M-p0001");
  bench.cloud.add_album("A1", "All Photos");
  bench.cloud.add_album("F1", "/Journeys");
  bench.cloud.add_album("F2", "/Deeper", "F1");
  bench.cloud.add_album("A2", "Paris", "F2");
  bench.cloud.add_album("A3", "empty", "F1");
  for (int i = 0; i < 140; ++i) bench.cloud.add_member("A2", Bench::name(i));
  bench.cloud.add_member("A1", "p0003");
  std::int64_t last_listed = 0;
  const auto report = list_zone(bench.cloudkit, kZone, bench.sink, [&](std::int64_t listed, std::int64_t expected) {
    CHECK(listed >= last_listed);
    CHECK(expected == 151);
    last_listed = listed;
  });
  REQUIRE(report);
  CHECK(report->apple_count() == 151);
  CHECK(last_listed >= 151);
  bench.check_complete();
  CHECK(std::get<i2i::model::Asset>(bench.sink.kept.at("p0003").record).hidden);
  CHECK(std::get<i2i::model::Album>(bench.sink.kept.at("A2").record).parent == "F2");
  // The photos in an album's pages come without fields and must not replace the whole ones.
  CHECK(std::get<i2i::model::Asset>(bench.sink.kept.at("p0001").record).captured == 1001);
  CHECK(report->skipped_by_reason.at("a folder of the system") == 1);
}

TEST_CASE("folders that contain each other end") {
  Bench bench;
  bench.cloud.add_album("F1", "/one", "F2");
  bench.cloud.add_album("F2", "/two", "F1");
  bench.cloud.after = [](const FakeRequest& request, Json& answer) {
    if (request.type == "CPLAlbumByPositionLive") answer["continuationMarker"] = "always the same";
  };
  CHECK(bench.list());
}

TEST_CASE("a library whose photos are deleted between pages is listed again and ends complete") {
  for (const char* const kind : {"purged", "deleted", "hidden"}) {
    INFO(kind);
    Bench bench;
    bench.fill(1000);
    bool done = false;
    bench.cloud.before = [&](const FakeRequest& request, std::size_t) -> std::optional<i2i::net::Response> {
      // A page with others in flight around it: what was at the seam slips into no page.
      if (!done && is_page(request, kVisible, 297)) {
        done = true;
        for (int i = 10; i < 15; ++i) {
          if (std::string(kind) == "purged") bench.cloud.purge(Bench::name(i));
          if (std::string(kind) == "deleted")
            bench.cloud.put({Bench::name(i), "M-" + Bench::name(i), 1000 + i, false, true});
          if (std::string(kind) == "hidden")
            bench.cloud.put({Bench::name(i), "M-" + Bench::name(i), 1000 + i, true, false});
        }
      }
      return std::nullopt;
    };
    const auto report = bench.list();
    REQUIRE(report);
    CHECK(report->listings == 2);
    CHECK_FALSE(report->fell_back_to_history);
    bench.check_complete();
  }
}

TEST_CASE("a hidden photo shown again while the hidden ones are listed makes it list again") {
  Bench bench;
  for (int i = 0; i < 300; ++i) bench.cloud.put({Bench::name(i), "M-" + Bench::name(i), 1000 + i, true, false});
  bool done = false;
  bench.cloud.before = [&](const FakeRequest& request, std::size_t) -> std::optional<i2i::net::Response> {
    if (!done && is_page(request, kHidden, 99)) {
      done = true;
      bench.cloud.put({"p0000", "M-p0000", 1000, false, false});
    }
    return std::nullopt;
  };
  const auto report = bench.list();
  REQUIRE(report);
  CHECK(report->listings == 2);
  bench.check_complete();
}

TEST_CASE("a date changed while listing moves a photo: listed again") {
  Bench bench;
  bench.fill(500);
  bool done = false;
  bench.cloud.before = [&](const FakeRequest& request, std::size_t) -> std::optional<i2i::net::Response> {
    if (!done && is_page(request, kVisible, 198)) {
      done = true;
      bench.cloud.put({"p0000", "M-p0000", 5000, false, false});
    }
    return std::nullopt;
  };
  const auto report = bench.list();
  REQUIRE(report);
  CHECK(report->listings == 2);
  bench.check_complete();
}

TEST_CASE("additions and changes that move nothing are healed without listing again") {
  Bench bench;
  bench.fill(500);
  bool done = false;
  bench.cloud.before = [&](const FakeRequest& request, std::size_t) -> std::optional<i2i::net::Response> {
    if (!done && is_page(request, kVisible, 198)) {
      done = true;
      bench.cloud.add("new", 1);
      bench.cloud.put({"p0000", "M-p0000", 1000, false, false});
    }
    return std::nullopt;
  };
  const auto report = bench.list();
  REQUIRE(report);
  CHECK(report->listings == 1);
  bench.check_complete();
}

TEST_CASE("pages that the server reads in another order do not lose the photo between them") {
  // The page at 198 is read before a photo is added in front, the page at 99 after it.
  Bench bench;
  bench.fill(500);
  std::optional<Json> early;
  bench.cloud.after = [&](const FakeRequest& request, Json& answer) {
    if (is_page(request, kVisible, 198) && early) answer = *early;
  };
  bool done = false;
  bench.cloud.before = [&](const FakeRequest& request, std::size_t) -> std::optional<i2i::net::Response> {
    if (!done && is_page(request, kVisible, 99)) {
      done = true;
      early = bench.cloud.peek(kVisible, 198);
      for (int i = 0; i < 3; ++i) bench.cloud.add("new" + std::to_string(i), 1 + i);
    }
    return std::nullopt;
  };
  const auto report = bench.list();
  REQUIRE(report);
  bench.check_complete();
}

TEST_CASE("a library that never holds still is read from its history") {
  Bench bench;
  bench.fill(500);
  int next = 0;
  bench.cloud.before = [&](const FakeRequest& request, std::size_t) -> std::optional<i2i::net::Response> {
    if (is_page(request, kVisible, 198)) bench.cloud.purge(Bench::name(next++));
    return std::nullopt;
  };
  const auto report = bench.list();
  REQUIRE(report);
  CHECK(report->listings == 3);
  CHECK(report->fell_back_to_history);
  bench.check_complete();
}

TEST_CASE("an empty page in the middle does not end the listing") {
  Bench bench;
  bench.fill(900);
  int empties = 0;
  SECTION("once") {
    bench.cloud.after = [&](const FakeRequest& request, Json& answer) {
      if (is_page(request, kVisible, 297) && empties++ == 0) answer["records"] = Json::array();
    };
    const auto report = bench.list();
    REQUIRE(report);
    CHECK_FALSE(report->fell_back_to_history);
    bench.check_complete();
  }
  SECTION("always") {
    bench.cloud.after = [&](const FakeRequest& request, Json& answer) {
      if (request.type == kVisible && request.rank >= 250 && request.rank < 350) answer["records"] = Json::array();
    };
    const auto report = bench.list();
    REQUIRE(report);
    CHECK(report->fell_back_to_history);
    bench.check_complete();
  }
}

TEST_CASE("a wrong count ends nothing early and asks for nothing without end") {
  for (const std::int64_t said : {std::int64_t{0}, std::int64_t{100}, std::int64_t{5000}}) {
    INFO(said);
    Bench bench;
    bench.fill(730);
    bench.cloud.wrong_counts["CPLAssetByAssetDateWithoutHiddenOrDeleted"] = said;
    const auto report = bench.list();
    REQUIRE(report);
    CHECK(report->apple_count() == said);
    CHECK(report->counts.front().listed == 730);
    CHECK(report->short_by == std::max<std::int64_t>(0, said - 730));
    bench.check_complete();
  }
}

TEST_CASE("where Apple counts more than is listed nothing is forgotten, and the numbers say so") {
  Bench bench;
  bench.fill(40);
  REQUIRE(bench.list());
  bench.cloud.purge("p0009");
  bench.cloud.wrong_counts["CPLAssetByAssetDateWithoutHiddenOrDeleted"] = 42;
  auto report = bench.list();
  REQUIRE(report);
  CHECK(report->short_by == 3);
  CHECK(report->counts.front().apple == 42);
  CHECK(report->counts.front().listed == 39);
  CHECK_FALSE(bench.sink.forgot);
  CHECK(bench.sink.kept.count("p0009") == 1);
  CHECK(bench.sink.token == bench.cloud.token());
  bench.cloud.wrong_counts.clear();
  report = bench.list();
  REQUIRE(report);
  CHECK(report->short_by == 0);
  bench.check_complete();
}

TEST_CASE("what changed since it was counted is no shortfall") {
  Bench bench;
  bench.fill(40);
  bool done = false;
  bench.cloud.before = [&](const FakeRequest& request, std::size_t) -> std::optional<i2i::net::Response> {
    if (!done && is_page(request, kVisible, 0)) {
      done = true;
      bench.cloud.purge("p0003");
    }
    return std::nullopt;
  };
  const auto report = bench.list();
  REQUIRE(report);
  CHECK(report->short_by == 0);
  CHECK(report->counts.front().apple == 39);
  bench.check_complete();
}

TEST_CASE("a photo that cannot be read explains what is missing") {
  Bench bench;
  bench.fill(40);
  const auto spoil = [](Json& records) {
    for (auto& record : records) {
      if (record["recordName"] == "p0007") record["fields"].erase("masterRef");
    }
  };
  bench.cloud.after = [&](const FakeRequest& request, Json& answer) {
    if (answer.contains("records")) spoil(answer["records"]);
    if (request.path == "changes/zone") spoil(answer["zones"][0]["records"]);
  };
  const auto report = bench.list();
  REQUIRE(report);
  CHECK(report->counts.front().apple == 40);
  CHECK(report->counts.front().listed == 39);
  CHECK(report->unreadable_assets == 1);
  CHECK(report->short_by == 0);
  CHECK(bench.sink.forgot);
}

TEST_CASE("where iCloud takes no position in the changes the lists are kept, and nothing is forgotten") {
  struct Row {
    const char* name;
    Json item;
  };
  const std::vector<Row> rows = {
      {"garbage", {{"serverErrorCode", "BAD_REQUEST"}, {"reason", "Unknown sync continuation type"}}},
      {"truncated", {{"serverErrorCode", "BAD_REQUEST"}, {"reason", "Invalid continuation format"}}},
      {"expired", {{"serverErrorCode", "CHANGE_TOKEN_EXPIRED"}, {"reason", "too old"}}},
      {"another's", {{"serverErrorCode", "BAD_REQUEST"}, {"reason", "syncToken operations supported only here"}}},
      {"none given", {{"syncToken", ""}, {"moreComing", false}, {"records", Json::array()}}},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    Bench bench;
    bench.fill(150);
    REQUIRE(bench.list());
    bench.cloud.purge("p0009");
    bench.cloud.add("new", 5);
    bench.cloud.after = [&](const FakeRequest& request, Json& answer) {
      if (request.path == "changes/zone") answer = {{"zones", Json::array({row.item})}};
    };
    const auto refused = read_changes(bench.cloudkit, kZone, bench.sink.token, bench.sink);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::bad_token);
    const auto report = bench.list();
    REQUIRE(report);
    CHECK_FALSE(report->healed);
    CHECK(bench.sink.kept.count("new") == 1);
    CHECK(bench.sink.kept.count("p0009") == 1);
    CHECK(bench.sink.token.empty());
    bench.cloud.after = nullptr;
    REQUIRE(bench.list());
    bench.check_complete();
  }
}

TEST_CASE("neither lists nor changes: the run ends and says when to come back") {
  Bench bench;
  bench.fill(10);
  bench.cloud.without_lists = true;
  bench.cloud.after = [](const FakeRequest& request, Json& answer) {
    if (request.path == "changes/zone") {
      answer = {
          {"zones", Json::array({{{"serverErrorCode", "BAD_REQUEST"}, {"reason", "Invalid continuation format"}}})}};
    }
  };
  const auto report = bench.list(kShared);
  REQUIRE_FALSE(report);
  CHECK(report.error().code == ErrorCode::throttled);
  CHECK_FALSE(report.error().remedy.empty());
}

TEST_CASE("pages shorter than their ranks are read to the end") {
  Bench bench;
  bench.fill(420);
  bench.cloud.after = [](const FakeRequest& request, Json& answer) {
    if (request.type != kVisible || answer["records"].size() < 80) return;
    // 40 photos instead of 100: masters first, then assets.
    const Json all = answer["records"];
    Json some = Json::array();
    for (std::size_t i = 0; i < 40; ++i) some.push_back(all[i]);
    for (std::size_t i = 0; i < 40; ++i) some.push_back(all[all.size() / 2 + i]);
    answer["records"] = some;
    answer["continuationMarker"] = "more";
  };
  REQUIRE(bench.list());
  bench.check_complete();
}

TEST_CASE("masters and assets parted by a seam find each other") {
  Bench bench;
  bench.fill(300);
  SECTION("assets only: the masters are looked up") {
    bench.cloud.after = [](const FakeRequest& request, Json& answer) {
      if (!is_page(request, kVisible, 99)) return;
      Json assets = Json::array();
      for (const auto& record : answer["records"]) {
        if (record["recordType"] == "CPLAsset") assets.push_back(record);
      }
      answer["records"] = assets;
    };
    const auto report = bench.list();
    REQUIRE(report);
    CHECK_FALSE(report->fell_back_to_history);
    bench.check_complete();
  }
  SECTION("masters only: the history has the assets") {
    bench.cloud.after = [](const FakeRequest& request, Json& answer) {
      if (request.type != kVisible || request.rank < 50 || request.rank > 150) return;
      Json masters = Json::array();
      for (const auto& record : answer["records"]) {
        if (record["recordType"] == "CPLMaster") masters.push_back(record);
      }
      answer["records"] = masters;
    };
    const auto report = bench.list();
    REQUIRE(report);
    CHECK(report->fell_back_to_history);
    bench.check_complete();
  }
}

TEST_CASE("a record that comes as an error is looked up") {
  Bench bench;
  bench.fill(120);
  bench.cloud.after = [](const FakeRequest& request, Json& answer) {
    if (request.type != kVisible && request.path != "changes/zone") return;
    Json& records = request.type == kVisible ? answer["records"] : answer["zones"][0]["records"];
    for (auto& record : records) {
      if (record["recordName"] == "p0007") record = {{"recordName", "p0007"}, {"serverErrorCode", "TRY_AGAIN_LATER"}};
    }
  };
  const auto report = bench.list();
  REQUIRE(report);
  CHECK(report->skipped_by_reason == std::map<std::string, std::int64_t>{{"a folder of the system", 1}});
  bench.check_complete();
  bench.cloud.put({"p0007", "M-p0007", 2, false, false});
  REQUIRE(read_changes(bench.cloudkit, kZone, bench.sink.token, bench.sink));
  CHECK(std::get<i2i::model::Asset>(bench.sink.kept.at("p0007").record).captured == 2);
}

TEST_CASE("album pages that shift while they are listed are listed again") {
  Bench bench;
  bench.fill(300);
  bench.cloud.add_album("A1", "Long");
  for (int i = 0; i < 300; ++i) bench.cloud.add_member("A1", Bench::name(i));
  bool done = false;
  bench.cloud.before = [&](const FakeRequest& request, std::size_t) -> std::optional<i2i::net::Response> {
    if (!done && is_page(request, kMembers, 132)) {
      done = true;
      bench.cloud.remove_member("A1", "p0002");
    }
    return std::nullopt;
  };
  const auto report = bench.list();
  REQUIRE(report);
  CHECK(report->listings == 1);
  bench.check_complete();
}

TEST_CASE("zones without lists are read from their history") {
  Bench bench;
  bench.cloud.without_lists = true;
  bench.fill(450);
  const auto report = bench.list(kShared);
  REQUIRE(report);
  CHECK(report->fell_back_to_history);
  bench.check_complete();
}

TEST_CASE("a shared library without an album list is listed all the same") {
  Bench bench;
  bench.fill(20);
  bench.cloud.before = [](const FakeRequest& request, std::size_t) -> std::optional<i2i::net::Response> {
    if (request.type != "CPLAlbumByPositionLive" && request.type != kHidden) return std::nullopt;
    i2i::net::Response response;
    response.status = 400;
    response.body = R"({"serverErrorCode":"BAD_REQUEST","reason":"Index has invalid data"})";
    return response;
  };
  const auto report = bench.list(kShared);
  REQUIRE(report);
  CHECK_FALSE(report->fell_back_to_history);
  bench.check_complete();
}

TEST_CASE("an index that is not finished is not trusted") {
  Bench bench;
  bench.fill(30);
  bench.cloud.indexed = false;
  const auto report = bench.list();
  REQUIRE(report);
  CHECK_FALSE(report->indexed);
  CHECK(report->fell_back_to_history);
  CHECK(bench.asked(kVisible) == 0);
  CHECK(bench.sink.names<i2i::model::Asset>().size() == 30);
  CHECK(bench.sink.token.empty());  // the next run lists anew
}

TEST_CASE("while an index is not finished nothing is forgotten") {
  Bench bench;
  bench.fill(30);
  REQUIRE(bench.list());
  i2i::model::Asset stray;
  stray.name = "stray";
  bench.sink.kept["stray"] = {stray, 0};
  bench.cloud.indexed = false;
  REQUIRE(bench.list());
  CHECK(bench.sink.kept.count("stray") == 1);
  bench.cloud.indexed = true;
  REQUIRE(bench.list());
  bench.check_complete();
}

TEST_CASE("a page that fails for good ends the listing; what was known stays") {
  Bench bench;
  bench.fill(500);
  REQUIRE(bench.list());
  const auto known = bench.sink.kept.size();
  const std::string token = bench.sink.token;
  bench.cloud.before = [](const FakeRequest& request, std::size_t) -> std::optional<i2i::net::Response> {
    if (!is_page(request, kVisible, 297)) return std::nullopt;
    i2i::net::Response response;
    response.status = 503;
    return response;
  };
  const auto report = bench.list();
  REQUIRE_FALSE(report);
  CHECK(report.error().code == ErrorCode::throttled);
  CHECK(bench.sink.kept.size() == known);
  CHECK(bench.sink.token == token);
  CHECK(bench.sink.listing);
}

TEST_CASE("what a second listing does not show is gone") {
  Bench bench;
  bench.fill(50);
  REQUIRE(bench.list());
  bench.cloud.purge("p0009");
  REQUIRE(bench.list());
  bench.check_complete();
}

TEST_CASE("changes are put page by page with their token, and nothing is put where nothing changed") {
  Bench bench;
  bench.fill(50);
  REQUIRE(bench.list());
  bench.sink.writes = 0;
  REQUIRE(read_changes(bench.cloudkit, kZone, bench.sink.token, bench.sink));
  CHECK(bench.sink.writes == 0);
  for (int i = 100; i < 400; ++i) bench.cloud.add("q" + std::to_string(i), i);
  bench.cloud.purge("p0001");
  const auto report = read_changes(bench.cloudkit, kZone, bench.sink.token, bench.sink);
  REQUIRE(report);
  CHECK(report->records == 601);
  CHECK(bench.sink.writes == 4);
  bench.check_complete();
}

TEST_CASE("a refused token is bad_token and changes nothing") {
  Bench bench;
  const auto report = read_changes(bench.cloudkit, kZone, "garbage", bench.sink);
  REQUIRE_FALSE(report);
  CHECK(report.error().code == ErrorCode::bad_token);
  CHECK(bench.sink.writes == 0);
}

TEST_CASE("dozens of empty change pages are passed, a stream that stands still is not followed for ever") {
  Bench bench;
  int pages = 0;
  bool standing_still = false;
  bench.cloud.before = [&](const FakeRequest& request, std::size_t) -> std::optional<i2i::net::Response> {
    if (request.path != "changes/zone") return std::nullopt;
    ++pages;
    const bool more = standing_still || pages < 60;
    const std::string token = standing_still ? "same" : "token-" + std::to_string(pages);
    i2i::net::Response response;
    response.status = 200;
    response.body =
        Json{{"zones", Json::array({{{"syncToken", token}, {"moreComing", more}, {"records", Json::array()}}})}}.dump();
    return response;
  };
  REQUIRE(read_changes(bench.cloudkit, kZone, "token-0", bench.sink));
  CHECK(pages == 60);
  CHECK(bench.sink.token == "token-60");
  standing_still = true;
  pages = 0;
  const auto stuck = read_changes(bench.cloudkit, kZone, "same", bench.sink);
  REQUIRE_FALSE(stuck);
  CHECK(stuck.error().code == ErrorCode::bad_answer);
  CHECK(pages == 1000);
}
