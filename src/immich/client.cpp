#include "i2i/immich/client.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <span>

#include "i2i/immich/versions.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/text.hpp"
#include "immich/client_decode.hpp"
#include "immich/client_encode.hpp"
#include "immich/in_batches.hpp"

namespace i2i::immich {
namespace {

using net::Method;
using util::Result;

/// docs/protocol/immich.md §4.2: each checksum is one SQL parameter.
constexpr std::size_t kPresenceBatch = 5'000;
/// Every asset has one of these, as far as a key can see; asking for each keeps versions alike (§9.3).
constexpr const char* kVisibilities[] = {"timeline", "archive", "hidden"};

}  // namespace

std::string api_base(std::string_view url) {
  url = util::trim(url);
  while (url.ends_with('/')) url.remove_suffix(1);
  return url.ends_with("/api") ? std::string(url) : std::string(url) + "/api";
}

std::string path_checksum(const std::string& container_path) {
  return util::hex_encode(util::sha1("path:" + container_path));
}

Client::Client(Parts parts) : parts_(std::move(parts)), base_(api_base(parts_.url)) {}

Result<Version> Client::version() {
  if (version_) return *version_;
  I2I_ASSIGN(const std::string body, call({.path = "/server/version"}));
  I2I_ASSIGN(version_, decode_version(body));
  return *version_;
}

Result<std::optional<KeyInfo>> Client::key_info() {
  I2I_ASSIGN(const net::Response response, exchange({.path = "/api-keys/me"}));
  // Below 1.139 "me" is taken for an id: refused or unknown in several ways (§3.3).
  if (response.status == 400 || response.status == 403 || response.status == 404) return std::optional<KeyInfo>();
  if (response.status != 200) return util::fail(error_of({.path = "/api-keys/me"}, response));
  I2I_ASSIGN(KeyInfo info, decode_key_info(response.body));
  return std::optional(std::move(info));
}

Result<User> Client::me() {
  I2I_ASSIGN(const std::string body, call({.path = "/users/me", .needs = "user.read"}));
  return decode_user(body);
}

Result<std::vector<std::string>> Client::media_extensions() {
  I2I_ASSIGN(const std::string body, call({.path = "/server/media-types"}));
  return decode_media_extensions(body);
}

Result<std::vector<Library>> Client::libraries() {
  I2I_ASSIGN(const std::string body, call({.path = "/libraries", .needs = "library.read"}));
  return decode_libraries(body);
}

Result<Library> Client::create_library(const NewLibrary& library) {
  I2I_ASSIGN(const std::string body, call({.method = Method::post,
                                           .path = "/libraries",
                                           .body = encode_new_library(library),
                                           .effect = Effect::once,
                                           .needs = "library.create"}));
  return decode_library(body);
}

Result<Library> Client::library(const std::string& id) {
  I2I_ASSIGN(const std::string body, call({.path = "/libraries/" + util::url_encode(id),
                                           .bad_request = BadRequest::not_found,
                                           .needs = "library.read"}));
  return decode_library(body);
}

Result<void> Client::set_import_paths(const std::string& id, const std::vector<std::string>& paths) {
  I2I_TRY(call({.method = Method::put,
                .path = "/libraries/" + util::url_encode(id),
                .body = encode_import_paths(paths),
                .effect = Effect::write,
                .needs = "library.update"}));
  return {};
}

Result<PathCheck> Client::validate_path(const std::string& path) {
  // The id is not looked up: any will do (§6).
  I2I_ASSIGN(const std::string body, call({.method = Method::post,
                                           .path = "/libraries/" + util::random_uuid() + "/validate",
                                           .body = encode_import_paths({path}),
                                           .needs = "all"}));
  return decode_path_check(body);
}

Result<void> Client::scan(const std::string& library_id) {
  I2I_TRY(call({.method = Method::post,
                .path = "/libraries/" + util::url_encode(library_id) + "/scan",
                .effect = Effect::once,
                .bad_request = BadRequest::not_found,
                .needs = "library.update"}));
  return {};
}

Result<LibraryStatistics> Client::statistics(const std::string& library_id) {
  I2I_ASSIGN(const std::string body, call({.path = "/libraries/" + util::url_encode(library_id) + "/statistics",
                                           .bad_request = BadRequest::not_found,
                                           .needs = "library.statistics"}));
  return decode_statistics(body);
}

Result<std::map<std::string, QueueState>> Client::queues() {
  I2I_ASSIGN(const net::Response response, exchange({.path = "/jobs"}));
  if (response.status == 200) return decode_jobs(response.body);
  if (response.status != 404) return util::fail(error_of({.path = "/jobs", .needs = "job.read"}, response));
  I2I_ASSIGN(const std::string body, call({.path = "/queues", .needs = "queue.read"}));
  return decode_queues(body);
}

Result<std::vector<Presence>> Client::known_checksums(const std::vector<std::string>& checksums_hex) {
  std::vector<Presence> found;
  found.reserve(checksums_hex.size());
  I2I_TRY(in_batches(checksums_hex, kPresenceBatch, [&](std::span<const std::string> checksums) -> Result<void> {
    I2I_ASSIGN(const std::string body, call({.method = Method::post,
                                             .path = "/assets/bulk-upload-check",
                                             .body = encode_presence(checksums),
                                             .needs = "asset.upload"}));
    I2I_ASSIGN(std::vector<Presence> answers, decode_presence(body, checksums.size()));
    std::move(answers.begin(), answers.end(), std::back_inserter(found));
    return {};
  }));
  return found;
}

Result<std::vector<Presence>> Client::presence(const std::vector<std::string>& container_paths) {
  std::vector<std::string> checksums;
  checksums.reserve(container_paths.size());
  for (const std::string& path : container_paths) checksums.push_back(path_checksum(path));
  return known_checksums(checksums);
}

Result<std::vector<Presence>> Client::uploads(const std::vector<std::string>& sha1s_hex) {
  return known_checksums(sha1s_hex);
}

Result<std::optional<AssetInfo>> Client::search_path(const std::string& container_path) {
  for (const char* visibility : kVisibilities) {
    const SearchQuery query{.checksum = path_checksum(container_path), .visibility = visibility, .with_deleted = true};
    I2I_ASSIGN(
        const std::string body,
        call(
            {.method = Method::post, .path = "/search/metadata", .body = encode_search(query), .needs = "asset.read"}));
    I2I_ASSIGN(SearchPage page, decode_search(body));
    for (AssetInfo& asset : page.assets) {
      if (asset.path == container_path) return std::optional(std::move(asset));
    }
  }
  return std::optional<AssetInfo>();
}

Result<std::vector<Presence>> Client::presence_by_search(const std::vector<std::string>& container_paths) {
  std::vector<Presence> found;
  found.reserve(container_paths.size());
  for (const std::string& path : container_paths) {
    I2I_ASSIGN(const auto asset, search_path(path));
    found.push_back(asset ? Presence{asset->id, asset->trashed} : Presence{});
  }
  return found;
}

Result<AssetInfo> Client::asset(const std::string& id) {
  I2I_ASSIGN(
      const std::string body,
      call({.path = "/assets/" + util::url_encode(id), .bad_request = BadRequest::not_found, .needs = "asset.read"}));
  return decode_asset(body);
}

Result<void> Client::search_all(SearchQuery query, const std::function<Result<void>(const AssetInfo&)>& visit) {
  query.oldest_first = true;
  for (const char* visibility : kVisibilities) {
    query.visibility = visibility;
    query.page = 1;
    query.taken_from.clear();
    while (true) {
      I2I_ASSIGN(const std::string body, call({.method = Method::post,
                                               .path = "/search/metadata",
                                               .body = encode_search(query),
                                               .bad_request = BadRequest::not_found,
                                               .needs = "asset.read"}));
      I2I_ASSIGN(const SearchPage page, decode_search(body));
      for (const AssetInfo& asset : page.assets) I2I_TRY(visit(asset));
      if (page.next_page.empty() || page.assets.empty()) break;
      // Where a whole page has one time, only its number leads on.
      const bool moves_on = page.last_taken > query.taken_from;
      query.page = moves_on ? 1 : query.page + 1;
      if (moves_on) query.taken_from = page.last_taken;
    }
  }
  return {};
}

Result<void> Client::for_each_asset(const std::string& library_id,
                                    const std::function<Result<void>(const AssetInfo&)>& visit) {
  return search_all({.library_id = library_id, .with_exif = true, .with_deleted = true}, visit);
}

Result<void> Client::for_each_offline(const std::string& library_id,
                                      const std::function<Result<void>(const AssetInfo&)>& visit) {
  return search_all({.library_id = library_id, .offline = true}, visit);
}

// Single calls, not the bulk one: that makes Immich extract every asset's metadata anew (§11.1).
Result<void> Client::set_favorite(const std::string& id, bool favorite) {
  I2I_TRY(call({.method = Method::put,
                .path = "/assets/" + util::url_encode(id),
                .body = encode_favorite(favorite),
                .effect = Effect::write,
                .bad_request = BadRequest::not_found,
                .needs = "asset.update"}));
  return {};
}

Result<void> Client::set_visibility(const std::string& id, const std::string& visibility) {
  I2I_TRY(call({.method = Method::put,
                .path = "/assets/" + util::url_encode(id),
                .body = encode_visibility(visibility),
                .effect = Effect::write,
                .bad_request = BadRequest::not_found,
                .needs = "asset.update"}));
  return {};
}

Result<void> Client::set_live_video(const std::string& photo_id, const std::string& video_id) {
  I2I_TRY(call({.method = Method::put,
                .path = "/assets/" + util::url_encode(photo_id),
                .body = encode_live_video(video_id),
                .effect = Effect::write,
                .needs = "asset.update"}));
  return {};
}

}  // namespace i2i::immich
