#include "immich/client_decode.hpp"

#include <fmt/core.h>

#include <charconv>
#include <set>

#include "i2i/util/json.hpp"
#include "i2i/util/text.hpp"

namespace i2i::immich {
namespace {

using util::as_integer;
using util::is_true;
using util::Json;
using util::member;
using util::Result;
using util::text_or;

constexpr const char* kQueues[] = {"library", "sidecar", "metadataExtraction"};

tl::unexpected<util::Error> unexpected_body(std::string_view what) {
  return util::fail(util::ErrorCode::bad_answer, fmt::format("Immich's answer about {} is not what was expected", what),
                    "Check that --immich-url names an Immich server.");
}

/// The body, of the type it must have.
Result<Json> parse(std::string_view body, std::string_view what, Json::value_t type) {
  I2I_ASSIGN(Json json, util::parse_json(body, fmt::format("Immich's answer about {}", what)));
  if (json.type() != type) return unexpected_body(what);
  return json;
}

std::int64_t integer_or(const Json& object, std::string_view name) {
  return as_integer(member(object, name)).value_or(0);
}

std::vector<std::string> texts(const Json& array) {
  std::vector<std::string> found;
  if (!array.is_array()) return found;
  for (const Json& item : array) {
    if (item.is_string()) found.push_back(item.get<std::string>());
  }
  return found;
}

Result<Library> library_of(const Json& json) {
  Library library;
  library.id = text_or(json, "id");
  library.owner_id = text_or(json, "ownerId");
  library.name = text_or(json, "name");
  library.import_paths = texts(member(json, "importPaths"));
  library.exclusion_patterns = texts(member(json, "exclusionPatterns"));
  library.refreshed_at = text_or(json, "refreshedAt");
  if (library.id.empty()) return unexpected_body("a library");
  return library;
}

Result<Album> album_of(const Json& json) {
  Album album;
  album.id = text_or(json, "id");
  album.name = text_or(json, "albumName");
  album.description = text_or(json, "description");
  album.asset_count = integer_or(json, "assetCount");
  if (album.id.empty()) return unexpected_body("an album");
  return album;
}

Result<AssetInfo> asset_of(const Json& json) {
  AssetInfo asset;
  asset.id = text_or(json, "id");
  asset.library_id = text_or(json, "libraryId");
  asset.path = text_or(json, "originalPath");
  asset.offline = is_true(member(json, "isOffline"));
  asset.trashed = is_true(member(json, "isTrashed"));
  asset.favorite = is_true(member(json, "isFavorite"));
  asset.visibility = text_or(json, "visibility");
  asset.live_video_id = text_or(json, "livePhotoVideoId");
  asset.stack_id = text_or(member(json, "stack"), "id");
  if (const auto size = as_integer(member(member(json, "exifInfo"), "fileSizeInByte")); size && *size >= 0) {
    asset.size = static_cast<std::uint64_t>(*size);
  }
  if (asset.id.empty()) return unexpected_body("an asset");
  return asset;
}

std::int64_t busy_of(const Json& counts) {
  return integer_or(counts, "active") + integer_or(counts, "waiting") + integer_or(counts, "delayed") +
         integer_or(counts, "paused");
}

Result<void> check_complete(const std::map<std::string, QueueState>& queues) {
  for (const char* name : kQueues) {
    if (!queues.contains(name)) return unexpected_body(fmt::format("the queue {}", name));
  }
  return {};
}

}  // namespace

std::string decode_error_text(std::string_view body) {
  const auto json = util::parse_json(body, "an error");
  if (!json || !json->is_object()) return "";
  std::string text;
  const auto add = [&](const std::string& more) {
    if (more.empty()) return;
    if (!text.empty()) text += "; ";
    text += more;
  };
  const Json& message = member(*json, "message");
  if (message.is_array()) {
    for (const std::string& line : texts(message)) add(line);
  } else {
    add(text_or(*json, "message"));
  }
  const Json& errors = member(*json, "errors");
  if (!errors.is_array()) return text;
  for (const Json& error : errors) {
    std::string path;
    for (const Json& part : member(error, "path")) {
      if (!path.empty()) path += '.';
      path += util::as_text(part).value_or("");
    }
    const std::string what = text_or(error, "message");
    if (!path.empty() && !what.empty()) path += ": ";
    path += what;
    add(path);
  }
  return text;
}

Result<Version> decode_version(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "its version", Json::value_t::object));
  const auto major = as_integer(member(json, "major"));
  const auto minor = as_integer(member(json, "minor"));
  const auto patch = as_integer(member(json, "patch"));
  if (!major || !minor || !patch) return unexpected_body("its version");
  return Version{static_cast<int>(*major), static_cast<int>(*minor), static_cast<int>(*patch)};
}

Result<KeyInfo> decode_key_info(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "the API key", Json::value_t::object));
  if (!member(json, "permissions").is_array()) return unexpected_body("the API key");
  return KeyInfo{texts(member(json, "permissions"))};
}

Result<User> decode_user(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "the user", Json::value_t::object));
  User user{text_or(json, "id"), text_or(json, "name"), is_true(member(json, "isAdmin"))};
  if (user.id.empty()) return unexpected_body("the user");
  return user;
}

Result<std::vector<std::string>> decode_media_extensions(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "media types", Json::value_t::object));
  std::set<std::string> extensions;
  for (const char* kind : {"image", "video"}) {
    for (const std::string& extension : texts(member(json, kind))) extensions.insert(util::ascii_lower(extension));
  }
  if (extensions.empty()) return unexpected_body("media types");
  return std::vector<std::string>(extensions.begin(), extensions.end());
}

Result<Library> decode_library(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "a library", Json::value_t::object));
  return library_of(json);
}

Result<std::vector<Library>> decode_libraries(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "libraries", Json::value_t::array));
  std::vector<Library> libraries;
  for (const Json& item : json) {
    I2I_ASSIGN(Library library, library_of(item));
    libraries.push_back(std::move(library));
  }
  return libraries;
}

Result<LibraryStatistics> decode_statistics(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "statistics", Json::value_t::object));
  if (!as_integer(member(json, "total"))) return unexpected_body("statistics");
  return LibraryStatistics{integer_or(json, "photos"), integer_or(json, "videos"), integer_or(json, "total"),
                           static_cast<std::uint64_t>(integer_or(json, "usage"))};
}

Result<PathCheck> decode_path_check(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "an import path", Json::value_t::object));
  const Json& paths = member(json, "importPaths");
  if (!paths.is_array() || paths.size() != 1) return unexpected_body("an import path");
  return PathCheck{is_true(member(paths[0], "isValid")), text_or(paths[0], "message")};
}

Result<std::map<std::string, QueueState>> decode_jobs(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "its queues", Json::value_t::object));
  std::map<std::string, QueueState> queues;
  for (const char* name : kQueues) {
    const Json& queue = member(json, name);
    if (!queue.is_object()) continue;
    queues[name] = {busy_of(member(queue, "jobCounts")), is_true(member(member(queue, "queueStatus"), "isPaused"))};
  }
  I2I_TRY(check_complete(queues));
  return queues;
}

Result<std::map<std::string, QueueState>> decode_queues(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "its queues", Json::value_t::array));
  std::map<std::string, QueueState> queues;
  for (const Json& queue : json) {
    const std::string name = text_or(queue, "name");
    for (const char* wanted : kQueues) {
      if (name == wanted) queues[name] = {busy_of(member(queue, "statistics")), is_true(member(queue, "isPaused"))};
    }
  }
  I2I_TRY(check_complete(queues));
  return queues;
}

Result<std::vector<Presence>> decode_presence(std::string_view body, std::size_t count) {
  I2I_ASSIGN(const Json json, parse(body, "which files it has", Json::value_t::object));
  const Json& results = member(json, "results");
  if (!results.is_array() || results.size() != count) return unexpected_body("which files it has");
  std::vector<Presence> presence(count);
  std::vector<bool> answered(count, false);
  for (const Json& result : results) {
    const std::string label = text_or(result, "id");
    std::size_t index = count;
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), index);
    const std::string action = text_or(result, "action");
    if (error != std::errc() || end != label.data() + label.size() || index >= count || answered[index] ||
        (action != "accept" && action != "reject")) {
      return unexpected_body("which files it has");
    }
    answered[index] = true;
    // A rejection without an id would be one for another reason than "is there already".
    if (action == "reject") presence[index] = {text_or(result, "assetId"), is_true(member(result, "isTrashed"))};
  }
  return presence;
}

Result<AssetInfo> decode_asset(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "an asset", Json::value_t::object));
  return asset_of(json);
}

Result<SearchPage> decode_search(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "a search", Json::value_t::object));
  const Json& assets = member(json, "assets");
  const Json& items = member(assets, "items");
  if (!items.is_array()) return unexpected_body("a search");
  SearchPage page;
  for (const Json& item : items) {
    I2I_ASSIGN(AssetInfo asset, asset_of(item));
    page.assets.push_back(std::move(asset));
  }
  page.next_page = text_or(assets, "nextPage");
  if (!items.empty()) page.last_taken = text_or(items.back(), "fileCreatedAt");
  return page;
}

Result<Album> decode_album(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "an album", Json::value_t::object));
  return album_of(json);
}

Result<std::vector<Album>> decode_albums(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "albums", Json::value_t::array));
  std::vector<Album> albums;
  for (const Json& item : json) {
    I2I_ASSIGN(Album album, album_of(item));
    albums.push_back(std::move(album));
  }
  return albums;
}

Result<Stack> decode_stack(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "a stack", Json::value_t::object));
  Stack stack{text_or(json, "id"), text_or(json, "primaryAssetId"), {}};
  const Json& assets = member(json, "assets");
  if (stack.id.empty() || !assets.is_array()) return unexpected_body("a stack");
  for (const Json& asset : assets) stack.asset_ids.push_back(text_or(asset, "id"));
  return stack;
}

Result<std::vector<MemberAnswer>> decode_member_answers(std::string_view body) {
  I2I_ASSIGN(const Json json, parse(body, "an album's members", Json::value_t::array));
  std::vector<MemberAnswer> answers;
  for (const Json& item : json) {
    answers.push_back({is_true(member(item, "success")), text_or(item, "error")});
  }
  return answers;
}

}  // namespace i2i::immich
