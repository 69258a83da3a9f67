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
/// The query of GET /albums that lists the key owner's albums and no others (§14): "" or "?isOwned=true".
std::string own_albums_query(const Version& version);
/// DELETE /stacks/{id}/assets/{assetId} exists (§15).
bool takes_out_of_stacks(const Version& version);
/// "3.1.0".
std::string to_string(const Version& version);

}  // namespace i2i::immich
