#include "app/volume/volume_marker_decode.hpp"

#include <algorithm>

#include "i2i/util/json.hpp"

namespace i2i::app {
namespace {

/// The id becomes part of a folder's name.
bool is_id(const std::string& text) {
  constexpr std::size_t kAtMost = 64;
  return !text.empty() && text.size() <= kAtMost && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

}  // namespace

std::string encode_marker(const VolumeMarker& marker) {
  return util::dump_json({{"made_by", "icloud2immich"},
                          {"schema", 1},
                          {"volume_id", marker.volume_id},
                          {"account", marker.account},
                          {"note", "Keep this file: it tells icloud2immich that the right volume is mounted."}}) +
         "\n";
}

util::Result<VolumeMarker> decode_marker(const std::string& text) {
  const auto json = util::parse_json(text, "the volume's marker");
  VolumeMarker marker;
  if (json) marker = {util::text_or(*json, "volume_id"), util::text_or(*json, "account")};
  if (!is_id(marker.volume_id)) {
    return util::fail(
        util::ErrorCode::volume_foreign,
        "the volume's marker .icloud2immich/volume.json is damaged, so nobody can tell whose volume it is",
        "Mount the right volume, or put that file back from a backup.");
  }
  return marker;
}

}  // namespace i2i::app
