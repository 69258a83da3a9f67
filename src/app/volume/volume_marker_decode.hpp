#pragma once
#include <optional>
#include <string>

#include "i2i/util/result.hpp"

namespace i2i::app {

/// What volume.json says. account: SHA-256 of the account number, hex; the number itself stays private.
struct VolumeMarker {
  std::string volume_id;
  std::string account;
};

std::string encode_marker(const VolumeMarker& marker);
/// volume_foreign where the text cannot be read or its id is no plain word.
util::Result<VolumeMarker> decode_marker(const std::string& text);

}  // namespace i2i::app
