#pragma once
#include <optional>
#include <string>

#include "i2i/util/time.hpp"

namespace i2i::icloud {

/// The value of X-Apple-HC: "1:<bits>:<UTC yyyyMMddHHmmss>:<challenge>::<counter>" with the smallest counter that gives
/// the wanted number of leading zero bits in SHA-1. nullopt where bits is outside 0..24: not worth the time. Source:
/// docs/protocol/icloud.md §2.5.
std::optional<std::string> hashcash_stamp(int bits, const std::string& challenge, util::UnixMillis now);

}  // namespace i2i::icloud
