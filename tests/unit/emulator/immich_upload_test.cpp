#include "catch.hpp"
#include "emulator/immich/codec.hpp"
#include "unit/emulator/immich_fixture.hpp"

using namespace emulator::immich;
using namespace emulator::immich::testing;

namespace {

Json only(const std::string& id, const char* status) { return {{"id", id}, {"status", status}}; }

}  // namespace

TEST_CASE("an upload is created once; the same bytes are a duplicate", "[immich]") {
  for (const char* const version : {"2.7.5", "3.1.0"}) {
    INFO(version);
    const Fixture f(version);
    // The same bytes in an external library are another thing: its checksum is the path's.
    f.write("a.jpg", "x");
    const std::string library = f.new_library();
    f.scan(library);
    const auto made = f.upload("Phone.JPG", "x", Fixture::upload_fields({{"isFavorite", "true"}}));
    CHECK(made.status == 201);
    const std::string id = made.body["id"];
    CHECK(made.body == only(id, "created"));
    const auto again = f.upload("Other.JPG", "x");
    CHECK(again.status == 200);
    CHECK(again.body == only(id, "duplicate"));
    // The header answers before anything of the body is looked at.
    const auto early = f.upload("x.txt", "", Json::object(), base64(sha1("x")));
    CHECK(early.status == 200);
    CHECK(early.body == only(id, "duplicate"));
    CHECK(f.upload("b.jpg", "y", Fixture::upload_fields(), base64(sha1("y"))).status == 201);

    const auto check =
        f.call("POST", "/api/assets/bulk-upload-check", {{"assets", {{{"id", "1"}, {"checksum", base64(sha1("x"))}}}}});
    CHECK(check.body["results"][0]["assetId"] == id);
    f.service->settle();
    const Json asset = f.get(id);
    CHECK(asset["checksum"] == base64(sha1("x")));
    CHECK(asset["libraryId"].is_null());
    CHECK(asset["originalFileName"] == "Phone.JPG");
    CHECK(asset["isFavorite"] == true);
    CHECK(asset["exifInfo"]["fileSizeInByte"] == 1);
    CHECK(asset["fileModifiedAt"] == "2020-01-02T03:04:06.000Z");
    CHECK(asset.contains("deviceId") == (version[0] == '2'));
    if (version[0] == '2') CHECK(asset["deviceId"] == "test");
    // A scan of the library leaves uploads alone, and they are none of its assets.
    f.scan(library);
    CHECK(f.get(id)["isOffline"] == false);
    CHECK(f.call("GET", "/api/libraries/" + library + "/statistics").body["total"] == 1);
    CHECK(f.call("GET", "/api/assets/statistics").body["total"] == 3);
  }
}

TEST_CASE("what an upload is refused for", "[immich]") {
  const Fixture two("2.7.5");
  const Fixture three("3.1.0");
  const auto without = [](const char* name) {
    Json fields = Fixture::upload_fields();
    fields.erase(name);
    return fields;
  };
  CHECK(two.upload("a.jpg", "1", without("deviceId")).body["message"] == Json({"deviceId should not be empty"}));
  CHECK(three.upload("a.jpg", "1", without("deviceId")).status == 201);
  for (const Fixture* const f : {&two, &three}) {
    CHECK(f->upload("a.jpg", "2", without("fileCreatedAt")).status == 400);
    CHECK(f->upload("a.jpg", "2", without("fileModifiedAt")).status == 400);
    const auto text = f->upload("a.txt", "2");
    CHECK(text.status == 400);
    CHECK(text.body["message"] == "Unsupported file type .txt");
    CHECK(f->upload("a.jpg", "2", Fixture::upload_fields({{"visibility", "nowhere"}})).status == 400);
    CHECK(f->call("POST", "/api/assets", nullptr, "few").status == 403);
  }
  CHECK(two.upload("empty.jpg", "").status == 201);
  const auto empty = three.upload("empty.jpg", "");
  CHECK(empty.status == 400);
  CHECK(empty.body["message"] == "File is empty");
}

TEST_CASE("an upload's sidecar and live video", "[immich]") {
  const Fixture f("3.1.0", false);
  const std::string video = f.upload("a.mov", "movie").body["id"];
  const auto still = f.upload("a.heic", "still", Fixture::upload_fields({{"livePhotoVideoId", video}}), "",
                              sidecar("<xmp:Rating>4</xmp:Rating>"));
  CHECK(still.status == 201);
  f.service->settle();
  const Json asset = f.get(still.body["id"]);
  CHECK(asset["livePhotoVideoId"] == video);
  CHECK(asset["exifInfo"]["rating"] == 4);
  CHECK(f.get(video)["visibility"] == "hidden");
  const auto wrong =
      f.upload("b.heic", "b", Fixture::upload_fields({{"livePhotoVideoId", still.body["id"].get<std::string>()}}));
  CHECK(wrong.status == 400);
  CHECK(wrong.body["message"] == "Live photo video must be a video");
}

TEST_CASE("the folder view shows the timeline only, one folder at a time", "[immich]") {
  const Fixture f;
  f.write("2024/b.jpg", "1");
  f.write("2024/a.jpg", "2");
  f.write("2024/01/c.jpg", "3");
  f.write("archived/d.jpg", "4");
  const std::string library = f.new_library();
  f.scan(library);
  f.call("PUT", "/api/assets/" + f.id_of("d.jpg"), {{"visibility", "archive"}});
  CHECK(f.call("GET", "/api/view/folder/unique-paths").body ==
        Json({"/external/icloud/2024", "/external/icloud/2024/01"}));
  const auto names = [&](const std::string& path) {
    Json found = Json::array();
    for (const Json& asset : f.call("GET", "/api/view/folder?path=" + path).body)
      found.push_back(asset["originalFileName"]);
    return found;
  };
  CHECK(names("/external/icloud/2024") == Json({"a.jpg", "b.jpg"}));
  CHECK(names("/external/icloud/2024/") == Json({"a.jpg", "b.jpg"}));
  CHECK(names("/external/icloud/archived") == Json::array());
  fs::remove(f.dir / "2024/a.jpg");
  f.scan(library);
  CHECK(names("/external/icloud/2024") == Json({"b.jpg"}));
  CHECK(f.call("GET", "/api/view/folder").status == 400);
  CHECK(f.call("GET", "/api/view/folder/unique-paths", nullptr, "few").body["message"] ==
        "Missing required permission: folder.read");
  CHECK(f.call("GET", "/api/view/folder/unique-paths", nullptr, "other").body == Json::array());
  f.service->set_version(*parse_version("2.4.0"));
  CHECK(f.call("GET", "/api/view/folder/unique-paths", nullptr, "few").body["message"] ==
        "Missing required permission: all");
}

TEST_CASE("what a person trashes stays trashed, and its file stays", "[immich]") {
  const Fixture f;
  f.write("a.jpg", "x");
  const std::string library = f.new_library();
  f.scan(library);
  f.service->trash("/external/icloud/a.jpg");
  CHECK_THROWS_AS(f.service->trash("/external/icloud/none.jpg"), std::invalid_argument);
  f.scan(library);
  const Json asset = f.assets()["a.jpg"];
  CHECK(asset["isTrashed"] == true);
  CHECK(asset["isOffline"] == false);
  CHECK(fs::exists(f.dir / "a.jpg"));
}
