#include "catch.hpp"
#include "unit/emulator/immich_fixture.hpp"

using namespace emulator::immich;
using namespace emulator::immich::testing;

TEST_CASE("the server says who may not call, in its own words", "[immich]") {
  struct Row {
    const char* name;
    const char* version;
    const char* method;
    const char* path;
    const char* key;
    int status;
    const char* message;
  };
  const Row rows[] = {
      {"no key", "2.7.5", "GET", "/api/libraries", "", 401, "Authentication required"},
      {"unknown key", "2.7.5", "GET", "/api/libraries", "nope", 401, "Invalid API key"},
      {"admin test before permission", "2.7.5", "GET", "/api/libraries", "narrow", 403, "Forbidden"},
      {"permission missing", "2.7.5", "GET", "/api/jobs", "few", 403, "Missing required permission: job.read"},
      {"validate wants all", "2.7.5", "POST", "/api/libraries/33333333-3333-4333-8333-333333333333/validate", "few",
       403, "Missing required permission: all"},
      {"assets/jobs before 2.5 wants all", "2.4.0", "POST", "/api/assets/jobs", "few", 403,
       "Missing required permission: all"},
      {"unknown route", "2.7.5", "GET", "/api/nope", "all", 404, "Cannot GET /api/nope"},
      {"unknown library", "2.7.5", "GET", "/api/libraries/33333333-3333-4333-8333-333333333333", "all", 400,
       "Library not found"},
      {"me is an id before 1.139", "1.135.3", "GET", "/api/api-keys/me", "few", 403,
       "Missing required permission: apiKey.read"},
      {"queues before 2.4", "2.3.0", "GET", "/api/queues", "all", 404, "Cannot GET /api/queues"},
      {"new shape", "3.1.0", "GET", "/api/nope", "all", 404, "Cannot GET /api/nope"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Fixture f(row.version);
    const auto answer = f.call(row.method, row.path, nullptr, row.key);
    CHECK(answer.status == row.status);
    CHECK(answer.body["message"] == row.message);
    CHECK(answer.body.contains("statusCode") == (row.version[0] != '3'));
  }
  // 1.135: any key where nothing is declared.
  const Fixture old("1.135.3");
  CHECK(old.call("GET", "/api/jobs", nullptr, "few").status == 200);
  CHECK(
      old.call("POST", std::string("/api/libraries/") + kNobody + "/validate", {{"importPaths", Json::array()}}, "few")
          .status == 200);
}

TEST_CASE("input rules have the form of the version", "[immich]") {
  const Fixture two("2.7.5");
  const auto legacy =
      two.call("POST", "/api/libraries", {{"ownerId", "x"}, {"name", ""}, {"importPaths", {"/a", "/a"}}});
  CHECK(legacy.status == 400);
  CHECK(legacy.body["message"] ==
        Json({"ownerId must be a UUID", "name should not be empty", "All importPaths's elements must be unique"}));
  CHECK(two.call("GET", "/api/libraries/00000000-0000-1000-8000-000000000000").body["message"] ==
        Json({"id must be a UUID"}));
  CHECK(two.call("POST", "/api/search/metadata", {{"isFavorite", "true"}, {"nonsense", 1}}).status == 200);
  CHECK(two.call("POST", "/api/search/metadata", {{"takenAfter", "2020-01-01T00:00:00"}}).status == 200);
  const Fixture three("3.1.0");
  const auto strict = three.call("POST", "/api/libraries", {{"ownerId", kAdmin}, {"name", ""}});
  CHECK(strict.body["message"] == "Validation failed");
  CHECK(strict.body["errors"][0]["code"] == "too_small");
  CHECK(strict.body["errors"][0]["path"] == Json({"name"}));
  CHECK_FALSE(strict.body.contains("error"));
  CHECK(three.call("POST", "/api/search/metadata", {{"isFavorite", "true"}}).status == 400);
  CHECK(three.call("POST", "/api/search/metadata", {{"takenAfter", "2020-01-01T00:00:00"}}).status == 400);
  CHECK(three.call("POST", "/api/search/metadata", {{"takenAfter", "2020-01-01T00:00:00Z"}}).status == 200);
}

TEST_CASE("the host answers like one that serves a web page too", "[immich]") {
  const Fixture f;
  CHECK(f.call("GET", "/.well-known/immich", nullptr, "").body["api"]["endpoint"] == "/api");
  CHECK(f.call("GET", "/photos", nullptr, "").text.starts_with("<!doctype html>"));
  CHECK(f.call("GET", "/api/server/ping", nullptr, "").body["res"] == "pong");
  CHECK_FALSE(f.call("GET", "/api/server/version", nullptr, "").body.contains("prerelease"));
  CHECK(Fixture("3.1.0").call("GET", "/api/server/version", nullptr, "").body["prerelease"].is_null());
  CHECK(f.call("GET", "/api/api-keys/me", nullptr, "few").body["permissions"] == Json({"library.read", "album.read"}));
  CHECK(f.call("GET", "/api/users/me").body["isAdmin"] == true);
}

TEST_CASE("maintenance leaves only the open facts", "[immich]") {
  const Fixture f;
  f.service->merge_faults({{"maintenance_mode", true}});
  CHECK(f.call("GET", "/api/server/config").body["maintenanceMode"] == true);
  CHECK(f.call("GET", "/api/libraries").status == 503);
}

TEST_CASE("deletions are recorded and refused", "[immich]") {
  const Fixture f;
  const std::string library = f.new_library();
  CHECK(f.call("DELETE", "/api/assets", {{"ids", Json::array()}}).status == 500);
  CHECK(f.call("POST", "/api/trash/empty").status == 500);
  CHECK(f.call("DELETE", "/api/libraries/" + library).status == 500);
  CHECK(f.service->forbidden_calls().size() == 3);
  CHECK(f.call("GET", "/api/libraries/" + library).status == 200);
}

TEST_CASE("a read revoked in mid-run and the log of writes", "[immich]") {
  const Fixture f;
  f.new_library();
  f.call("POST", "/api/search/metadata", Json::object());
  f.call("POST", "/api/assets/bulk-upload-check", {{"assets", Json::array()}});
  CHECK(f.service->write_counts() == std::map<std::string, std::uint64_t>{{"POST /libraries", 1}});
  f.service->set_keys({});
  CHECK(f.call("GET", "/api/libraries").status == 401);
}
