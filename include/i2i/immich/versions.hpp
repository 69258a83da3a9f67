#pragma once
// Every difference between Immich versions that matters here, in one place. Source: docs/protocol/immich.md §2, §20.
#include <optional>
#include <string>

#include "i2i/immich/client.hpp"

namespace i2i::immich {

inline constexpr Version kOldestSupported{1, 135, 0};
inline constexpr Version kNewestTested{3, 1, 0};

/// A sentence why this version cannot be used; nullopt where it can.
std::optional<std::string> refusal(const Version& version);
/// A warning for versions newer than tested; nullopt else.
std::optional<std::string> warning(const Version& version);
/// GET /api-keys/me exists.
bool has_key_info(const Version& version);

}  // namespace i2i::immich
