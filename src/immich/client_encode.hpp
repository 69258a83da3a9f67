#pragma once
// Bodies for Immich's API.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "i2i/immich/client.hpp"

namespace i2i::immich {

std::string encode_new_library(const Client::NewLibrary& library);
/// {"importPaths":[…]}: for validation and update alike.
std::string encode_import_paths(const std::vector<std::string>& paths);
/// bulk-upload-check of path checksums; the id of each is its index.
std::string encode_presence(std::span<const std::string> checksums);
std::string encode_favorite(bool favorite);
std::string encode_visibility(const std::string& visibility);
/// "" unlinks.
std::string encode_live_video(const std::string& video_id);
std::string encode_new_album(const std::string& name, const std::string& description,
                             std::span<const std::string> asset_ids);
std::string encode_album_name(const std::string& name);
std::string encode_new_stack(std::span<const std::string> asset_ids);
std::string encode_stack_primary(const std::string& asset_id);
std::string encode_ids(std::span<const std::string> ids);

/// POST /search/metadata; members left empty are not sent.
struct SearchQuery {
  std::string checksum = {};
  std::string library_id = {};
  std::string album_id = {};
  std::string visibility = {};
  bool with_exif = false;
  bool with_deleted = false;
  bool offline = false;           // only those
  std::string updated_from = {};  // inclusive
  std::string taken_from = {};    // as the server wrote it; inclusive
  bool oldest_first = false;
  int page = 1;
};
std::string encode_search(const SearchQuery& query);

}  // namespace i2i::immich
