#include "immich/client_decode.hpp"

#include "catch.hpp"

using namespace i2i::immich;
using Names = std::vector<std::string>;

TEST_CASE("the server's own words, whatever its version") {
  struct Row {
    const char* name;
    const char* body;
    const char* words;
  };
  const Row rows[] = {
      {"2.x", R"({"message":"Library not found","error":"Bad Request","statusCode":400,"correlationId":"x6"})",
       "Library not found"},
      {"2.x validation", R"({"message":["id must be a UUID","name should not be empty"],"statusCode":400})",
       "id must be a UUID; name should not be empty"},
      {"3.x", R"x({"message":"Invalid import path: Path does not exist (ENOENT)"})x",
       "Invalid import path: Path does not exist (ENOENT)"},
      {"3.x validation",
       R"({"message":"Validation failed","errors":[{"code":"x","path":["ids",0],"message":"Invalid UUID"},{"path":[],"message":"bad"}]})",
       "Validation failed; ids.0: Invalid UUID; bad"},
      {"a proxy's page", "<html>413</html>", ""},
      {"nothing", "", ""},
      {"odd types", R"({"message":{"a":1},"errors":"none"})", ""},
      {"a list", "[1]", ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(decode_error_text(row.body) == row.words);
  }
}

TEST_CASE("small answers") {
  CHECK(decode_version(R"({"major":3,"minor":1,"patch":0,"prerelease":null})").value() == Version{3, 1, 0});
  CHECK_FALSE(decode_version(R"({"major":3})"));
  CHECK(decode_key_info(R"({"id":"1","permissions":["library.read","all"]})")->permissions ==
        Names{"library.read", "all"});
  CHECK_FALSE(decode_key_info(R"({"id":"1"})"));
  const auto user = decode_user(R"({"id":"u1","name":"","isAdmin":true})").value();
  CHECK((user.id == "u1" && user.is_admin));
  CHECK(decode_media_extensions(R"({"image":[".JPG",".heic"],"video":[".mov",".jpg"],"sidecar":[".xmp"]})").value() ==
        Names{".heic", ".jpg", ".mov"});
  CHECK_FALSE(decode_media_extensions("{}"));
  const auto check = decode_path_check(
      R"x({"importPaths":[{"importPath":"/nope","isValid":false,"message":"Path does not exist (ENOENT)"}]})x");
  CHECK((!check->valid && check->message == "Path does not exist (ENOENT)"));
  CHECK(decode_path_check(R"({"importPaths":[{"importPath":"/a","isValid":true}]})")->valid);
  CHECK_FALSE(decode_path_check(R"({"importPaths":[]})"));
  const auto statistics = decode_statistics(R"({"photos":24,"videos":3,"usage":2899117,"total":27})").value();
  CHECK((statistics.photos == 24 && statistics.videos == 3 && statistics.total == 27 && statistics.bytes == 2899117));
}

TEST_CASE("libraries") {
  const auto libraries = decode_libraries(
      R"([{"id":"l1","ownerId":"u1","name":"iCloud","assetCount":0,"importPaths":["/external/icloud"],"refreshedAt":null},
          {"id":"l2","ownerId":"u2","name":"x","importPaths":[],"refreshedAt":"2025-01-02T03:04:05.678Z"}])");
  REQUIRE(libraries->size() == 2);
  CHECK(libraries->at(0).import_paths == Names{"/external/icloud"});
  CHECK(libraries->at(0).refreshed_at.empty());
  CHECK(libraries->at(1).refreshed_at == "2025-01-02T03:04:05.678Z");
  CHECK_FALSE(decode_libraries(R"({"id":"l1"})"));
  CHECK_FALSE(decode_libraries(R"([{"name":"without id"}])"));
  CHECK_FALSE(decode_library("<html>"));
}

TEST_CASE("queues of both routes") {
  const char* const jobs = R"({
    "library":{"jobCounts":{"active":1,"completed":5,"failed":0,"delayed":2,"waiting":3,"paused":4},"queueStatus":{"isActive":true,"isPaused":false}},
    "sidecar":{"jobCounts":{"active":0,"waiting":0},"queueStatus":{"isPaused":true}},
    "metadataExtraction":{"jobCounts":{},"queueStatus":{}}, "thumbnailGeneration":{"jobCounts":{"active":7}}})";
  const auto from_jobs = decode_jobs(jobs).value();
  CHECK(from_jobs.size() == 3);
  CHECK((from_jobs.at("library").busy == 10 && !from_jobs.at("library").paused));
  CHECK((from_jobs.at("sidecar").busy == 0 && from_jobs.at("sidecar").paused));
  const char* const queues = R"([
    {"name":"library","isPaused":true,"statistics":{"active":1,"completed":9,"failed":9,"delayed":0,"waiting":2,"paused":0}},
    {"name":"sidecar","isPaused":false,"statistics":{}}, {"name":"ocr","statistics":{"active":4}},
    {"name":"metadataExtraction","isPaused":false,"statistics":{"waiting":6}}])";
  const auto from_queues = decode_queues(queues).value();
  CHECK((from_queues.at("library").busy == 3 && from_queues.at("library").paused));
  CHECK(from_queues.at("metadataExtraction").busy == 6);
  CHECK_FALSE(decode_jobs(R"({"library":{}})"));
  CHECK_FALSE(decode_queues("[]"));
}

TEST_CASE("presence is put where its id says") {
  const auto good = decode_presence(
      R"({"results":[{"id":"1","action":"accept"},{"id":"0","action":"reject","reason":"duplicate","assetId":"a1","isTrashed":true}]})",
      2);
  REQUIRE(good);
  CHECK((good->at(0).asset_id == "a1" && good->at(0).trashed));
  CHECK((good->at(1).asset_id.empty() && !good->at(1).trashed));
  struct Row {
    const char* name;
    const char* body;
  };
  const Row rows[] = {
      {"too few", R"({"results":[{"id":"0","action":"accept"}]})"},
      {"the same twice", R"({"results":[{"id":"0","action":"accept"},{"id":"0","action":"accept"}]})"},
      {"out of range", R"({"results":[{"id":"0","action":"accept"},{"id":"2","action":"accept"}]})"},
      {"no number", R"({"results":[{"id":"0","action":"accept"},{"id":"1x","action":"accept"}]})"},
      {"unknown action", R"({"results":[{"id":"0","action":"accept"},{"id":"1","action":"maybe"}]})"},
      {"no list", R"({"results":null})"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto decoded = decode_presence(row.body, 2);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.error().code == i2i::util::ErrorCode::bad_answer);
  }
}

TEST_CASE("assets of both versions") {
  const auto old_one =
      decode_asset(
          R"({"id":"a1","deviceAssetId":"IMG_1.JPG","originalPath":"/e/IMG_1.JPG","isFavorite":true,"isTrashed":true,"isOffline":true,
          "visibility":"archive","duration":"0:00:00.00000","livePhotoVideoId":"v1","exifInfo":{"fileSizeInByte":1234}})")
          .value();
  CHECK((old_one.path == "/e/IMG_1.JPG" && old_one.favorite && old_one.trashed && old_one.offline));
  CHECK((old_one.visibility == "archive" && old_one.live_video_id == "v1" && old_one.size == 1234u));
  const auto new_one =
      decode_asset(
          R"({"id":"a2","originalPath":"/e/a.mov","isTrashed":false,"visibility":"hidden","duration":1200,"livePhotoVideoId":null,"exifInfo":{"fileSizeInByte":null}})")
          .value();
  CHECK((!new_one.trashed && new_one.live_video_id.empty() && !new_one.size));
  CHECK_FALSE(decode_asset(R"({"id":"a3"})")->size);
  CHECK_FALSE(decode_asset("{}"));
  const auto page =
      decode_search(
          R"({"albums":{"items":[]},"assets":{"total":1,"count":1,"items":[{"id":"a1","originalPath":"/p"}],"nextPage":"2"}})")
          .value();
  CHECK((page.assets.size() == 1 && page.next_page == "2"));
  CHECK(decode_search(R"({"assets":{"items":[],"nextPage":null}})")->next_page.empty());
  CHECK_FALSE(decode_search(R"({"assets":[]})"));
}

TEST_CASE("albums of both versions") {
  const auto albums =
      decode_albums(
          R"([{"id":"b1","albumName":"Old","ownerId":"u","owner":{},"assets":[],"assetCount":3},{"id":"b2","albumName":"New","albumUsers":[{"role":"owner"}],"assetCount":0}])")
          .value();
  CHECK((albums.size() == 2 && albums[0].asset_count == 3 && albums[1].name == "New"));
  CHECK_FALSE(decode_albums(R"([{"albumName":"x"}])"));
  const auto answers =
      decode_member_answers(R"([{"id":"a","success":false,"error":"duplicate"},{"id":"b","success":true}])").value();
  CHECK((answers.size() == 2 && answers[0].error == "duplicate" && answers[1].success));
}
