#pragma once
// An Immich in memory for the decisions of import: files by container path, favourites, visibility, albums.

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "app/import/immich_access.hpp"
#include "i2i/ledger/imports.hpp"
#include "unit/app/app_fixture.hpp"
#include "unit/immich/fake_immich.hpp"

namespace app_test {

struct ImmichWorld : Library {
  ImmichWorld() {
    context.options.apple_id = "someone@example.org";
    i2i::app::ImmichOptions options;
    options.url = "https://photos.example";
    options.key = i2i::util::Secret("the-key");
    options.path = "/external/icloud/";
    access =
        must(i2i::app::ImmichAccess::open(context, http, options, "/photos", i2i::app::ImmichAccess::Need::importing));
    http.requests.clear();
  }

  /// A placed file that Immich has (id) or not (""), with its row in the ledger as import keeps it.
  void file(const std::string& path, const std::string& bytes, const std::string& id, bool trashed = false) {
    place(path, bytes);
    if (id.empty()) return;
    has["/external/icloud/" + path] = {id, trashed};
    must(i2i::ledger::Imports(ledger).put_assets({{checksum_of(bytes), id, std::nullopt, std::nullopt}}));
  }
  /// What was sent that changes something, with its body: "PUT /assets/a1 {...}".
  std::vector<std::string> sent() {
    std::vector<std::string> found;
    for (const auto& request : http.requests) {
      if (request.method == i2i::net::Method::get || request.url.ends_with("/bulk-upload-check")) continue;
      found.push_back(immich_test::FakeHttp::line(request) + " " + request.body.value_or(""));
    }
    http.requests.clear();
    return found;
  }

  struct File {
    std::string id;
    bool trashed = false;
    bool favorite = false;
    bool offline = false;
    std::string visibility = "timeline";
    bool changed = false;   // since the last look
    std::string film = {};  // linked to it
  };
  struct ImmichLibrary {
    std::string id;
    std::vector<std::string> paths;
    std::string owner = "user";
    std::string name = "iCloud";
  };
  std::vector<ImmichLibrary> libraries;
  std::set<std::string> folders;  // that the server sees; asked for by validate and by updates
  bool may_validate = true;
  std::optional<std::int64_t> total;                       // of the library; nullopt: the key may not ask
  std::string since;                                       // what was asked for last as changed
  bool many = false;                                       // each listing has another page
  std::string date;                                        // the server's clock, as it writes it
  std::map<std::string, std::vector<std::string>> albums;  // id → ids of assets
  struct Texts {
    std::string name;
    std::string description;
  };
  std::map<std::string, Texts> album_texts;                // of those whose name is not their id
  std::map<std::string, std::vector<std::string>> stacks;  // id → ids of assets, the primary first
  int stacks_made = 0;
  std::map<std::string, File> has;  // by container path
  enum class Bulk { right, knows_none, knows_all } bulk = Bulk::right;
  std::set<std::string> gone_albums;  // a person deleted them in Immich
  int albums_made = 0;
  std::stop_source stop;
  immich_test::FakeClock clock;
  immich_test::FakeHttp http{[this](const i2i::net::Request& request) {
    auto answered = answer(request);
    if (answered && !date.empty()) answered->headers.add("Date", date);
    return answered;
  }};
  i2i::app::RunContext context{{}, clock, stop.get_token()};
  std::unique_ptr<i2i::app::ImmichAccess> access;

 private:
  i2i::util::Result<i2i::net::Response> answer(const i2i::net::Request& request) {
    using immich_test::json;
    const auto line = immich_test::FakeHttp::line(request);
    if (line == "GET /server/version") return json(200, R"({"major":1,"minor":138,"patch":0})");
    if (line == "GET /users/me") return json(200, R"({"id":"user","email":"a@b","name":"A","isAdmin":true})");
    if (line == "GET /server/media-types") {
      return json(200, R"({"image":[".heic",".jpg"],"video":[".mov"],"sidecar":[".xmp"]})");
    }
    if (line == "POST /assets/bulk-upload-check") return json(200, check(*request.body));
    if (line == "POST /search/metadata") return json(200, search(*request.body));
    if (line == "POST /albums") {
      return json(201, R"({"id":"album)" + std::to_string(++albums_made) + R"(","albumName":"x"})");
    }
    if (line.find(" /albums/") != std::string::npos) {
      for (const auto& album : gone_albums) {
        if (line.find("/albums/" + album) != std::string::npos) return json(400, R"({"message":"Not found"})");
      }
      return json(200, line.ends_with("/assets") ? "[]" : "{}");
    }
    if (line.starts_with("PUT /assets/")) return changed(line.substr(line.rfind('/') + 1), *request.body);
    if (line.find(" /stacks") != std::string::npos) return stacked(line, request.body.value_or(""));
    if (line.starts_with("GET /assets/")) return one(line.substr(line.rfind('/') + 1));
    if (line == "GET /albums") return json(200, listed_albums());
    if (line.ends_with("/statistics")) {
      if (!total) return json(403, R"({"message":"Missing required permission: library.statistics"})");
      return json(200, R"({"photos":0,"videos":0,"usage":0,"total":)" + std::to_string(*total) + "}");
    }
    if (line == "GET /libraries") return json(200, listed_libraries());
    if (line.ends_with("/validate")) return validated(nlohmann::json::parse(*request.body)["importPaths"][0]);
    if (line.starts_with("PUT /libraries/")) return updated(line.substr(line.rfind('/') + 1), *request.body);
    return json(404, R"({"message":"Cannot )" + line + "\"}");
  }

  std::string check(const std::string& body) {
    std::map<std::string, File> by_checksum;
    for (const auto& [path, file] : has) by_checksum[i2i::immich::path_checksum(path)] = file;
    nlohmann::json results = nlohmann::json::array();
    const auto question = nlohmann::json::parse(body);
    for (const auto& asked : question["assets"]) {
      auto found = by_checksum.find(asked["checksum"].get<std::string>());
      if (bulk == Bulk::knows_none) found = by_checksum.end();
      if (bulk == Bulk::knows_all) found = by_checksum.begin();
      if (found == by_checksum.end()) {
        results.push_back({{"id", asked["id"]}, {"action", "accept"}});
      } else {
        results.push_back({{"id", asked["id"]},
                           {"action", "reject"},
                           {"reason", "duplicate"},
                           {"assetId", found->second.id},
                           {"isTrashed", found->second.trashed}});
      }
    }
    return nlohmann::json::object({{"results", results}}).dump();
  }

  static nlohmann::json shown(const std::string& path, const File& file) {
    return {{"id", file.id},
            {"libraryId", "library"},
            {"originalPath", path},
            {"isOffline", file.offline},
            {"isTrashed", file.trashed},
            {"isFavorite", file.favorite},
            {"visibility", file.visibility},
            {"livePhotoVideoId", file.film.empty() ? nlohmann::json() : nlohmann::json(file.film)},
            {"fileCreatedAt", "2024-05-06T00:00:00.000Z"}};
  }

  /// By path checksum, or all of the library or of an album.
  std::string search(const std::string& body) {
    const auto question = nlohmann::json::parse(body);
    nlohmann::json items = nlohmann::json::array();
    for (const auto& [path, file] : has) {
      if (question["visibility"] != file.visibility) continue;
      if (question.contains("isOffline") && !file.offline) continue;
      if (question.contains("updatedAfter")) {
        since = question["updatedAfter"];
        if (!file.changed) continue;
      }
      if (question.contains("checksum") && question["checksum"] != i2i::immich::path_checksum(path)) continue;
      if (question.contains("albumIds")) {
        const auto& members = albums[question["albumIds"][0].get<std::string>()];
        if (std::find(members.begin(), members.end(), file.id) == members.end()) continue;
      }
      items.push_back(shown(path, file));
    }
    const auto next = many ? nlohmann::json("2") : nlohmann::json();
    return nlohmann::json::object({{"assets", {{"items", items}, {"nextPage", next}}}}).dump();
  }

  i2i::net::Response one(const std::string& id) {
    for (const auto& [path, file] : has) {
      if (file.id != id || file.visibility == "locked") continue;
      auto asset = shown(path, file);
      for (const auto& [stack, members] : stacks) {
        if (std::find(members.begin(), members.end(), id) == members.end()) continue;
        asset["stack"] = {{"id", stack}, {"primaryAssetId", members.front()}, {"assetCount", members.size()}};
      }
      return immich_test::json(200, asset.dump());
    }
    return immich_test::json(400, R"({"message":"Not found or no asset.read access"})");
  }

  i2i::net::Response changed(const std::string& id, const std::string& body) {
    const auto change = nlohmann::json::parse(body);
    for (auto& [path, file] : has) {
      if (file.id != id || !change.contains("livePhotoVideoId")) continue;
      file.film = change["livePhotoVideoId"].is_null() ? "" : change["livePhotoVideoId"].get<std::string>();
    }
    return immich_test::json(200, "{}");
  }

  /// docs/protocol/immich.md §15.
  i2i::net::Response stacked(const std::string& line, const std::string& body) {
    const auto refused = immich_test::json(400, R"({"message":"Not found or no asset.update access"})");
    const auto id =
        line == "POST /stacks" ? "stack" + std::to_string(++stacks_made) : line.substr(line.find("/stacks/") + 8);
    if (line == "POST /stacks") {
      std::vector<std::string> members;
      const std::vector<std::string> asked = nlohmann::json::parse(body)["assetIds"];
      for (const auto& asset : asked) {
        for (const auto& [path, file] : has) {
          if (file.id == asset && file.visibility == "locked") return refused;
        }
        if (std::find(members.begin(), members.end(), asset) == members.end()) members.push_back(asset);
        for (auto& [other, others] : stacks) {
          const bool whole = !others.empty() && others.front() == asset;
          if (!whole) std::erase(others, asset);
          if (!whole) continue;
          for (const auto& one : std::exchange(others, {})) {
            if (std::find(members.begin(), members.end(), one) == members.end()) members.push_back(one);
          }
        }
      }
      std::erase_if(stacks, [](const auto& it) { return it.second.size() < 2; });
      stacks[id] = members;
    } else if (line.find("/assets/") != std::string::npos) {
      std::erase(stacks.at(id.substr(0, id.find('/'))), id.substr(id.rfind('/') + 1));
      return immich_test::json(204, "");
    } else if (!stacks.contains(id)) {
      return refused;
    } else if (line.starts_with("PUT ")) {
      auto& members = stacks.at(id);
      const std::string top = nlohmann::json::parse(body)["primaryAssetId"];
      std::erase(members, top);
      members.insert(members.begin(), top);
    }
    nlohmann::json assets = nlohmann::json::array();
    for (const auto& asset : stacks.at(id)) assets.push_back({{"id", asset}});
    return immich_test::json(
        200,
        nlohmann::json::object({{"id", id}, {"primaryAssetId", stacks.at(id).front()}, {"assets", assets}}).dump());
  }

  std::string listed_albums() {
    nlohmann::json items = nlohmann::json::array();
    for (const auto& [id, members] : albums) {
      const auto texts = album_texts.contains(id) ? album_texts.at(id) : Texts{id, ""};
      items.push_back(
          {{"id", id}, {"albumName", texts.name}, {"description", texts.description}, {"assetCount", members.size()}});
    }
    return items.dump();
  }

  std::string listed_libraries() {
    nlohmann::json items = nlohmann::json::array();
    for (const auto& library : libraries) {
      items.push_back(
          {{"id", library.id}, {"ownerId", library.owner}, {"name", library.name}, {"importPaths", library.paths}});
    }
    return items.dump();
  }

  i2i::net::Response validated(const std::string& path) {
    if (!may_validate) return immich_test::json(403, R"({"message":"Missing required permission: all"})");
    nlohmann::json check{{"importPath", path}, {"isValid", folders.contains(path)}};
    if (!folders.contains(path)) check["message"] = "Path does not exist (ENOENT)";
    return immich_test::json(200, nlohmann::json::object({{"importPaths", nlohmann::json::array({check})}}).dump());
  }

  i2i::net::Response updated(const std::string& id, const std::string& body) {
    const std::vector<std::string> paths = nlohmann::json::parse(body)["importPaths"];
    for (const auto& path : paths) {
      if (!folders.contains(path)) {
        return immich_test::json(400, R"x({"message":"Invalid import path: Path does not exist (ENOENT)"})x");
      }
    }
    for (auto& library : libraries) {
      if (library.id == id) library.paths = paths;
    }
    return immich_test::json(200, R"({"id":"library","ownerId":"user"})");
  }
};

}  // namespace app_test
