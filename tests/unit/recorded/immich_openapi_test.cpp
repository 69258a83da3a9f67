// A conversation with the practice Immich, each question and answer held against the specification that the version's
// own release carries.

#include <filesystem>
#include <iostream>
#include <set>

#include "catch.hpp"
#include "emulator/immich/codec.hpp"
#include "unit/emulator/immich_fixture.hpp"
#include "unit/recorded/openapi.hpp"

using namespace emulator::immich;
using namespace emulator::immich::testing;

namespace {

std::string specification(const std::string& version) {
  return std::string(I2I_SHARED_DATA) + "/immich-openapi-" + version + ".json";
}

class Conversation {
 public:
  explicit Conversation(const std::string& version) : f(version, false), api_(specification(version)) {}

  Json ask(const std::string& method, const std::string& target, const Json& body = nullptr) {
    return held(method, target, body, f.call(method, "/api" + target, body), "application/json");
  }
  Json upload(const std::string& name, const std::string& bytes, const Json& fields = Fixture::upload_fields()) {
    Json form = fields;
    form["assetData"] = "";
    for (const char* const flag : {"isFavorite"})
      if (form.contains(flag)) form[flag] = form[flag] == "true";
    // What 3.x no longer knows is ignored there, and clients send it always (docs/protocol/immich.md §18).
    if (f.service->describe()["version"] == "3.1.0") {
      form.erase("deviceId");
      form.erase("deviceAssetId");
    }
    return held("POST", "/assets", form, f.upload(name, bytes, fields), "multipart/form-data");
  }

  Fixture f;

 private:
  Json held(const std::string& method, const std::string& target, const Json& body, const Answer& answer,
            const char* type) {
    INFO(method << " " << target << " " << body.dump() << " -> " << answer.status << " " << answer.text.substr(0, 600));
    const Json operation = api_.operation(method, target.substr(0, target.find('?')));
    REQUIRE_FALSE(operation.is_null());
    std::vector<std::string> faults;
    if (!body.is_null() && operation.contains("requestBody")) {
      const Json schema = operation["requestBody"]["content"][type]["schema"];
      faults = api_.faults(schema, body, "question");
    }
    const std::string status = std::to_string(answer.status);
    REQUIRE(operation["responses"].contains(status));
    const Json documented = operation["responses"][status];
    if (documented.contains("content")) {
      const auto more = api_.faults(documented["content"]["application/json"]["schema"], answer.body, "answer");
      faults.insert(faults.end(), more.begin(), more.end());
    } else {
      CHECK(answer.text.empty());
    }
    CHECK(faults == std::vector<std::string>{});
    return answer.body;
  }

  recorded::OpenApi api_;
};

void talk(const std::string& version) {
  Conversation c(version);
  for (const char* const path :
       {"/server/ping", "/server/version", "/server/features", "/server/config", "/server/media-types", "/server/about",
        "/server/storage", "/server/statistics", "/users/me", "/admin/users", "/api-keys/me"})
    c.ask("GET", path);

  c.f.write("2024/a.jpg", "x");
  c.f.write("2024/b.heic", "y");
  c.f.write("2024/b.mov", "z");
  c.f.write("2024/c.png", "zz");
  const std::string library = c.ask(
      "POST", "/libraries", {{"ownerId", kAdmin}, {"name", "iCloud"}, {"importPaths", {"/external/icloud"}}})["id"];
  c.ask("GET", "/libraries");
  c.ask("GET", "/libraries/" + library);
  c.ask("PUT", "/libraries/" + library, {{"importPaths", {"/external/icloud"}}});
  c.ask("POST", "/libraries/" + library + "/validate", {{"importPaths", {"/external/icloud", "/nope", "relative"}}});
  c.ask("POST", "/libraries/" + library + "/scan");
  c.ask("GET", "/jobs");
  c.ask("GET", "/queues");
  c.ask("GET", "/queues/library");
  c.ask("GET", "/queues/library/jobs");
  c.f.service->settle();
  c.ask("PUT", "/jobs/sidecar", {{"command", "start"}, {"force", true}});
  c.f.service->settle();
  c.ask("PUT", "/queues/library", {{"isPaused", true}});
  c.ask("PUT", "/queues/library", {{"isPaused", false}});
  c.ask("GET", "/libraries/" + library);
  c.ask("GET", "/libraries/" + library + "/statistics");

  const Json found = c.ask("POST", "/search/metadata", {{"libraryId", library}, {"withExif", true}, {"size", 2}});
  CHECK(found["assets"]["count"] == 2);
  c.ask("POST", "/search/statistics", {{"libraryId", library}});
  const std::string a = c.f.id_of("a.jpg"), still = c.f.id_of("b.heic"), movie = c.f.id_of("b.mov");
  c.ask("GET", "/assets/" + a);
  c.ask("PUT", "/assets/" + a, {{"isFavorite", true}, {"rating", 3}, {"description", "text"}});
  c.ask("PUT", "/assets/" + still, {{"livePhotoVideoId", movie}});
  c.ask("PUT", "/assets", {{"ids", {a}}, {"isFavorite", false}});
  c.f.service->settle();
  c.ask("GET", "/assets/" + a);
  c.ask("GET", "/assets/statistics");
  c.ask("POST", "/assets/jobs", {{"assetIds", {a}}, {"name", "refresh-metadata"}});
  c.ask("POST", "/assets/bulk-upload-check",
        {{"assets",
          {{{"id", "1"}, {"checksum", base64(path_checksum("/external/icloud/2024/a.jpg"))}},
           {{"id", "2"}, {"checksum", base64(sha1("none"))}}}}});
  c.ask("PUT", "/assets/" + a + "/metadata", {{"items", {{{"key", "k"}, {"value", {{"v", 1}}}}}}});
  c.ask("GET", "/assets/" + a + "/metadata");
  c.ask("GET", "/assets/" + a + "/metadata/k");
  c.ask("PUT", "/assets/metadata", {{"items", {{{"assetId", a}, {"key", "k"}, {"value", {{"v", 2}}}}}}});

  const std::string album = c.ask("POST", "/albums", {{"albumName", "Album"}, {"assetIds", {a}}})["id"];
  c.ask("GET", "/albums");
  c.ask("GET", "/albums/" + album);
  c.ask("PATCH", "/albums/" + album, {{"albumName", "Other"}, {"order", "asc"}});
  c.ask("PUT", "/albums/" + album + "/assets", {{"ids", {a, still}}});
  c.ask("DELETE", "/albums/" + album + "/assets", {{"ids", {still}}});
  c.ask("PUT", "/albums/assets", {{"albumIds", {album}}, {"assetIds", {still}}});
  const std::string stack = c.ask("POST", "/stacks", {{"assetIds", {a, c.f.id_of("c.png")}}})["id"];
  c.ask("GET", "/stacks");
  c.ask("GET", "/stacks/" + stack);
  c.ask("PUT", "/stacks/" + stack, {{"primaryAssetId", a}});
  c.ask("GET", "/assets/" + a);
  c.ask("DELETE", "/stacks/" + stack + "/assets/" + c.f.id_of("c.png"));
  c.ask("DELETE", "/stacks/" + stack);
  const Json tags = c.ask("PUT", "/tags", {{"tags", {"iCloud/Holiday"}}});
  c.ask("PUT", "/tags/assets", {{"tagIds", {tags[0]["id"]}}, {"assetIds", {a}}});
  c.ask("GET", "/tags");
  c.ask("GET", "/assets/" + a);
  c.ask("DELETE", "/albums/" + album);

  const Json made = c.upload("IMG_1.JPG", "upload", Fixture::upload_fields({{"isFavorite", "true"}}));
  CHECK(made["status"] == "created");
  CHECK(c.upload("IMG_1.JPG", "upload")["status"] == "duplicate");
  c.ask("GET", "/assets/" + made["id"].get<std::string>());
  c.f.service->settle();
  c.ask("GET", "/assets/" + made["id"].get<std::string>());
  CHECK(c.ask("GET", "/view/folder/unique-paths").size() == 2);
  CHECK(c.ask("GET", "/view/folder?path=/external/icloud/2024").size() == 3);
  c.f.service->trash("/external/icloud/2024/a.jpg");
  c.ask("GET", "/assets/" + a);
}

}  // namespace

TEST_CASE("the practice Immich speaks as its version's specification says") {
  for (const char* const version : {"2.7.5", "3.1.0"}) {
    if (!std::filesystem::exists(specification(version))) {
      std::cout << "SKIPPED: Immich's specification is not at " << specification(version) << "\n";
      continue;
    }
    INFO(version);
    talk(version);
  }
}

TEST_CASE("what a value breaks of a schema is found, one line each") {
  if (!std::filesystem::exists(specification("3.1.0"))) {
    std::cout << "SKIPPED: Immich's specification is not at " << specification("3.1.0") << "\n";
    return;
  }
  const recorded::OpenApi api(specification("3.1.0"));
  const Json schema{{"$ref", "#/components/schemas/AssetMediaResponseDto"}};
  const std::string id = "11111111-1111-4111-8111-111111111111";
  const auto faults = [&](const Json& value) { return api.faults(schema, value, "answer").size(); };
  CHECK(faults({{"id", id}, {"status", "created"}}) == 0);
  CHECK(faults({{"id", id}, {"status", "replaced"}}) == 1);
  CHECK(faults({{"id", id}}) == 1);
  CHECK(faults({{"id", id}, {"status", "created"}, {"more", 1}}) == 1);
  CHECK(faults({{"id", nullptr}, {"status", "created"}}) == 1);
  CHECK(faults({{"id", "no-uuid"}, {"status", "created"}}) == 2);  // neither its form nor its pattern
  CHECK(faults(Json::array()) == 1);
  CHECK(api.operation("GET", "/nowhere").is_null());
  CHECK(api.operation("GET", "/assets/statistics")["operationId"] == "getAssetStatistics");
}
