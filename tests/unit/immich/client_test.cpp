#include "i2i/immich/client.hpp"

#include <nlohmann/json.hpp>

#include "fake_immich.hpp"

using i2i::immich::Client;
using i2i::net::Request;
using i2i::net::Response;
using i2i::util::ErrorCode;
using i2i::util::Result;
using immich_test::FakeHttp;
using immich_test::in_turn;
using immich_test::json;
using immich_test::World;
using Names = std::vector<std::string>;

namespace {

const char* const kVersion2 = R"({"major":2,"minor":7,"patch":5})";
const char* const kVersion3 = R"({"major":3,"minor":1,"patch":0,"prerelease":null})";

Result<Response> unreachable() { return i2i::util::fail(ErrorCode::unreachable, "no connection"); }

/// Answers by "METHOD /path"; 404 for the rest.
FakeHttp::Answer by_line(std::map<std::string, std::string> answers) {
  return [answers = std::move(answers)](const Request& request) -> Result<Response> {
    const auto found = answers.find(FakeHttp::line(request));
    if (found == answers.end()) return json(404, R"({"message":"Cannot GET"})");
    return json(200, found->second);
  };
}

}  // namespace

TEST_CASE("the address of the interface") {
  for (const char* url :
       {"https://host", "https://host/", "https://host/api", "https://host/api/", " https://host// "}) {
    CHECK(i2i::immich::api_base(url) == "https://host/api");
  }
  CHECK(i2i::immich::api_base("https://host/photos") == "https://host/photos/api");
}

TEST_CASE("path checksums as Immich makes them") {
  CHECK(i2i::immich::path_checksum("/external/icloud/2024/01/02/IMG_0001.HEIC") ==
        "4d5e564d2807bef6b1b21a68c6ef8faf3359658f");
  CHECK(i2i::immich::path_checksum("/external/icloud/Caf\xC3\xA9/a.jpg") == "9d21604051bb12612aa07afc613b11ca897ae1aa");
}

TEST_CASE("every request carries the key and nothing else of ours") {
  World world(in_turn({json(200, kVersion2)}));
  REQUIRE(world.client.version());
  const Request& request = world.http.requests.at(0);
  CHECK(request.url == "https://photos.example/api/server/version");
  CHECK(request.headers.get("x-api-key") == "the-key");
  CHECK(request.cookies == i2i::net::CookieUse::none);
  CHECK(request.kind == i2i::net::RequestKind::immich);
  REQUIRE(world.client.version());
  CHECK(world.http.requests.size() == 1);  // asked once
}

TEST_CASE("what a failure becomes") {
  struct Row {
    const char* name;
    Result<Response> answer;
    ErrorCode code;
    std::size_t requests;
    const char* words;
  };
  Response page = json(200, "<!doctype html>");
  page.headers = {{"Content-Type", "text/html"}};
  Response moved = json(302, "");
  moved.headers.add("Location", "https://other.example/login?token=secret");
  const Row rows[] = {
      {"unknown key", json(401, R"({"message":"Invalid API key"})"), ErrorCode::refused, 1, "Invalid API key"},
      {"missing permission", json(403, R"({"message":"Missing required permission: asset.read"})"), ErrorCode::refused,
       1, "Missing required permission: asset.read"},
      {"not an admin", json(403, R"({"message":"Forbidden"})"), ErrorCode::refused, 1, "asset.read"},
      {"unknown id", json(400, R"({"message":"Not found or no asset.read access"})"), ErrorCode::not_found, 1,
       "Not found or no"},
      {"unknown route", json(404, R"({"message":"Cannot GET /api/x"})"), ErrorCode::not_found, 1, "Cannot GET"},
      {"slow down", json(429, ""), ErrorCode::throttled, 3, "slow down"},
      {"own failure", json(500, R"({"message":"Internal server error"})"), ErrorCode::unreachable, 3, "500"},
      {"proxy", json(502, "<html>"), ErrorCode::unreachable, 3, "502"},
      {"maintenance", json(503, ""), ErrorCode::unreachable, 3, "503"},
      {"time-out", json(504, ""), ErrorCode::unreachable, 3, "504"},
      {"no connection", unreachable(), ErrorCode::unreachable, 3, "cannot be reached"},
      {"web page", page, ErrorCode::bad_answer, 1, "page instead of data"},
      {"elsewhere", moved, ErrorCode::refused, 1, "https://other.example/login"},
      {"cut JSON", json(200, R"({"id":)"), ErrorCode::bad_answer, 1, "asset"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    World world(in_turn({row.answer}));
    const auto asset = world.client.asset("id");
    REQUIRE_FALSE(asset);
    CHECK(asset.error().code == row.code);
    CHECK(world.http.requests.size() == row.requests);
    CHECK_THAT(asset.error().message, ContainsSubstring(row.words));
    CHECK(asset.error().message.find("the-key") == std::string::npos);
    CHECK(asset.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("what is tried again") {
  SECTION("a read after a failure") {
    World world(in_turn({unreachable(), json(500, ""), json(200, R"({"id":"a"})")}));
    CHECK(world.client.asset("a"));
    CHECK(world.clock.sleeps.size() == 2);
  }
  SECTION("not before the server says") {
    Response busy = json(503, "");
    busy.retry_after = std::chrono::seconds(7);
    World world(in_turn({busy, json(200, R"({"id":"a"})")}));
    CHECK(world.client.asset("a"));
    CHECK(world.clock.sleeps.at(0) >= std::chrono::seconds(7));
  }
  SECTION("a write, but not after the server's own failure") {
    World again(in_turn({json(502, ""), json(200, "{}")}));
    CHECK(again.client.set_favorite("a", true));
    CHECK(again.client.write_calls() == 1);
    World once(in_turn({json(500, ""), json(200, "{}")}));
    CHECK_FALSE(once.client.set_favorite("a", true));
    CHECK(once.http.requests.size() == 1);
  }
  SECTION("never a scan, never what creates") {
    World world(in_turn({json(503, "")}));
    CHECK_FALSE(world.client.scan("l"));
    CHECK_FALSE(world.client.create_album("Album", "", {}));
    CHECK_FALSE(world.client.create_library({"u", "n", "/p", {}}));
    CHECK(world.http.requests.size() == 3);
  }
  SECTION("not after a stop") {
    World world(in_turn({json(503, "")}));
    world.clock.on_sleep = [&] { world.stop.request_stop(); };
    CHECK(world.client.asset("a").error().code == ErrorCode::cancelled);
    CHECK(world.http.requests.size() == 1);
    CHECK(world.client.asset("a").error().code == ErrorCode::cancelled);
    CHECK(world.http.requests.size() == 1);
  }
}

TEST_CASE("a server that cannot tell about its key") {
  struct Row {
    int status;
    const char* body;
    bool tells;
    bool fails;
  };
  const Row rows[] = {
      {200, R"({"permissions":["all"]})", true, false},
      {400, R"({"message":["id must be a UUID"]})", false, false},
      {403, R"({"message":"Missing required permission: apiKey.read"})", false, false},
      {404, R"({"message":"Cannot GET"})", false, false},
      {401, R"({"message":"Invalid API key"})", false, true},
  };
  for (const Row& row : rows) {
    INFO(row.status);
    World world(in_turn({json(row.status, row.body)}));
    const auto info = world.client.key_info();
    CHECK(info.has_value() == !row.fails);
    if (info) CHECK(info->has_value() == row.tells);
  }
}

TEST_CASE("a bad import path is refused with the server's reason") {
  World world(
      in_turn({json(400, R"x({"message":"Invalid import path: Path does not exist (ENOENT)","statusCode":400})x")}));
  const auto set = world.client.set_import_paths("l1", {"/a", "/b"});
  CHECK(set.error().code == ErrorCode::refused);
  CHECK_THAT(set.error().message, ContainsSubstring("Path does not exist (ENOENT)"));
  CHECK(world.http.requests.at(0).body == R"({"importPaths":["/a","/b"]})");
}

TEST_CASE("presence goes in batches, by index") {
  std::size_t asked = 0;
  World world([&](const Request& request) -> Result<Response> {
    CHECK(FakeHttp::line(request) == "POST /assets/bulk-upload-check");
    std::string results;
    std::size_t count = 0;
    for (std::size_t at = request.body->find("\"id\""); at != std::string::npos;
         at = request.body->find("\"id\"", at + 1)) {
      results = R"({"id":")" + std::to_string(count) + R"(","action":"reject","assetId":"n)" +
                std::to_string(asked + count) + R"("},)" + results;
      ++count;
    }
    asked += count;
    results.pop_back();
    return json(200, R"({"results":[)" + results + "]}");
  });
  std::vector<std::string> paths;
  for (int i = 0; i < 12'001; ++i) paths.push_back("/p/" + std::to_string(i));
  const auto presence = world.client.presence(paths);
  REQUIRE(presence);
  REQUIRE(presence->size() == paths.size());
  CHECK(world.http.requests.size() == 3);
  for (const std::size_t i : {std::size_t{0}, std::size_t{4'999}, std::size_t{5'000}, std::size_t{12'000}}) {
    CHECK(presence->at(i).asset_id == "n" + std::to_string(i));
  }
  CHECK_THAT(*world.http.requests[0].body, ContainsSubstring(i2i::immich::path_checksum("/p/4999")));
  CHECK(world.client.presence({})->empty());
  CHECK(world.client.write_calls() == 0);
}

TEST_CASE("presence by search looks through all visibilities") {
  World world([](const Request& request) -> Result<Response> {
    const bool hidden = request.body->find(R"("visibility":"hidden")") != std::string::npos;
    CHECK_THAT(*request.body, ContainsSubstring(R"("withDeleted":true)"));
    if (!hidden) return json(200, R"({"assets":{"items":[],"nextPage":null}})");
    return json(
        200,
        R"({"assets":{"items":[{"id":"other","originalPath":"/q"},{"id":"a1","originalPath":"/p","isTrashed":true}],"nextPage":null}})");
  });
  const auto found = world.client.presence_by_search({"/p", "/r"});
  REQUIRE(found);
  CHECK((found->at(0).asset_id == "a1" && found->at(0).trashed));
  CHECK(found->at(1).asset_id.empty());
}

TEST_CASE("every asset of a library: from time to time, by number only where a page has one time") {
  // What each question is answered with: by visibility, the time it starts at and its page.
  const std::map<std::string, std::string> answers{
      {"timeline//1", R"({"id":"a1","fileCreatedAt":"2020-01-01T00:00:00.000Z"},)"
                      R"({"id":"a2","fileCreatedAt":"2020-01-02T00:00:00.000Z"}],"nextPage":"2")"},
      {"timeline/2020-01-02T00:00:00.000Z/1",
       R"({"id":"a2","fileCreatedAt":"2020-01-02T00:00:00.000Z"},)"
       R"({"id":"a3","fileCreatedAt":"2020-01-02T00:00:00.000Z"}],"nextPage":"2")"},
      {"timeline/2020-01-02T00:00:00.000Z/2",
       R"({"id":"a4","fileCreatedAt":"2020-01-03T00:00:00.000Z","libraryId":"l1","exifInfo":{"fileSizeInByte":7}}],)"
       R"("nextPage":null)"},
      {"archive//1", R"(],"nextPage":null)"},
      {"hidden//1", R"({"id":"h1","fileCreatedAt":"2020-01-01T00:00:00.000Z"}],"nextPage":null)"}};
  Names asked;
  World world([&](const Request& request) -> Result<Response> {
    const auto body = nlohmann::json::parse(*request.body);
    CHECK(body["order"] == "asc");
    CHECK(body["libraryId"] == "l1");
    CHECK(body["withExif"] == true);
    asked.push_back(body["visibility"].get<std::string>() + "/" + body.value("takenAfter", "") + "/" +
                    std::to_string(body["page"].get<int>()));
    REQUIRE(answers.count(asked.back()) == 1);
    return json(200, R"({"assets":{"items":[)" + answers.at(asked.back()) + "}}");
  });
  Names ids;
  REQUIRE(world.client.for_each_asset("l1", [&](const auto& asset) -> Result<void> {
    ids.push_back(asset.id);
    if (asset.id == "a4") {
      CHECK(asset.size == 7U);
      CHECK(asset.library_id == "l1");
    }
    return {};
  }));
  CHECK(ids == Names{"a1", "a2", "a2", "a3", "a4", "h1"});
  CHECK(asked.size() == 5);
}

TEST_CASE("a library is made with its own exclusion patterns, and shows those it has") {
  World world([](const Request& request) -> Result<Response> {
    const auto body = nlohmann::json::parse(*request.body);
    CHECK(
        body ==
        nlohmann::json(
            {{"ownerId", "u"}, {"name", "n"}, {"importPaths", {"/p"}}, {"exclusionPatterns", {"**/a/**", "**/b/**"}}}));
    return json(201, R"({"id":"l1","ownerId":"u","importPaths":["/p"],"exclusionPatterns":["**/a/**"]})");
  });
  const auto made = world.client.create_library({"u", "n", "/p", {"**/a/**", "**/b/**"}});
  REQUIRE(made);
  CHECK(made->exclusion_patterns == Names{"**/a/**"});
}

TEST_CASE("offline assets are searched for in each visibility, extracted or not") {
  Names asked;
  World world([&](const Request& request) -> Result<Response> {
    const auto body = nlohmann::json::parse(*request.body);
    CHECK(body["isOffline"] == true);
    CHECK(body["libraryId"] == "l1");
    CHECK_FALSE(body.contains("withExif"));
    asked.push_back(body["visibility"]);
    return json(200, R"({"assets":{"items":[{"id":")" + asked.back() + R"("}],"nextPage":null}})");
  });
  Names ids;
  REQUIRE(world.client.for_each_offline("l1", [&](const auto& asset) -> Result<void> {
    ids.push_back(asset.id);
    return {};
  }));
  CHECK(ids == Names{"timeline", "archive", "hidden"});
  CHECK(asked == ids);
}

TEST_CASE("queues come from /jobs, or /queues where that is gone") {
  const char* const queues =
      R"([{"name":"library","statistics":{"active":1}},{"name":"sidecar","statistics":{}},{"name":"metadataExtraction","statistics":{}}])";
  World world(by_line({{"GET /queues", queues}}));
  CHECK(world.client.queues()->at("library").busy == 1);
  CHECK(world.http.lines() == Names{"GET /jobs", "GET /queues"});
  World forbidden(in_turn({json(403, R"({"message":"Missing required permission: job.read"})")}));
  CHECK_THAT(forbidden.client.queues().error().message, ContainsSubstring("job.read"));
}

TEST_CASE("own albums, in both versions") {
  const char* const albums = R"([{"id":"b1","albumName":"A","description":null,"assetCount":1}])";
  World old(by_line({{"GET /server/version", kVersion2}, {"GET /albums", albums}}));
  CHECK(old.client.albums()->size() == 1);
  World now(by_line({{"GET /server/version", kVersion3}, {"GET /albums?isOwned=true", albums}}));
  CHECK(now.client.albums()->size() == 1);
}

TEST_CASE("what is in an album is searched for in each visibility, offline ones too") {
  Names asked;
  World world([&](const Request& request) -> Result<Response> {
    const auto body = nlohmann::json::parse(*request.body);
    CHECK(body["albumIds"] == nlohmann::json({"b1"}));
    CHECK(body["withDeleted"] == true);
    CHECK_FALSE(body.contains("withExif"));
    asked.push_back(body["visibility"]);
    return json(200, R"({"assets":{"items":[{"id":")" + asked.back() + R"(","isOffline":true}],"nextPage":null}})");
  });
  Names ids;
  REQUIRE(world.client.for_each_album_asset("b1", [&](const auto& asset) -> Result<void> {
    CHECK(asset.offline);
    ids.push_back(asset.id);
    return {};
  }));
  CHECK(asked == Names{"timeline", "archive", "hidden"});
  CHECK(ids == asked);
  World gone(in_turn({json(400, R"({"message":"Not found or no album.read access"})")}));
  const auto none = gone.client.for_each_album_asset("b1", [](const auto&) { return Result<void>(); });
  CHECK(none.error().code == ErrorCode::not_found);
}

TEST_CASE("adding to and removing from an album") {
  const char* const answers =
      R"([{"id":"a","success":true},{"id":"b","success":false,"error":"duplicate"},{"id":"c","success":false,"error":"no_permission"},{"id":"d","success":false,"error":"not_found"}])";
  World world(by_line({{"PUT /albums/b1/assets", answers},
                       {"DELETE /albums/b1/assets", answers},
                       {"PATCH /albums/b1", R"({"id":"b1"})"}}));
  CHECK(world.client.add_to_album("b1", {"a", "b", "c", "d"}).value() == 2);
  CHECK(world.client.remove_from_album("b1", {"a", "b", "c", "d"}).value() == 2);
  CHECK(world.client.rename_album("b1", "New"));
  CHECK(world.http.requests.at(2).body == R"({"albumName":"New"})");
  CHECK(world.client.write_calls() == 3);
  CHECK(world.client.add_to_album("gone", {"a"}).error().code == ErrorCode::not_found);
}

TEST_CASE("a big new album is made in pieces") {
  World world([](const Request& request) -> Result<Response> {
    if (FakeHttp::line(request) == "POST /albums") return json(201, R"({"id":"b1","albumName":"A","assetCount":2000})");
    return json(200, R"([{"id":"x","success":true}])");
  });
  const auto album = world.client.create_album("A", "words", Names(4'500, "id"));
  REQUIRE(album);
  CHECK(album->asset_count == 2'002);
  const auto sent = nlohmann::json::parse(*world.http.requests.at(0).body);
  CHECK((sent["albumName"] == "A" && sent["description"] == "words" && sent["assetIds"].size() == 2'000));
  CHECK(world.http.lines() == Names{"POST /albums", "PUT /albums/b1/assets", "PUT /albums/b1/assets"});
}

TEST_CASE("changes of one asset") {
  World world(in_turn({json(200, R"({"id":"a"})")}));
  CHECK(world.client.set_favorite("a", true));
  CHECK(world.client.set_visibility("a", "archive"));
  CHECK(world.client.set_live_video("a", "v"));
  CHECK(world.client.set_live_video("a", ""));
  Names bodies;
  for (const auto& request : world.http.requests) bodies.push_back(*request.body);
  CHECK(bodies == Names{R"({"isFavorite":true})", R"({"visibility":"archive"})", R"({"livePhotoVideoId":"v"})",
                        R"({"livePhotoVideoId":null})"});
}

TEST_CASE("a server that has dropped PUT of one object is sent PATCH") {
  for (const int status : {404, 405}) {
    INFO(status);
    World world([&](const Request& request) -> Result<Response> {
      if (request.method == i2i::net::Method::put) return json(status, R"({"message":"Cannot PUT"})");
      return json(200, "{}");
    });
    REQUIRE(world.client.set_favorite("a1", true));
    REQUIRE(world.client.set_import_paths("l1", {"/p"}));
    REQUIRE(world.client.set_stack_primary("s1", "a1"));
    CHECK(world.http.lines() == Names{"PUT /assets/a1", "PATCH /assets/a1", "PUT /libraries/l1", "PATCH /libraries/l1",
                                      "PUT /stacks/s1", "PATCH /stacks/s1"});
    CHECK(world.http.requests[0].body == world.http.requests[1].body);
  }
}

TEST_CASE("PATCH is sent only where PUT is no route, and never for the members of an album") {
  World refused([](const Request&) -> Result<Response> { return json(400, R"({"message":"Not found"})"); });
  CHECK_FALSE(refused.client.set_favorite("a1", true));
  CHECK(refused.http.lines() == Names{"PUT /assets/a1"});
  World gone([](const Request&) -> Result<Response> { return json(404, R"({"message":"Cannot PUT"})"); });
  CHECK_FALSE(gone.client.add_to_album("b1", {"a1"}));
  CHECK(gone.http.lines() == Names{"PUT /albums/b1/assets"});
}
