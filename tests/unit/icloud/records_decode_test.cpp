#include "icloud/records_decode.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "records_text.hpp"

using i2i::icloud::ServerError;
using i2i::net::Response;
using i2i::util::ErrorCode;

namespace {

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

Response answer(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

/// All fixtures, in name order.
std::vector<std::filesystem::path> fixtures() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(I2I_TEST_DATA "/records")) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string decoded_text(const std::filesystem::path& path) {
  const auto page = i2i::icloud::decode_query(answer(200, read_whole(path)));
  if (!page) return "error: " + page.error().message + "\n";
  std::string out;
  for (const auto& record : page->records) out += i2i::test::text_of(record) + "\n";
  for (const auto& name : page->failed) out += "to be looked up: " + name + "\n";
  if (page->more) out += "more: " + page->continuation + "\n";
  return out;
}

}  // namespace

TEST_CASE("records with every known oddity become what the golden files say") {
  REQUIRE(fixtures().size() > 20);
  for (const auto& path : fixtures()) {
    INFO(path.filename());
    auto golden = path;
    CHECK(decoded_text(path) == read_whole(golden.replace_extension(".txt")));
  }
}

// unit_icloud "[.golden]" writes them anew; look at the difference before keeping it.
TEST_CASE("write the golden files", "[.golden]") {
  for (auto path : fixtures()) {
    const std::string text = decoded_text(path);
    std::ofstream(path.replace_extension(".txt"), std::ios::binary) << text;
  }
}

TEST_CASE("a fixture cut anywhere or with any type swapped never throws") {
  const std::string whole = read_whole(I2I_TEST_DATA "/records/plain-photo.json");
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    CHECK_FALSE(i2i::icloud::decode_query(answer(200, whole.substr(0, size))));
  }
  for (const char* const other : {"null", "[]", "{}", "\"text\"", "-1", "1e99", "true"}) {
    for (std::size_t at = whole.find("\"value\": "); at != std::string::npos; at = whole.find("\"value\": ", at + 1)) {
      const std::size_t begin = at + 9;
      if (whole[begin] == '{') continue;
      std::string changed = whole;
      changed.replace(begin, changed.find_first_of(",\n", begin) - begin, other);
      const auto page = i2i::icloud::decode_query(answer(200, changed));
      REQUIRE(page);
      CHECK(page->records.size() == 2);
    }
  }
}

TEST_CASE("error answers become codes") {
  struct Row {
    const char* name;
    int status;
    const char* body;
    ErrorCode code;
  };
  const std::vector<Row> rows = {
      {"try again", 200, R"({"serverErrorCode":"TRY_AGAIN_LATER","retryAfter":3})", ErrorCode::throttled},
      {"retry later", 200, R"({"serverErrorCode":"RETRY_LATER"})", ErrorCode::throttled},
      {"throttled 503", 503, R"({"serverErrorCode":"THROTTLED"})", ErrorCode::throttled},
      {"lock", 409, R"({"serverErrorCode":"CAS_OP_LOCK"})", ErrorCode::throttled},
      {"503 HTML", 503, "<html>Service Temporarily Unavailable</html>", ErrorCode::throttled},
      {"429 empty", 429, "", ErrorCode::throttled},
      {"408", 408, "", ErrorCode::throttled},
      {"internal", 500, R"({"serverErrorCode":"INTERNAL_ERROR"})", ErrorCode::throttled},
      {"auth required", 401, R"({"serverErrorCode":"AUTHENTICATION_REQUIRED"})", ErrorCode::auth_expired},
      {"auth failed in a 200", 200, R"({"serverErrorCode":"AUTHENTICATION_FAILED"})", ErrorCode::auth_expired},
      {"auth required in a 500", 500, R"({"serverErrorCode":"AUTHENTICATION_REQUIRED"})", ErrorCode::auth_expired},
      {"421 bare", 421, "", ErrorCode::auth_expired},
      {"421 old wording", 421, R"({"reason":"Invalid global session","error":2})", ErrorCode::auth_expired},
      {"old wording in a 200", 200, R"({"reason":"Invalid global session","error":2})", ErrorCode::auth_expired},
      {"450", 450, "", ErrorCode::auth_expired},
      {"missing token cookie", 421, R"({"error":"Missing X-APPLE-WEBAUTH-TOKEN cookie"})", ErrorCode::auth_expired},
      {"missing PCS cookie", 421, R"({"error":"Missing X-APPLE-WEBAUTH-PCS-Photos cookie"})",
       ErrorCode::consent_needed},
      {"missing PCS cookie, as a bare sentence", 421, R"({"reason":"Missing X-APPLE-WEBAUTH-PCS-Photos cookie"})",
       ErrorCode::consent_needed},
      {"missing PCS cookies, in other words", 401,
       R"({"serverErrorCode":"AUTHENTICATION_REQUIRED","reason":"Missing PCS cookies from the request"})",
       ErrorCode::consent_needed},
      {"missing PCS cookie under 403", 403,
       R"({"serverErrorCode":"ACCESS_DENIED","reason":"Missing X-APPLE-WEBAUTH-PCS-Sharing cookie"})",
       ErrorCode::consent_needed},
      {"423 without a word", 423, "", ErrorCode::consent_needed},
      {"423 with the word of a lost session", 423, R"({"serverErrorCode":"AUTHENTICATION_REQUIRED"})",
       ErrorCode::consent_needed},
      {"access denied", 403, R"({"serverErrorCode":"ACCESS_DENIED","reason":"private db access disabled"})",
       ErrorCode::access_denied},
      {"access denied in a 200", 200, R"({"serverErrorCode":"ACCESS_DENIED","reason":"private db access disabled"})",
       ErrorCode::access_denied},
      {"403 HTML", 403, "<html>", ErrorCode::access_denied},
      {"no zone", 404, R"({"serverErrorCode":"ZONE_NOT_FOUND","reason":"Zone does not exist"})", ErrorCode::not_found},
      {"bad request", 400, R"({"serverErrorCode":"BAD_REQUEST","reason":"Index has invalid data"})",
       ErrorCode::refused},
      {"garbage token", 200, R"({"serverErrorCode":"BAD_REQUEST","reason":"Unknown sync continuation type"})",
       ErrorCode::bad_token},
      {"cut token", 400, R"({"serverErrorCode":"BAD_REQUEST","reason":"Invalid continuation format"})",
       ErrorCode::bad_token},
      {"old token", 200, R"({"serverErrorCode":"CHANGE_TOKEN_EXPIRED"})", ErrorCode::bad_token},
      {"unknown code by its status", 418, R"({"serverErrorCode":"TEAPOT"})", ErrorCode::refused},
      {"unknown code in a 200", 200, R"({"serverErrorCode":"TEAPOT"})", ErrorCode::bad_answer},
      {"redirect", 302, "", ErrorCode::bad_answer},
      {"HTML in a 200", 200, "<html>", ErrorCode::unreachable},
      {"cut short", 200, R"({"records":[)", ErrorCode::unreachable},
      {"a list in a 200", 200, "[]", ErrorCode::bad_answer},
      {"no records in a 200", 200, "{}", ErrorCode::bad_answer},
      {"records of a wrong type", 200, R"({"records":{}})", ErrorCode::bad_answer},
      {"a nameless transient item", 200, R"({"records":[{"serverErrorCode":"TRY_AGAIN_LATER"}]})",
       ErrorCode::throttled},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto page = i2i::icloud::decode_query(answer(row.status, row.body));
    REQUIRE_FALSE(page);
    CHECK(page.error().code == row.code);
    const bool shut = row.code == ErrorCode::access_denied || row.code == ErrorCode::consent_needed;
    CHECK((!shut || !page.error().remedy.empty()));
  }
}

TEST_CASE("Retry-After comes from the header, else from the body") {
  auto response = answer(503, R"({"serverErrorCode":"THROTTLED","retryAfter":30})");
  CHECK(i2i::icloud::decode_query(response).error().retry_after == std::chrono::seconds(30));
  response.retry_after = std::chrono::seconds(7);
  CHECK(i2i::icloud::decode_query(response).error().retry_after == std::chrono::seconds(7));
}

TEST_CASE("changes: the zone's item, its errors and its end") {
  const auto page = i2i::icloud::decode_changes(
      answer(200, R"({"zones":[{"zoneID":{"zoneName":"PrimarySync"},"syncToken":"t2","moreComing":true,"records":[
             {"recordName":"A-IN-B","recordType":null,"deleted":true,"recordChangeTag":"x"}]}]})"));
  REQUIRE(page);
  CHECK(page->sync_token == "t2");
  CHECK(page->more);
  REQUIRE(page->records.size() == 1);
  CHECK(std::get<i2i::model::Tombstone>(page->records[0]).name == "A-IN-B");

  const auto empty = i2i::icloud::decode_changes(answer(200, R"({"zones":[{"syncToken":"t","moreComing":false}]})"));
  REQUIRE(empty);
  CHECK(empty->records.empty());
  CHECK_FALSE(empty->more);

  const auto code = [](const char* body) { return i2i::icloud::decode_changes(answer(200, body)).error().code; };
  CHECK(code(R"({"zones":[{"serverErrorCode":"BAD_REQUEST","reason":"Unknown sync continuation type"}]})") ==
        ErrorCode::bad_token);
  CHECK(code(R"({"zones":[{"serverErrorCode":"THROTTLED"}]})") == ErrorCode::throttled);
  CHECK(code(R"({"zones":[{"serverErrorCode":"ZONE_NOT_FOUND"}]})") == ErrorCode::not_found);
  CHECK(code(R"({"zones":[]})") == ErrorCode::bad_answer);
  CHECK(code(R"({"zones":[{"records":[]}]})") == ErrorCode::bad_token);  // no position: as good as a refused one
}

TEST_CASE("lookup: found, gone, absent, out of reach") {
  const auto found = i2i::icloud::decode_lookup(answer(200, R"({"records":[
        {"recordName":"c","serverErrorCode":"TRY_AGAIN_LATER"},
        {"recordName":"b","serverErrorCode":"UNKNOWN_ITEM","reason":"Record not found"},
        {"recordName":"e","recordType":"CPLMaster","deleted":true},
        {"recordName":"a","recordType":"CPLMaster","fields":{}}]})"),
                                                {"a", "b", "c", "d", "e"});
  REQUIRE(found);
  REQUIRE(found->size() == 5);
  CHECK((*found)[0].record.has_value());
  CHECK_FALSE((*found)[0].gone);
  CHECK((*found)[1].gone);
  CHECK_FALSE((*found)[2].gone);
  CHECK((*found)[2].error->code == ErrorCode::throttled);
  CHECK((*found)[3].gone);
  CHECK((*found)[4].gone);
}

TEST_CASE("zones: all kinds are read, errors of one leave it out or fail the list") {
  using i2i::model::Database;
  const auto zones =
      i2i::icloud::decode_zones(answer(200, R"({"zones":[{"zoneID":{"zoneName":"PrimarySync","ownerRecordName":"_0"}},
                      {"zoneID":{"zoneName":"CMM-1"},"deleted":true,"syncToken":"z"},{"serverErrorCode":"BAD_REQUEST"}]})"),
                                Database::shared_db);
  REQUIRE(zones);
  REQUIRE(zones->size() == 2);
  CHECK((*zones)[0].id == i2i::model::ZoneId{"PrimarySync", "_0", Database::shared_db});
  CHECK((*zones)[1].deleted);
  CHECK((*zones)[1].sync_token == "z");
  CHECK(i2i::icloud::decode_zones(answer(200, R"({"zones":[{"serverErrorCode":"THROTTLED"}]})"), Database::private_db)
            .error()
            .code == ErrorCode::throttled);
  const auto changes = i2i::icloud::decode_database_changes(
      answer(200, R"({"zones":[],"syncToken":"d","moreComing":true})"), Database::private_db);
  REQUIRE(changes);
  CHECK(changes->changes.sync_token == "d");
  CHECK(changes->more);
}

TEST_CASE("counts and index state") {
  CHECK(i2i::icloud::decode_count(answer(
            200, R"({"batch":[{"records":[{"fields":{"itemCount":{"value":12345,"type":"INT64"}}}]}]})")) == 12345);
  CHECK_FALSE(i2i::icloud::decode_count(answer(200, R"({"batch":[{"records":[]}]})")));
  CHECK(i2i::icloud::decode_count(answer(200, R"({"batch":[{"serverErrorCode":"BAD_REQUEST"}]})")).error().code ==
        ErrorCode::refused);
  CHECK(i2i::icloud::decode_indexing(answer(200, R"({"records":[{"fields":{"state":{"value":"FINISHED"}}}]})")) ==
        true);
  CHECK(i2i::icloud::decode_indexing(answer(200, R"({"records":[{"fields":{"state":{"value":"RUNNING"}}}]})")) ==
        false);
  CHECK(i2i::icloud::decode_indexing(answer(200, R"({"records":[]})")) == true);
}
