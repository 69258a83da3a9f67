#include "immich/client_encode.hpp"

#include "i2i/util/json.hpp"

namespace i2i::immich {
namespace {

using util::dump_json;
using util::Json;

Json list(std::span<const std::string> texts) {
  Json array = Json::array();
  for (const std::string& text : texts) array.push_back(text);
  return array;
}

}  // namespace

std::string encode_new_library(const Client::NewLibrary& library) {
  return dump_json({{"ownerId", library.owner_id},
                    {"name", library.name},
                    {"importPaths", Json::array({library.import_path})},
                    {"exclusionPatterns", list(library.exclusion_patterns)}});
}

std::string encode_import_paths(const std::vector<std::string>& paths) {
  return dump_json({{"importPaths", list(paths)}});
}

std::string encode_presence(std::span<const std::string> checksums) {
  Json assets = Json::array();
  for (std::size_t i = 0; i < checksums.size(); ++i) {
    assets.push_back({{"id", std::to_string(i)}, {"checksum", checksums[i]}});
  }
  return dump_json({{"assets", std::move(assets)}});
}

std::string encode_favorite(bool favorite) { return dump_json({{"isFavorite", favorite}}); }

std::string encode_visibility(const std::string& visibility) { return dump_json({{"visibility", visibility}}); }

std::string encode_live_video(const std::string& video_id) {
  return dump_json({{"livePhotoVideoId", video_id.empty() ? Json() : Json(video_id)}});
}

std::string encode_new_album(const std::string& name, const std::string& description,
                             std::span<const std::string> asset_ids) {
  return dump_json({{"albumName", name}, {"description", description}, {"assetIds", list(asset_ids)}});
}

std::string encode_album_name(const std::string& name) { return dump_json({{"albumName", name}}); }

std::string encode_new_stack(std::span<const std::string> asset_ids) {
  return dump_json({{"assetIds", list(asset_ids)}});
}

std::string encode_stack_primary(const std::string& asset_id) { return dump_json({{"primaryAssetId", asset_id}}); }

std::string encode_ids(std::span<const std::string> ids) { return dump_json({{"ids", list(ids)}}); }

std::string encode_search(const SearchQuery& query) {
  Json json = {{"size", 1000}, {"page", query.page}};
  if (!query.checksum.empty()) json["checksum"] = query.checksum;
  if (!query.library_id.empty()) json["libraryId"] = query.library_id;
  if (!query.album_id.empty()) json["albumIds"] = Json::array({query.album_id});
  if (!query.visibility.empty()) json["visibility"] = query.visibility;
  if (query.with_exif) json["withExif"] = true;
  if (query.with_deleted) json["withDeleted"] = true;
  if (query.offline) json["isOffline"] = true;
  if (!query.updated_from.empty()) json["updatedAfter"] = query.updated_from;
  if (!query.taken_from.empty()) json["takenAfter"] = query.taken_from;
  if (query.oldest_first) json["order"] = "asc";
  return dump_json(json);
}

}  // namespace i2i::immich
