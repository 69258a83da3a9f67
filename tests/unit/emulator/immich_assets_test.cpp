#include "catch.hpp"
#include "emulator/immich/codec.hpp"
#include "unit/emulator/immich_fixture.hpp"

using namespace emulator::immich;
using namespace emulator::immich::testing;

namespace {

std::string hex(const std::string& bytes) {
  static constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

std::string content_id(const std::string& id) {
  return sidecar("<n:ContentIdentifier xmlns:n=\"http://ns.example.org/1.0/\">" + id + "</n:ContentIdentifier>");
}

}  // namespace

TEST_CASE("presence by path checksum", "[immich]") {
  Fixture f;
  f.write("a.jpg", "x");
  const std::string library = f.new_library();
  f.scan(library);
  const std::string id = f.id_of("a.jpg");
  const std::string sum = path_checksum("/external/icloud/a.jpg");
  const auto ask = [&](const char* key) {
    return f
        .call("POST", "/api/assets/bulk-upload-check",
              {{"assets",
                {{{"id", "1"}, {"checksum", hex(sum)}},
                 {{"id", "2"}, {"checksum", base64(sum)}},
                 {{"id", "3"}, {"checksum", hex(sha1("x"))}}}}},
              key)
        .body["results"];
  };
  const auto rejected = [&](const char* label, bool trashed) {
    return Json(
        {{"id", label}, {"action", "reject"}, {"reason", "duplicate"}, {"assetId", id}, {"isTrashed", trashed}});
  };
  CHECK(ask("all") == Json({rejected("1", false), rejected("2", false), {{"id", "3"}, {"action", "accept"}}}));
  CHECK(ask("other")[0]["action"] == "accept");
  CHECK(f.call("POST", "/api/search/metadata", {{"checksum", base64(sum)}}).body["assets"]["items"][0]["id"] == id);
  f.call("PUT", "/api/assets/" + id, {{"visibility", "locked"}});
  CHECK(ask("all")[0] == rejected("1", false));
  fs::remove(f.dir / "a.jpg");
  f.scan(library);
  CHECK(ask("all")[0] == rejected("1", true));
}

TEST_CASE("search: defaults by version, pages, order", "[immich]") {
  for (const char* const version : {"2.7.5", "3.1.0", "3.0.3"}) {
    INFO(version);
    const Fixture f(version);
    for (int i = 0; i < 7; ++i) f.write("f" + std::to_string(i) + ".jpg", "x");
    f.scan(f.new_library());
    f.call("PUT", "/api/assets/" + f.id_of("f0.jpg"), {{"visibility", "archive"}});
    f.call("PUT", "/api/assets/" + f.id_of("f1.jpg"), {{"visibility", "hidden"}});
    f.call("PUT", "/api/assets/" + f.id_of("f2.jpg"), {{"visibility", "locked"}});
    const std::size_t shown = version[0] == '2' ? 4 : 6;
    CHECK(f.call("POST", "/api/search/statistics", Json::object()).body["total"] == shown);
    const auto first = f.call("POST", "/api/search/metadata", {{"size", 3}}).body["assets"];
    CHECK(first["total"] == 3);
    CHECK(first["count"] == 3);
    CHECK(first["nextPage"] == "2");
    CHECK(f.call("POST", "/api/search/metadata", {{"size", 1001}}).status == 400);
    CHECK(f.call("POST", "/api/search/metadata", {{"originalPath", "ICLOUD/F3"}}).body["assets"]["count"] == 1);
    const auto locked = f.call("POST", "/api/search/metadata", {{"visibility", "locked"}});
    CHECK(locked.status == 401);
    CHECK(locked.body["message"] == "Elevated permission is required");
    bool moved = false;
    for (int i = 0; i < 20; ++i)
      moved = moved || f.call("POST", "/api/search/metadata", {{"size", 3}}).body["assets"] != first;
    CHECK(moved == (std::string(version) != "3.1.0"));
    CHECK(first["items"][0].contains("deviceId") == (version[0] == '2'));
    CHECK_FALSE(first["items"][0].contains("stack"));
  }
}

TEST_CASE("assets without extraction are dropped by withExif", "[immich]") {
  const Fixture f;
  f.write("a.jpg", "x");
  f.service->merge_faults({{"dead_queues", {"metadataExtraction"}}});
  f.scan(f.new_library());
  CHECK(f.call("POST", "/api/search/metadata", {{"withExif", true}}).body["assets"]["count"] == 0);
  CHECK(f.call("POST", "/api/search/metadata", Json::object()).body["assets"]["count"] == 1);
  f.service->merge_faults({{"dead_queues", Json::array()}});
  f.service->settle();
  CHECK(f.call("POST", "/api/search/metadata", {{"withExif", true}})
            .body["assets"]["items"][0]["exifInfo"]["fileSizeInByte"] == 1);
}

TEST_CASE("sidecars tell what the file does not", "[immich]") {
  const Fixture f;
  f.write("a.jpg", "x");
  f.write("a.jpg.xmp",
          sidecar("<tiff:ImageDescription><rdf:Alt><rdf:li xml:lang=\"x-default\">A &amp; B</rdf:li></rdf:Alt>"
                  "</tiff:ImageDescription><xmp:Rating>5</xmp:Rating>"
                  "<exif:DateTimeOriginal>2021-05-06T07:08:09+02:00</exif:DateTimeOriginal>"
                  "<digiKam:TagsList><rdf:Seq><rdf:li>iCloud/Holiday</rdf:li></rdf:Seq></digiKam:TagsList>"));
  f.write("b.jpg", "x");
  f.write("b.jpg.xmp",
          sidecar("<exif:GPSLatitude>48,51.5174N</exif:GPSLatitude><exif:GPSLongitude>2.35</exif:GPSLongitude>"
                  "<exif:DateTimeOriginal>2021-05-06T07:08:09</exif:DateTimeOriginal>"));
  f.write("c.jpg", "x");
  f.write("c.jpg.xmp", "<x:xmpmeta><rdf:RDF><rdf:Description><xmp:Rating>5");
  f.scan(f.new_library());
  const Json a = f.get(f.id_of("a.jpg"));
  CHECK(a["exifInfo"]["description"] == "A & B");
  CHECK(a["exifInfo"]["rating"] == 5);
  CHECK(a["exifInfo"]["timeZone"] == "UTC+2");
  CHECK(a["exifInfo"]["dateTimeOriginal"] == "2021-05-06T05:08:09+00:00");
  CHECK(a["fileCreatedAt"] == "2021-05-06T05:08:09.000Z");
  CHECK(a["localDateTime"] == "2021-05-06T07:08:09.000Z");
  REQUIRE(a["tags"].size() == 1);
  CHECK(a["tags"][0]["value"] == "iCloud/Holiday");
  CHECK(a["isFavorite"] == false);
  const Json b = f.get(f.id_of("b.jpg"));
  CHECK(b["exifInfo"]["latitude"].get<double>() == Approx(48.858623));
  CHECK(b["fileCreatedAt"] == "2021-05-06T07:08:09.000Z");
  const Json c = f.get(f.id_of("c.jpg"));
  CHECK(c["exifInfo"]["rating"].is_null());
  CHECK(c["fileCreatedAt"] == "2020-09-13T12:26:40.000Z");
}

TEST_CASE("values set through the API live in files", "[immich]") {
  for (const bool read_only : {true, false}) {
    INFO(read_only);
    const Fixture f("2.7.5", read_only);
    f.write("a.jpg", "x");
    f.write("a.jpg.xmp", sidecar("<xmp:Rating>3</xmp:Rating><mine:Note>kept</mine:Note>"));
    f.scan(f.new_library());
    const std::string id = f.id_of("a.jpg");
    CHECK(f.call("PUT", "/api/assets", {{"ids", {id}}, {"description", "set"}, {"rating", 1}}).status == 204);
    CHECK(f.get(id)["exifInfo"]["description"] == "set");
    f.service->settle();
    CHECK(f.get(id)["exifInfo"]["description"] == (read_only ? "" : "set"));
    CHECK(f.get(id)["exifInfo"]["rating"] == (read_only ? 3 : 1));
    std::ifstream in(f.dir / "a.jpg.xmp");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    CHECK(text.find("kept") != std::string::npos);
    CHECK((text.find("set") != std::string::npos) == !read_only);
  }
}

TEST_CASE("bulk changes queue work for each id, a single favourite none", "[immich]") {
  const Fixture f;
  f.write("a.jpg", "x");
  f.write("b.jpg", "x");
  f.scan(f.new_library());
  const std::string a = f.id_of("a.jpg"), b = f.id_of("b.jpg");
  CHECK(f.call("PUT", "/api/assets/" + a, {{"isFavorite", true}}).body["isFavorite"] == true);
  CHECK(f.service->idle());
  CHECK(f.call("PUT", "/api/assets", {{"ids", {a, b}}, {"isFavorite", true}}).status == 204);
  CHECK(f.call("GET", "/api/jobs").body["sidecar"]["jobCounts"]["waiting"] == 2);
  f.service->settle();
  CHECK(f.get(b)["isFavorite"] == true);
  SECTION("one bad id fails all") {
    const auto refused = f.call("PUT", "/api/assets", {{"ids", {a, kNobody}}, {"isFavorite", false}});
    CHECK(refused.status == 400);
    CHECK(refused.body["message"] == "Not found or no asset.update access");
    CHECK(f.get(a)["isFavorite"] == true);
  }
  SECTION("ratings of 0") {
    CHECK(f.call("PUT", "/api/assets/" + a, {{"rating", 0}}).status == 200);
    CHECK(Fixture("3.1.0").call("PUT", "/api/assets", {{"ids", Json::array()}, {"rating", 0}}).status == 400);
  }
  SECTION("locked is out of reach") {
    const std::string album = f.call("POST", "/api/albums", {{"albumName", "x"}, {"assetIds", {a, b}}}).body["id"];
    CHECK(f.call("PUT", "/api/assets", {{"ids", {a}}, {"visibility", "locked"}}).status == 204);
    CHECK(f.call("GET", "/api/albums/" + album).body["assetCount"] == 1);
    CHECK(f.call("GET", "/api/assets/" + a).body["message"] == "Not found or no asset.read access");
    CHECK(f.call("PUT", "/api/assets/" + a, {{"isFavorite", false}}).status == 400);
    CHECK(f.call("PUT", "/api/albums/" + album + "/assets", {{"ids", {a}}}).body ==
          Json({{{"id", a}, {"success", false}, {"error", "no_permission"}}}));
  }
}

TEST_CASE("live photos are joined by their identifier", "[immich]") {
  const std::string id = "6F1B2C3D-0000-4000-8000-00000000000A";
  SECTION("a pair, and the album loses the video") {
    const Fixture f;
    f.write("v.mov", "x");
    f.write("v.mov.xmp", content_id(id));
    const std::string library = f.new_library();
    f.scan(library);
    const std::string video = f.id_of("v.mov");
    f.call("POST", "/api/albums", {{"albumName", "x"}, {"assetIds", {video}}});
    f.write("s.heic", "x");
    f.write("s.heic.xmp", content_id(id));
    f.write("t.heic", "x");
    f.write("t.heic.xmp", content_id("6f1b2c3d-0000-4000-8000-00000000000a"));
    f.scan(library);
    CHECK(f.get(f.id_of("s.heic"))["livePhotoVideoId"] == video);
    CHECK(f.get(f.id_of("t.heic"))["livePhotoVideoId"].is_null());
    CHECK(f.get(video)["visibility"] == "hidden");
    CHECK(f.call("GET", "/api/albums").body[0]["assetCount"] == 0);
    CHECK(f.call("GET", "/api/libraries/" + library + "/statistics").body["total"] == 2);
  }
  SECTION("two stills: only one is linked, and which one varies") {
    std::set<std::string> linked;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      const Fixture f("2.7.5", true, seed);
      for (const char* const name : {"a.jpg", "b.jpg", "v.mov"}) {
        f.write(name, "x");
        f.write(std::string(name) + ".xmp", content_id(id));
      }
      f.scan(f.new_library());
      const Json assets = f.assets();
      std::vector<std::string> here;
      for (const char* const name : {"a.jpg", "b.jpg"})
        if (!assets[name]["livePhotoVideoId"].is_null()) here.emplace_back(name);
      REQUIRE(here.size() == 1);
      linked.insert(here.front());
    }
    CHECK(linked.size() == 2);
  }
  SECTION("two videos: both hidden") {
    const Fixture f;
    for (const char* const name : {"a.jpg", "v.mov", "w.mov"}) {
      f.write(name, "x");
      f.write(std::string(name) + ".xmp", content_id(id));
    }
    f.scan(f.new_library());
    CHECK(f.assets()["v.mov"]["visibility"] == "hidden");
    CHECK(f.assets()["w.mov"]["visibility"] == "hidden");
  }
  SECTION("by hand") {
    const Fixture f;
    f.write("a.jpg", "x");
    f.write("v.mov", "x");
    f.scan(f.new_library());
    const std::string still = f.id_of("a.jpg"), video = f.id_of("v.mov");
    CHECK(f.call("PUT", "/api/assets/" + still, {{"livePhotoVideoId", video}}).body["livePhotoVideoId"] == video);
    CHECK(f.service->idle());
    CHECK(f.get(video)["visibility"] == "hidden");
    CHECK(f.call("PUT", "/api/assets/" + still, {{"livePhotoVideoId", nullptr}}).status == 200);
    CHECK(f.get(video)["visibility"] == "timeline");
    CHECK(f.call("PUT", "/api/assets/" + still, {{"livePhotoVideoId", still}}).body["message"] ==
          "Live photo video must be a video");
    CHECK(f.call("PUT", "/api/assets/" + still, {{"livePhotoVideoId", kNobody}}).body["message"] ==
          "Live photo video not found");
  }
}

TEST_CASE("albums by version", "[immich]") {
  for (const char* const version : {"2.7.5", "3.1.0"}) {
    INFO(version);
    const bool old_shape = version[0] == '2';
    const Fixture f(version);
    f.write("a.jpg", "x");
    f.write("b.jpg", "x");
    f.scan(f.new_library());
    const std::string a = f.id_of("a.jpg"), b = f.id_of("b.jpg");
    const auto made = f.call("POST", "/api/albums", {{"albumName", "Trip"}, {"assetIds", {a, kNobody}}});
    CHECK(made.status == 201);
    const std::string album = made.body["id"];
    CHECK(made.body["assetCount"] == 1);
    CHECK(made.body["albumThumbnailAssetId"] == a);
    CHECK(made.body.contains("owner") == old_shape);
    CHECK(made.body.contains("assets") == old_shape);
    CHECK(made.body["albumUsers"].size() == (old_shape ? 0 : 1));
    CHECK(f.call("POST", "/api/albums", {{"albumName", "Trip"}}).status == 201);
    CHECK(f.call("GET", "/api/albums").body.size() == 2);
    CHECK(f.call("PUT", "/api/albums/" + album + "/assets", {{"ids", {a, b, kNobody}}}).body ==
          Json({{{"id", a}, {"success", false}, {"error", "duplicate"}},
                {{"id", b}, {"success", true}},
                {{"id", kNobody}, {"success", false}, {"error", "no_permission"}}}));
    CHECK(f.call("PUT", "/api/albums/" + album + "/assets", {{"ids", {a, "x"}}}).status == 400);
    CHECK(f.call("PUT", std::string("/api/albums/") + kNobody + "/assets", {{"ids", {a}}}).body["message"] ==
          "Album not found");
    CHECK(f.call("POST", "/api/search/metadata", {{"albumIds", {album}}}).body["assets"]["count"] == 2);
    if (old_shape) CHECK(f.call("GET", "/api/albums/" + album).body["assets"].size() == 2);
    if (old_shape) CHECK(f.call("GET", "/api/albums/" + album + "?withoutAssets=true").body["assets"].empty());
    CHECK(f.call("DELETE", "/api/albums/" + album + "/assets", {{"ids", {a, kNobody}}}).body ==
          Json({{{"id", a}, {"success", true}}, {{"id", kNobody}, {"success", false}, {"error", "not_found"}}}));
    CHECK(f.call("PATCH", "/api/albums/" + album, {{"albumName", "New"}, {"albumThumbnailAssetId", a}}).status == 400);
    CHECK(f.call("GET", "/api/albums/" + album, nullptr, "other").status == 400);
    const Json users = {{{"userId", kOther}, {"role", "viewer"}}};
    f.call("POST", "/api/albums", {{"albumName", "Shared"}, {"albumUsers", users}});
    CHECK(f.call("GET", "/api/albums", nullptr, "other").body.size() == (old_shape ? 0 : 1));
    if (old_shape) CHECK(f.call("GET", "/api/albums?shared=true", nullptr, "other").body.size() == 1);
    CHECK(f.call("DELETE", "/api/albums/" + album).status == 204);
  }
}

TEST_CASE("stacks merge and get new ids", "[immich]") {
  const Fixture f;
  for (const char* const name : {"a.jpg", "b.jpg", "c.jpg", "d.jpg"}) f.write(name, "x");
  f.scan(f.new_library());
  const std::string a = f.id_of("a.jpg"), b = f.id_of("b.jpg"), c = f.id_of("c.jpg"), d = f.id_of("d.jpg");
  const auto first = f.call("POST", "/api/stacks", {{"assetIds", {a, b}}});
  CHECK(first.status == 201);
  CHECK(f.get(a)["stack"] == Json({{"id", first.body["id"]}, {"primaryAssetId", a}, {"assetCount", 2}}));
  SECTION("a primary brings its stack") {
    const auto second = f.call("POST", "/api/stacks", {{"assetIds", {c, a}}});
    CHECK(second.body["assets"].size() == 3);
    CHECK(second.body["primaryAssetId"] == c);
    CHECK(second.body["id"] != first.body["id"]);
    CHECK(f.call("GET", "/api/stacks").body.size() == 1);
  }
  SECTION("a member comes alone") {
    f.call("POST", "/api/stacks", {{"assetIds", {c, b}}});
    CHECK(f.get(a)["stack"]["assetCount"] == 1);
    CHECK(f.get(b)["stack"]["primaryAssetId"] == c);
  }
  SECTION("refusals") {
    CHECK(f.call("POST", "/api/stacks", {{"assetIds", {a}}}).status == 400);
    CHECK(f.call("POST", "/api/stacks", {{"assetIds", {a, kNobody}}}).body["message"] ==
          "Not found or no asset.update access");
    const std::string path = "/api/stacks/" + first.body["id"].get<std::string>();
    CHECK(f.call("PUT", path, {{"primaryAssetId", d}}).status == 400);
    CHECK(f.call("PUT", path, {{"primaryAssetId", b}}).body["primaryAssetId"] == b);
    CHECK(f.call("DELETE", path + "/assets/" + b).body["message"] == "Cannot remove stack's primary asset");
    CHECK(f.call("DELETE", path + "/assets/" + a).status == 204);
    CHECK(f.call("DELETE", path).status == 204);
    CHECK(f.get(b)["stack"].is_null());
  }
}

TEST_CASE("tags and key/value metadata", "[immich]") {
  const Fixture f;
  f.write("a.jpg", "x");
  f.scan(f.new_library());
  const std::string a = f.id_of("a.jpg");
  const auto tags = f.call("PUT", "/api/tags", {{"tags", {"iCloud/Holiday"}}});
  CHECK(tags.body[0]["name"] == "Holiday");
  CHECK(f.call("GET", "/api/tags").body.size() == 2);
  CHECK(f.call("PUT", "/api/tags/assets", {{"tagIds", {tags.body[0]["id"]}}, {"assetIds", {a}}}).body["count"] == 1);
  CHECK(f.get(a)["tags"].size() == 1);
  f.service->settle();
  CHECK(f.get(a)["tags"].empty());  // read-only: lost again
  const std::string path = "/api/assets/" + a + "/metadata";
  CHECK(f.call("PUT", path, {{"items", {{{"key", "k"}, {"value", {{"x", 1}}}}}}}).body[0]["value"]["x"] == 1);
  CHECK(f.call("GET", path + "/k").body["key"] == "k");
  CHECK(f.call("GET", path + "/none").status == 400);
  CHECK(f.call("PUT", path, {{"items", {{{"key", "k"}, {"value", 1}}}}}).status == 400);
}
