#include "i2i/icloud/cloudkit.hpp"

#include <deque>

#include "catch.hpp"
#include "fake_cloud.hpp"

using namespace std::chrono_literals;
using i2i::icloud::CloudKit;
using i2i::icloud::Index;
using i2i::icloud::Shut;
using i2i::model::Database;
using i2i::model::ZoneId;
using i2i::net::Request;
using i2i::net::Response;
using i2i::test::FakeClock;
using i2i::test::Json;
using i2i::util::ErrorCode;

namespace {

/// Answers in the order given; remembers what was asked.
class ScriptedHttp : public i2i::net::HttpClient {
 public:
  std::deque<i2i::util::Result<Response>> script;
  std::vector<Request> asked;

  i2i::net::TransferId submit(Request request, i2i::net::Done done) override {
    asked.push_back(request);
    REQUIRE_FALSE(script.empty());
    auto next = std::move(script.front());
    script.pop_front();
    done(std::move(next));
    return 0;
  }
  void resume(i2i::net::TransferId) override {}

  ScriptedHttp& say(int status, std::string body, std::optional<std::chrono::seconds> retry_after = std::nullopt) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.retry_after = retry_after;
    script.emplace_back(std::move(response));
    return *this;
  }
  ScriptedHttp& break_down(ErrorCode code) {
    script.emplace_back(i2i::util::fail(code, "cut"));
    return *this;
  }
};

struct Bench {
  ScriptedHttp http;
  FakeClock clock;
  std::stop_source stop;
  int recoveries = 0;
  bool recovery_works = true;

  CloudKit cloudkit() {
    return CloudKit({http,
                     clock,
                     stop.get_token(),
                     "https://ck.example:443",
                     "auth-1",
                     "42",
                     "https://www.example",
                     {1000ms, 60000ms, 5},
                     [this]() -> i2i::util::Result<std::string> {
                       ++recoveries;
                       if (!recovery_works) return i2i::util::fail(ErrorCode::sign_in_needed, "sign in");
                       return "https://ck2.example";
                     }});
  }

  /// One that asks why the library is shut; answers are taken from verdicts.
  CloudKit watched() {
    CloudKit::Parts parts{http,
                          clock,
                          stop.get_token(),
                          "https://ck.example:443",
                          "auth-1",
                          "42",
                          "https://www.example",
                          {1000ms, 60000ms, 5},
                          [this]() -> i2i::util::Result<std::string> {
                            ++recoveries;
                            return "https://ck2.example";
                          }};
    parts.reopen = [this](Shut why) -> i2i::util::Result<bool> {
      shut.push_back(why);
      REQUIRE_FALSE(verdicts.empty());
      auto next = std::move(verdicts.front());
      verdicts.pop_front();
      return next;
    };
    parts.keep_open = [this]() -> i2i::util::Result<void> {
      ++looks;
      return keeping;
    };
    return CloudKit(std::move(parts));
  }
  std::vector<Shut> shut;
  std::deque<i2i::util::Result<bool>> verdicts;
  i2i::util::Result<void> keeping;
  int looks = 0;
};

const ZoneId kZone{"PrimarySync", "_0", Database::private_db};
const ZoneId kShared{"SharedSync-1", "_9", Database::shared_db};
const char* const kEmptyList = R"({"records":[],"syncToken":"t"})";

/// The pages of these ranks, as a listing asks for them.
i2i::util::Result<std::vector<i2i::icloud::Page>> list_ranks(CloudKit& cloudkit, std::deque<std::int64_t> ranks) {
  std::vector<i2i::icloud::Page> pages;
  const auto next = [&]() -> std::optional<std::int64_t> {
    if (ranks.empty()) return std::nullopt;
    const auto rank = ranks.front();
    ranks.pop_front();
    return rank;
  };
  const auto take = [&](std::int64_t, i2i::icloud::Page& page) -> i2i::util::Result<void> {
    pages.push_back(std::move(page));
    return {};
  };
  if (auto listed = cloudkit.list_each(kZone, Index::visible, next, take); !listed) {
    return i2i::util::fail(listed.error());
  }
  return pages;
}

}  // namespace

TEST_CASE("a request is as the protocol has it") {
  Bench bench;
  bench.http.say(200, kEmptyList);
  REQUIRE(bench.cloudkit().list(kZone, Index::visible, 200));
  const Request& request = bench.http.asked.at(0);
  CHECK(request.method == i2i::net::Method::post);
  CHECK(
      request.url ==
      "https://ck.example:443/database/1/com.apple.photos.cloud/production/private/records/query?remapEnums=true&"
      "getCurrentSyncToken=true&clientBuildNumber=2522Project44&clientMasteringNumber=2522B2&clientId=auth-1&dsid=42");
  CHECK(request.headers.get("content-type") == "text/plain");
  CHECK(request.headers.get("origin") == "https://www.example");
  CHECK(request.headers.get("referer") == "https://www.example/");
  CHECK(request.cookies == i2i::net::CookieUse::account);
  CHECK(request.kind == i2i::net::RequestKind::catalogue);
  const Json body = Json::parse(*request.body);
  CHECK(body["zoneID"] == Json{{"zoneName", "PrimarySync"}});
  CHECK(body["resultsLimit"] == 200);
  CHECK(body["query"]["recordType"] == "CPLAssetAndMasterByAssetDateWithoutHiddenOrDeleted");
  CHECK(body["query"]["filterBy"][0]["fieldValue"]["value"] == 200);
  CHECK(body["query"]["filterBy"][1]["fieldValue"]["value"] == "ASCENDING");
  const auto keys = body["desiredKeys"].get<std::vector<std::string>>();
  CHECK(std::count(keys.begin(), keys.end(), "resOriginalVidComplRes") == 1);
  CHECK(std::count(keys.begin(), keys.end(), "masterRef") == 1);
}

TEST_CASE("a shared library is asked under shared, with its owner") {
  Bench bench;
  bench.http.say(200, R"({"zones":[{"syncToken":"t","moreComing":false,"records":[]}]})");
  REQUIRE(bench.cloudkit().changes(kShared, std::nullopt));
  CHECK(bench.http.asked[0].url.find("/production/shared/changes/zone?") != std::string::npos);
  const Json zone = Json::parse(*bench.http.asked[0].body)["zones"][0];
  CHECK(zone["zoneID"]["ownerRecordName"] == "_9");
  CHECK_FALSE(zone.contains("syncToken"));
  CHECK(zone["reverse"] == false);
}

TEST_CASE("other bodies carry what the protocol wants") {
  Bench bench;
  auto cloudkit = bench.cloudkit();
  bench.http.say(200, kEmptyList).say(200, kEmptyList).say(200, R"({"records":[]})").say(200, R"({"zones":[]})");
  bench.http.say(200, R"({"batch":[{"records":[{"fields":{"itemCount":{"value":7}}}]}]})");
  REQUIRE(cloudkit.albums(kZone, "F-1", "mark"));
  const Json albums = Json::parse(*bench.http.asked.back().body);
  CHECK(albums["query"]["filterBy"][0]["fieldName"] == "parentId");
  CHECK(albums["query"]["filterBy"][0]["fieldValue"]["value"] == "F-1");
  CHECK(albums["continuationMarker"] == "mark");
  REQUIRE(cloudkit.album_members(kZone, "A-1", 66));
  const Json members = Json::parse(*bench.http.asked.back().body);
  CHECK(members["query"]["recordType"] == "CPLContainerRelationLiveByAssetDate");
  CHECK(members["query"]["filterBy"][0]["fieldValue"]["value"] == 66);
  CHECK(members["query"]["filterBy"][2]["fieldValue"]["value"] == "A-1");
  REQUIRE(cloudkit.lookup(kZone, {"x", "y"}));
  CHECK(Json::parse(*bench.http.asked.back().body)["records"][1]["recordName"] == "y");
  REQUIRE(cloudkit.database_changes(Database::private_db, ""));
  CHECK(*bench.http.asked.back().body == "{}");
  CHECK(cloudkit.count(kZone, Index::hidden) == 7);
  const Json count = Json::parse(*bench.http.asked.back().body)["batch"][0];
  CHECK(count["zoneWide"] == true);
  CHECK(count["query"]["filterBy"]["fieldValue"]["value"][0] == "CPLAssetHiddenByAssetDate");
}

TEST_CASE("what is transient is tried again, slower and slower, then given up") {
  Bench bench;
  for (int i = 0; i < 5; ++i) bench.http.say(503, "<html>");
  const auto page = bench.cloudkit().list(kZone, Index::visible, 0);
  REQUIRE_FALSE(page);
  CHECK(page.error().code == ErrorCode::throttled);
  CHECK(bench.http.asked.size() == 5);
  REQUIRE(bench.clock.sleeps.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto full = 1000ms * (1 << i);
    CHECK(bench.clock.sleeps[i] >= full / 2);
    CHECK(bench.clock.sleeps[i] <= full);
  }
  CHECK(bench.recoveries == 0);
}

TEST_CASE("a cut connection and an error in a 200 are tried again") {
  Bench bench;
  bench.http.break_down(ErrorCode::unreachable)
      .say(200, R"({"serverErrorCode":"TRY_AGAIN_LATER"})")
      .say(200, kEmptyList);
  CHECK(bench.cloudkit().list(kZone, Index::visible, 0));
  CHECK(bench.http.asked.size() == 3);
}

TEST_CASE("Retry-After is obeyed up to ten minutes, beyond that the run ends and says when") {
  Bench bench;
  bench.http.say(429, "", 300s).say(200, kEmptyList);
  CHECK(bench.cloudkit().list(kZone, Index::visible, 0));
  CHECK(bench.clock.sleeps == std::vector<std::chrono::milliseconds>{300s});
  bench.http.say(429, "", 601s);
  const auto late = bench.cloudkit().list(kZone, Index::visible, 0);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == ErrorCode::throttled);
  CHECK(late.error().retry_after == 601s);
  CHECK(bench.clock.sleeps.size() == 1);
}

TEST_CASE("what is final is not tried again") {
  struct Row {
    int status;
    const char* body;
    ErrorCode code;
  };
  const std::vector<Row> rows = {
      {403, R"({"serverErrorCode":"ACCESS_DENIED","reason":"private db access disabled for this account"})",
       ErrorCode::access_denied},
      {404, R"({"serverErrorCode":"ZONE_NOT_FOUND"})", ErrorCode::account_action},
      {400, R"({"serverErrorCode":"BAD_REQUEST","reason":"Index has invalid data"})", ErrorCode::refused},
  };
  for (const auto& row : rows) {
    Bench bench;
    bench.http.say(row.status, row.body);
    const auto page = bench.cloudkit().list(kZone, Index::visible, 0);
    REQUIRE_FALSE(page);
    CHECK(page.error().code == row.code);
    CHECK(bench.http.asked.size() == 1);
  }
}

TEST_CASE("a refused session is renewed once in an hour, and the call goes on at the new address") {
  Bench bench;
  auto cloudkit = bench.cloudkit();
  bench.http.say(421, "").say(200, kEmptyList);
  REQUIRE(cloudkit.list(kZone, Index::visible, 0));
  CHECK(bench.recoveries == 1);
  CHECK(bench.http.asked[1].url.starts_with("https://ck2.example/database/"));
  bench.http.say(200, R"({"serverErrorCode":"AUTHENTICATION_REQUIRED"})");
  const auto again = cloudkit.list(kZone, Index::visible, 0);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == ErrorCode::auth_expired);
  CHECK(bench.recoveries == 1);

  bench.clock.sleep(1h, {});
  bench.http.say(421, "").say(200, kEmptyList);
  REQUIRE(cloudkit.list(kZone, Index::visible, 0));
  CHECK(bench.recoveries == 2);  // a first run takes days: what lasted an hour is renewed again
}

TEST_CASE("pages in flight that were refused together need one renewal") {
  Bench bench;
  bench.http.say(421, "").say(421, "").say(200, kEmptyList).say(421, "");
  for (const char* const token : {"a", "b", "c"}) {
    bench.http.say(200, std::string(R"({"records":[],"syncToken":")") + token + "\"}");
  }
  auto cloudkit = bench.cloudkit();
  const auto pages = list_ranks(cloudkit, {0, 100, 200, 300});
  REQUIRE(pages);
  CHECK(bench.recoveries == 1);
  CHECK((*pages)[0].sync_token == "a");
  CHECK((*pages)[1].sync_token == "b");
  CHECK((*pages)[2].sync_token == "t");
  CHECK((*pages)[3].sync_token == "c");
}

TEST_CASE("a listing has pages in flight, fewer once iCloud throttles, more again when it goes well") {
  Bench bench;
  // The fourth page is throttled once; everything else is well.
  for (int page = 0; page < 200; ++page) {
    if (page == 3) bench.http.say(429, "");
    bench.http.say(200, kEmptyList);
  }
  auto cloudkit = bench.cloudkit();
  std::int64_t next_rank = 0;
  std::vector<std::int64_t> taken;
  std::vector<std::size_t> ahead;  // pages asked for and not taken, when each is taken
  const auto next = [&]() { return next_rank < 100 ? std::optional(next_rank++) : std::nullopt; };
  const auto take = [&](std::int64_t rank, i2i::icloud::Page&) -> i2i::util::Result<void> {
    taken.push_back(rank);
    ahead.push_back(static_cast<std::size_t>(next_rank) - taken.size() + 1);
    return {};
  };
  REQUIRE(cloudkit.list_each(kZone, Index::visible, next, take));
  REQUIRE(taken.size() == 100);
  CHECK(std::is_sorted(taken.begin(), taken.end()));
  CHECK(ahead[0] == 8);
  CHECK(bench.clock.sleeps.size() == 1);
  CHECK(*std::min_element(ahead.begin(), ahead.begin() + 20) == 4);
  CHECK(*std::max_element(ahead.begin() + 60, ahead.begin() + 80) > 5);
}

TEST_CASE("a listing waits where it is told that there is nothing to ask for now") {
  Bench bench;
  for (int page = 0; page < 5; ++page) bench.http.say(200, kEmptyList);
  auto cloudkit = bench.cloudkit();
  std::int64_t given = 0;
  std::int64_t taken = 0;
  // The first page alone; then the rest.
  const auto next = [&]() -> std::optional<std::int64_t> {
    if (given == 5 || (given == 1 && taken == 0)) return std::nullopt;
    return given++;
  };
  REQUIRE(
      cloudkit.list_each(kZone, Index::visible, next, [&](std::int64_t, i2i::icloud::Page&) -> i2i::util::Result<void> {
        if (taken++ == 0) CHECK(given == 1);
        return {};
      }));
  CHECK(taken == 5);
}

TEST_CASE("what a page's taker fails with ends the listing") {
  Bench bench;
  for (int page = 0; page < 8; ++page) bench.http.say(200, kEmptyList);
  auto cloudkit = bench.cloudkit();
  std::int64_t rank = 0;
  const auto done = cloudkit.list_each(
      kZone, Index::visible, [&]() { return std::optional(rank++); },
      [](std::int64_t, i2i::icloud::Page&) -> i2i::util::Result<void> {
        return i2i::util::fail(ErrorCode::volume_full, "no room");
      });
  REQUIRE_FALSE(done);
  CHECK(done.error().code == ErrorCode::volume_full);
  CHECK(bench.http.asked.size() == 8);
}

TEST_CASE("when the renewal fails its error is the call's") {
  Bench bench;
  bench.recovery_works = false;
  bench.http.say(450, "");
  CHECK(bench.cloudkit().zones(Database::private_db).error().code == ErrorCode::sign_in_needed);
}

constexpr const char* kDenied =
    R"({"serverErrorCode":"ACCESS_DENIED","reason":"private db access disabled for this account"})";
constexpr const char* kNoCookies = R"({"reason":"Missing X-APPLE-WEBAUTH-PCS-Photos cookie"})";

TEST_CASE("a library that is shut is opened as often as it takes") {
  Bench bench;
  auto cloudkit = bench.watched();
  for (int hour = 1; hour <= 3; ++hour) {
    bench.verdicts.emplace_back(true);
    bench.http.say(423, kNoCookies).say(200, kEmptyList).say(200, kEmptyList);
    REQUIRE(cloudkit.list(kZone, Index::visible, 0));
    REQUIRE(cloudkit.list(kZone, Index::visible, 0));
    CHECK(bench.shut == std::vector<Shut>(static_cast<std::size_t>(hour), Shut::cookies_missing));
    CHECK(bench.looks == 2 * hour);
  }
  CHECK(bench.recoveries == 0);
}

TEST_CASE("pages in flight that were shut out together need one opening") {
  Bench bench;
  bench.verdicts.emplace_back(true);
  bench.http.say(403, kDenied).say(403, kDenied).say(200, kEmptyList).say(200, kEmptyList).say(200, kEmptyList);
  auto cloudkit = bench.watched();
  CHECK(list_ranks(cloudkit, {0, 100, 200}));
  CHECK(bench.shut == std::vector<Shut>{Shut::denied});
}

TEST_CASE("shut without a reason is throttling, and nothing is asked again") {
  struct Row {
    const char* name;
    int status;
    const char* body;
    bool opened;  // the account service opened something, to no avail
    Shut why;
  };
  const Row rows[] = {{"denied", 403, kDenied, false, Shut::denied},
                      {"denied after an opening", 403, kDenied, true, Shut::denied},
                      {"cookies missing after an opening", 421, kNoCookies, true, Shut::cookies_missing}};
  for (const auto& row : rows) {
    INFO(row.name);
    Bench bench;
    auto cloudkit = bench.watched();
    bench.verdicts.emplace_back(row.opened);
    bench.http.say(row.status, row.body);
    if (row.opened) bench.http.say(row.status, row.body);
    const auto page = cloudkit.list(kZone, Index::visible, 0);
    REQUIRE_FALSE(page);
    CHECK(page.error().code == ErrorCode::throttled);
    CHECK_FALSE(page.error().remedy.empty());
    CHECK(bench.shut == std::vector<Shut>{row.why});
    CHECK(bench.clock.sleeps.empty());
    const auto sent = bench.http.asked.size();
    CHECK(cloudkit.zones(Database::shared_db).error().code == ErrorCode::throttled);
    CHECK(cloudkit.changes(kShared, "t").error().code == ErrorCode::throttled);
    CHECK(bench.http.asked.size() == sent);
  }
}

TEST_CASE("what the account service says ends the run's calls") {
  Bench bench;
  auto cloudkit = bench.watched();
  bench.verdicts.emplace_back(i2i::util::fail(ErrorCode::account_action, "web access is off"));
  bench.http.say(403, kDenied);
  CHECK(cloudkit.list(kZone, Index::visible, 0).error().message == "web access is off");
  CHECK(cloudkit.zones(Database::private_db).error().code == ErrorCode::account_action);
  CHECK(bench.http.asked.size() == 1);
}

TEST_CASE("where the account service answers nonsense, the library's own word stands") {
  Bench bench;
  auto cloudkit = bench.watched();
  bench.verdicts.emplace_back(i2i::util::fail(ErrorCode::bad_answer, "a page"));
  bench.http.say(403, kDenied).say(200, kEmptyList);
  CHECK(cloudkit.list(kZone, Index::visible, 0).error().code == ErrorCode::access_denied);
  CHECK(cloudkit.list(kZone, Index::visible, 0));
}

TEST_CASE("a session refused after its renewal may have another reason") {
  Bench bench;
  auto cloudkit = bench.watched();
  bench.verdicts.emplace_back(true);
  bench.http.say(421, "").say(421, "").say(200, kEmptyList);
  CHECK(cloudkit.list(kZone, Index::visible, 0));
  CHECK(bench.recoveries == 1);
  CHECK(bench.shut == std::vector<Shut>{Shut::session_refused});
  bench.verdicts.emplace_back(false);
  bench.http.say(401, R"({"serverErrorCode":"AUTHENTICATION_FAILED","reason":"no auth method found"})");
  const auto page = cloudkit.list(kZone, Index::visible, 0);
  REQUIRE_FALSE(page);
  CHECK(page.error().code == ErrorCode::auth_expired);
  CHECK_THAT(page.error().remedy, ContainsSubstring("security keys"));
  CHECK(bench.recoveries == 1);
}

TEST_CASE("no personal library: the account service is asked, then a person") {
  constexpr const char* kNoZone = R"({"serverErrorCode":"ZONE_NOT_FOUND","reason":"Zone does not exist"})";
  Bench bench;
  auto cloudkit = bench.watched();
  bench.verdicts.emplace_back(true);
  bench.http.say(404, kNoZone).say(200, kEmptyList);
  CHECK(cloudkit.list(kZone, Index::visible, 0));
  bench.verdicts.emplace_back(false);
  bench.http.say(404, kNoZone);
  const auto page = cloudkit.list(kZone, Index::visible, 0);
  REQUIRE_FALSE(page);
  CHECK(page.error().code == ErrorCode::account_action);
  CHECK_THAT(page.error().remedy, ContainsSubstring("icloud.com/photos"));
  CHECK(bench.shut == std::vector<Shut>(2, Shut::no_library));
  bench.http.say(404, kNoZone);
  CHECK(cloudkit.list(kShared, Index::visible, 0).error().code == ErrorCode::not_found);
  CHECK(bench.shut.size() == 2);
}

TEST_CASE("what cannot be kept open is not asked") {
  Bench bench;
  auto cloudkit = bench.watched();
  bench.keeping = i2i::util::fail(ErrorCode::account_action, "nobody allowed it");
  CHECK(cloudkit.zones(Database::private_db).error().code == ErrorCode::account_action);
  CHECK(cloudkit.zones(Database::private_db).error().code == ErrorCode::account_action);
  CHECK(bench.looks == 1);
  CHECK(bench.http.asked.empty());
}

TEST_CASE("a stop ends the waiting") {
  Bench bench;
  auto cloudkit = bench.cloudkit();
  bench.http.say(503, "");
  bench.stop.request_stop();
  CHECK(cloudkit.zones(Database::private_db).error().code == ErrorCode::cancelled);
  CHECK(bench.http.asked.empty());
}

TEST_CASE("a record out of reach in a lookup is asked for again, alone") {
  Bench bench;
  bench.http.say(200, R"({"records":[{"recordName":"a","recordType":"CPLMaster","fields":{}},
                                     {"recordName":"b","serverErrorCode":"TRY_AGAIN_LATER"}]})");
  bench.http.say(200, R"({"records":[{"recordName":"b","recordType":"CPLMaster","fields":{}}]})");
  const auto found = bench.cloudkit().lookup(kZone, {"a", "b"});
  REQUIRE(found);
  CHECK((*found)[1].record.has_value());
  CHECK_FALSE((*found)[1].error);
  CHECK(Json::parse(*bench.http.asked[1].body)["records"].size() == 1);
}

TEST_CASE("a record that stays out of reach does not take the others with it") {
  Bench bench;
  bench.http.say(200, R"({"records":[{"recordName":"a","recordType":"CPLMaster","fields":{}},
                                     {"recordName":"b","serverErrorCode":"THROTTLED"}]})");
  for (int i = 0; i < 4; ++i) bench.http.say(200, R"({"records":[{"recordName":"b","serverErrorCode":"THROTTLED"}]})");
  const auto found = bench.cloudkit().lookup(kZone, {"a", "b"});
  REQUIRE(found);
  CHECK((*found)[0].record.has_value());
  CHECK((*found)[1].error->code == ErrorCode::throttled);
  CHECK_FALSE((*found)[1].gone);
}

TEST_CASE("tokens that are refused in any words are bad tokens") {
  Bench bench;
  auto cloudkit = bench.cloudkit();
  bench.http.say(200, R"({"zones":[{"serverErrorCode":"BAD_REQUEST","reason":"syncToken operations supported"}]})");
  CHECK(cloudkit.changes(kZone, "t").error().code == ErrorCode::bad_token);
  bench.http.say(400, R"({"serverErrorCode":"BAD_REQUEST","reason":"what is this"})");
  CHECK(cloudkit.database_changes(Database::private_db, "t").error().code == ErrorCode::bad_token);
}

TEST_CASE("database changes are read to their end") {
  Bench bench;
  bench.http.say(200, R"({"zones":[{"zoneID":{"zoneName":"PrimarySync"}}],"syncToken":"1","moreComing":true})");
  bench.http.say(200, R"({"zones":[{"zoneID":{"zoneName":"CMM-1"}}],"syncToken":"2","moreComing":false})");
  const auto changes = bench.cloudkit().database_changes(Database::private_db, "0");
  REQUIRE(changes);
  CHECK(changes->zones.size() == 2);
  CHECK(changes->sync_token == "2");
  CHECK(Json::parse(*bench.http.asked[1].body)["syncToken"] == "1");
}
