#pragma once
// Answers of Immich's API as values, of all versions (docs/protocol/immich.md §4.1, §5-10, §14, §15). bad_answer where
// a body is not what the protocol says.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "i2i/immich/client.hpp"

namespace i2i::immich {

/// The server's own words of an error body: message (text or list), errors[] with their paths. "" where there are none.
std::string decode_error_text(std::string_view body);

util::Result<Version> decode_version(std::string_view body);
util::Result<KeyInfo> decode_key_info(std::string_view body);
util::Result<User> decode_user(std::string_view body);
util::Result<std::vector<std::string>> decode_media_extensions(std::string_view body);
util::Result<Library> decode_library(std::string_view body);
util::Result<std::vector<Library>> decode_libraries(std::string_view body);
util::Result<LibraryStatistics> decode_statistics(std::string_view body);
util::Result<PathCheck> decode_path_check(std::string_view body);
/// GET /jobs: an object; GET /queues: an array. Queues other than library, sidecar, metadataExtraction are left out;
/// bad_answer where one of them is missing.
util::Result<std::map<std::string, QueueState>> decode_jobs(std::string_view body);
util::Result<std::map<std::string, QueueState>> decode_queues(std::string_view body);
/// Exactly count answers, put at the index their id names.
util::Result<std::vector<Presence>> decode_presence(std::string_view body, std::size_t count);
util::Result<AssetInfo> decode_asset(std::string_view body);

struct SearchPage {
  std::vector<AssetInfo> assets;
  std::string next_page;   // "" at the end
  std::string last_taken;  // when the last one was taken, as the server wrote it
};
util::Result<SearchPage> decode_search(std::string_view body);

util::Result<Album> decode_album(std::string_view body);
util::Result<std::vector<Album>> decode_albums(std::string_view body);

util::Result<Stack> decode_stack(std::string_view body);

struct MemberAnswer {
  bool success = false;
  std::string error;
};
util::Result<std::vector<MemberAnswer>> decode_member_answers(std::string_view body);

}  // namespace i2i::immich
