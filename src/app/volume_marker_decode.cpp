#include "app/volume_marker_decode.hpp"

#include "i2i/util/json.hpp"

namespace i2i::app {

std::string encode_marker(const VolumeMarker& marker) {
  return util::dump_json({{"made_by", "icloud2immich"},
                          {"schema", 1},
                          {"volume_id", marker.volume_id},
                          {"account", marker.account},
                          {"note", "Keep this file: it tells icloud2immich that the right volume is mounted."}}) +
         "\n";
}

util::Result<VolumeMarker> decode_marker(const std::string& text) {
  I2I_ASSIGN(const auto json, util::parse_json(text, "the volume's marker"));
  VolumeMarker marker{util::text_or(json, "volume_id"), util::text_or(json, "account")};
  if (marker.volume_id.empty()) {
    return util::fail(util::ErrorCode::volume_foreign, "the volume's marker has no volume_id");
  }
  return marker;
}

}  // namespace i2i::app
