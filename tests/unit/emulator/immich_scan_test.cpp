#include "catch.hpp"
#include "emulator/immich/codec.hpp"
#include "emulator/immich/patterns.hpp"
#include "unit/emulator/immich_fixture.hpp"

using namespace emulator::immich;
using namespace emulator::immich::testing;

TEST_CASE("path checksums fit the documented vectors", "[immich]") {
  const std::pair<const char*, const char*> rows[] = {
      {"/external/icloud/2024/01/02/IMG_0001.HEIC", "TV5WTSgHvvaxshpoxu+PrzNZZY8="},
      {"/external/icloud/Caf\xC3\xA9/a.jpg", "nSFgQFG7EmEqoHr8YTsRyol64ao="},
      {"/external/icloud/Cafe\xCC\x81/a.jpg", "59V9/6ajA6DUOvRE8bmdB+tvsKU="}};
  for (const auto& [path, expected] : rows) CHECK(base64(path_checksum(path)) == expected);
}

TEST_CASE("patterns are read by two engines", "[immich]") {
  CHECK(glob_to_like("**/*.{tif,jpg}") == "%/%.tifjpg");
  CHECK(glob_to_like("**/[abc]/**") == "%//%");
  CHECK(glob_to_like("**/a+b/**") == "%/ab/%");
  CHECK(glob_matches("**/._*", "/a/b/._x.jpg", Case::insensitive));
  CHECK(glob_matches("**/@eaDir/**", "/a/@eadir/b/x.jpg", Case::insensitive));
  CHECK_FALSE(glob_matches("**/@eaDir/**", "/a/@eadir/b/x.jpg", Case::sensitive));
  CHECK(glob_matches("**/*.{tif,jpg}", "/a/x.jpg", Case::sensitive));
  CHECK_FALSE(glob_matches("**/*.tif", "/a/x.jpg", Case::sensitive));
  CHECK(like_matches("/a%", "/ab/c"));
  CHECK(like_matches("/_%", "/\xC3\xA9x"));
  CHECK(contains_folded("CAFE", "/x/Caf\xC3\xA9/a.jpg"));
}

TEST_CASE("a library is created unchecked and changed only with good paths", "[immich]") {
  const Fixture f;
  f.write("2024/a.jpg", "a");
  const std::string id = f.new_library({"/nowhere"});
  const std::string path = "/api/libraries/" + id;
  CHECK(f.call("GET", path).body["assetCount"] == 0);
  CHECK(f.call("GET", path).body["refreshedAt"].is_null());
  CHECK(f.call("PUT", path, {{"importPaths", {"/external/icloud", "/external/icloud/.gone"}}}).body["message"] ==
        "Invalid import path: Path does not exist (ENOENT)");
  CHECK(f.call("GET", path).body["importPaths"] == Json({"/nowhere"}));
  CHECK(f.call("PUT", path, {{"importPaths", {"/external/icloud"}}}).status == 200);
  CHECK(f.call("PATCH", path, {{"name", "x"}}).status == 404);
  const auto checked = f.call(
      "POST", std::string("/api/libraries/") + kNobody + "/validate",
      {{"importPaths", {"/external/icloud/2024", "relative", "/etc/passwd", "/data", "/external/icloud/2024/a.jpg"}}});
  REQUIRE(checked.status == 200);
  CHECK(checked.body["importPaths"][0] == Json({{"importPath", "/external/icloud/2024"}, {"isValid", true}}));
  CHECK(checked.body["importPaths"][1]["message"].get<std::string>().starts_with("Import path must be absolute, try "));
  CHECK(checked.body["importPaths"][2]["message"] == "Not a directory");
  CHECK(checked.body["importPaths"][3]["message"] == "Cannot use media upload folder for external libraries");
  CHECK(checked.body["importPaths"][4]["message"] == "Not a directory");
}

TEST_CASE("a scan returns first and works later, stage by stage", "[immich]") {
  const Fixture f;
  f.write("2024/a.jpg", "a");
  f.write("2024/b.MOV", "b");
  const std::string id = f.new_library();
  CHECK(f.call("POST", "/api/libraries/" + id + "/scan").status == 204);
  CHECK(f.assets().empty());
  CHECK(f.call("GET", "/api/libraries/" + id).body["refreshedAt"].is_null());
  CHECK(f.call("GET", "/api/jobs").body["library"]["jobCounts"]["waiting"] == 2);
  const auto busy = [&](const char* queue) {
    const Json counts = f.call("GET", "/api/jobs").body[queue]["jobCounts"];
    CHECK(counts["completed"] == 0);
    CHECK(counts["failed"] == 0);
    return counts["active"].get<int>() + counts["waiting"].get<int>() > 0;
  };
  // Whenever a queue has just become idle, its children are already counted further down.
  bool had_rows_without_exif = false;
  for (int i = 0; i < 100 && !f.service->idle(); ++i) {
    f.service->tick();
    const Json now = f.assets();
    for (const auto& [name, asset] : now.items())
      if (!f.get(asset["id"]).contains("exifInfo")) had_rows_without_exif = true;
    if (!busy("library") && !busy("sidecar") && !busy("metadataExtraction"))
      for (const auto& [name, asset] : now.items()) CHECK(f.get(asset["id"]).contains("exifInfo"));
  }
  CHECK(had_rows_without_exif);
  CHECK(f.service->idle());
  CHECK(f.assets().size() == 2);
  CHECK_FALSE(f.call("GET", "/api/libraries/" + id).body["refreshedAt"].is_null());
  CHECK(f.call("GET", "/api/libraries/" + id + "/statistics").body ==
        Json({{"photos", 1}, {"videos", 1}, {"total", 2}, {"usage", 2}}));
}

TEST_CASE("two idle answers in a row can be wrong, three are not", "[immich]") {
  const Fixture f;
  f.write("a.jpg", "a");
  f.service->merge_faults({{"non_atomic_snapshot", true}});
  f.call("POST", "/api/libraries/" + f.new_library() + "/scan");
  const auto all_idle = [&] {
    const Json jobs = f.call("GET", "/api/jobs").body;
    for (const char* const queue : {"library", "sidecar", "metadataExtraction"})
      if (jobs[queue]["jobCounts"]["active"] != 0 || jobs[queue]["jobCounts"]["waiting"] != 0) return false;
    return true;
  };
  CHECK(all_idle());
  CHECK(all_idle());
  CHECK_FALSE(all_idle());
}

TEST_CASE("what becomes an asset", "[immich]") {
  const Fixture f;
  for (const char* const name : {"a.JPG", "b.heic", "c.aae", "d.jpg.xmp", "e", ".hidden.jpg", ".work/f.jpg", "g\\h.jpg",
                                 "@eaDir/i.jpg", "Caf\xC3\xA9/j.mov", "empty.png"})
    f.write(name, std::string(name) == "empty.png" ? "" : "x");
  fs::create_directory_symlink(f.dir / "Caf\xC3\xA9", f.dir / "link");
  fs::create_symlink(f.dir / "nowhere", f.dir / "broken.jpg");
  f.scan(f.new_library());
  std::vector<std::string> paths;
  const auto listed = f.call("POST", "/api/search/metadata", {{"order", "asc"}});
  for (const Json& item : listed.body["assets"]["items"]) paths.push_back(item["originalPath"]);
  std::sort(paths.begin(), paths.end());
  CHECK(paths == std::vector<std::string>{"/external/icloud/Caf\xC3\xA9/j.mov", "/external/icloud/a.JPG",
                                          "/external/icloud/b.heic", "/external/icloud/empty.png",
                                          "/external/icloud/link/j.mov"});
}

TEST_CASE("gone, returned and changed files", "[immich]") {
  const Fixture f;
  f.write("a.jpg", "one", 1'600'000'000);
  f.write("b.jpg", "bb");
  const std::string library = f.new_library();
  f.scan(library);
  const std::string id = f.id_of("a.jpg");
  SECTION("gone and back as it was") {
    fs::rename(f.dir / "a.jpg", f.dir / ".a");
    f.scan(library);
    CHECK(f.get(id)["isOffline"] == true);
    CHECK(f.get(id)["isTrashed"] == true);
    const auto listed = f.call("POST", "/api/search/metadata", {{"libraryId", library}});
    CHECK(listed.body["assets"]["count"] == 1);
    CHECK(f.call("POST", "/api/search/metadata", {{"isOffline", true}}).body["assets"]["count"] == 1);
    fs::rename(f.dir / ".a", f.dir / "a.jpg");
    f.scan(library);
    CHECK(f.get(id)["isOffline"] == false);
    CHECK(f.get(id)["isTrashed"] == false);
  }
  SECTION("back but changed: the second scan takes it over") {
    fs::remove(f.dir / "a.jpg");
    f.scan(library);
    f.write("a.jpg", "longer", 1'600'000'500);
    f.scan(library);
    CHECK(f.get(id)["isOffline"] == false);
    CHECK(f.get(id)["exifInfo"]["fileSizeInByte"] == 3);
    f.scan(library);
    CHECK(f.get(id)["exifInfo"]["fileSizeInByte"] == 6);
  }
  SECTION("changed with another mtime, and with the same") {
    f.write("a.jpg", "longer", 1'599'999'999);
    f.write("b.jpg", "bbbb");
    f.scan(library);
    CHECK(f.get(id)["exifInfo"]["fileSizeInByte"] == 6);
    CHECK(f.get(f.id_of("b.jpg"))["exifInfo"]["fileSizeInByte"] == 2);
  }
  SECTION("a sidecar alone is not noticed") {
    f.write("a.jpg.xmp", sidecar("<dc:description>new</dc:description>"));
    f.scan(library);
    CHECK(f.get(id)["exifInfo"]["description"] == "");
    f.call("POST", "/api/assets/jobs", {{"assetIds", {id}}, {"name", "refresh-metadata"}});
    f.service->settle();
    CHECK(f.get(id)["exifInfo"]["description"] == "");
    f.touch("a.jpg", 1'600'000'001);
    f.scan(library);
    CHECK(f.get(id)["exifInfo"]["description"] == "new");
  }
  SECTION("mount lost, mount empty") {
    const Json before = f.call("GET", "/api/libraries/" + library).body["refreshedAt"];
    f.service->merge_faults({{"mount", "missing"}});
    f.scan(library);
    CHECK(f.get(id)["isOffline"] == true);
    CHECK(f.call("GET", "/api/libraries/" + library).body["refreshedAt"] == before);
    f.service->merge_faults({{"mount", "empty"}});
    f.scan(library);
    CHECK(f.call("GET", "/api/libraries/" + library).body["refreshedAt"] != before);
    f.service->merge_faults({{"mount", "present"}});
    f.scan(library);
    CHECK(f.get(id)["isOffline"] == false);
  }
  SECTION("a path as typed that is not in normal form") {
    f.call("PUT", "/api/libraries/" + library, {{"importPaths", {"/external/./icloud"}}});
    f.scan(library);
    CHECK(f.get(id)["isOffline"] == true);
  }
}

TEST_CASE("scans that lose files", "[immich]") {
  const Fixture f;
  for (int i = 0; i < 10; ++i) f.write("f" + std::to_string(i) + ".jpg", "x");
  const std::string library = f.new_library();
  const auto refreshed = [&] { return f.call("GET", "/api/libraries/" + library).body["refreshedAt"]; };
  SECTION("the crawl throws") {
    f.service->merge_faults({{"crawl_throws_after", 4}});
    f.scan(library);
    CHECK(f.assets().size() == 4);
    CHECK(refreshed().is_null());
    f.service->merge_faults({{"crawl_throws_after", nullptr}});
  }
  SECTION("one chunk is lost") {
    f.service->merge_faults({{"lose_import_chunks", 1}, {"import_chunk_size", 6}});
    f.scan(library);
    CHECK(f.assets().size() == 4);
    CHECK_FALSE(refreshed().is_null());
  }
  SECTION("two scans at once") {
    CHECK(f.call("POST", "/api/libraries/" + library + "/scan").status == 204);
    CHECK(f.call("POST", "/api/libraries/" + library + "/scan").status == 204);
    f.service->settle();
    CHECK(f.assets().empty());
  }
  f.scan(library);
  CHECK(f.assets().size() == 10);
  CHECK_FALSE(refreshed().is_null());
}

TEST_CASE("queues that do not drain", "[immich]") {
  const Fixture f;
  f.write("a.jpg", "x");
  const std::string library = f.new_library();
  SECTION("paused") {
    f.call("PUT", "/api/jobs/sidecar", {{"command", "pause"}});
    f.scan(library);
    const Json sidecar_queue = f.call("GET", "/api/jobs").body["sidecar"];
    CHECK(sidecar_queue["queueStatus"]["isPaused"] == true);
    CHECK(sidecar_queue["jobCounts"]["paused"] == 1);
    f.call("PUT", "/api/jobs/sidecar", {{"command", "resume"}});
    CHECK(f.service->settle());
  }
  SECTION("dead worker") {
    f.service->merge_faults({{"dead_worker", true}});
    f.scan(library);
    CHECK(f.call("GET", "/api/jobs").body["library"]["jobCounts"]["waiting"] == 2);
    f.service->merge_faults({{"dead_worker", false}});
    CHECK(f.service->settle());
  }
  SECTION("foreign load") {
    f.service->merge_faults({{"foreign_load", {{"metadataExtraction", 7}}}, {"foreign_load_drains", true}});
    CHECK(f.call("GET", "/api/jobs").body["metadataExtraction"]["jobCounts"]["waiting"] == 6);
    f.service->tick(7);
    CHECK(f.call("GET", "/api/jobs").body["metadataExtraction"]["jobCounts"]["active"] == 0);
  }
  CHECK(f.call("PUT", "/api/jobs/backgroundTask", {{"command", "start"}}).body["message"] ==
        "Invalid job name: backgroundTask");
  CHECK(f.call("PUT", "/api/jobs/nope", {{"command", "start"}}).status == 400);
  CHECK(f.call("GET", "/api/queues").body.size() == 18);
}

TEST_CASE("with auto tick on, reading the queues moves them", "[immich]") {
  const Fixture f;
  f.write("a.jpg", "x");
  f.service->set_auto_tick({true, 1, 0});
  f.call("POST", "/api/libraries/" + f.new_library() + "/scan");
  CHECK(f.call("GET", "/api/jobs").body["library"]["jobCounts"]["active"] == 2);
  for (int i = 0; i < 30; ++i) f.call("GET", "/api/queues");
  CHECK(f.service->idle());
}
