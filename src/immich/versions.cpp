#include "i2i/immich/versions.hpp"

#include <fmt/core.h>

#include <tuple>

namespace i2i::immich {

std::optional<std::string> refusal(const Version& version) {
  if (version >= kOldestSupported) return std::nullopt;
  return fmt::format("Immich {} is too old: {} or newer is needed", to_string(version), to_string(kOldestSupported));
}

std::optional<std::string> warning(const Version& version) {
  // A new patch release of a tested minor version is no news.
  if (std::tie(version.major, version.minor) <= std::tie(kNewestTested.major, kNewestTested.minor)) return std::nullopt;
  return fmt::format("Immich {} is newer than the newest version this was tested with ({})", to_string(version),
                     to_string(kNewestTested));
}

bool has_key_info(const Version& version) { return version >= Version{1, 139, 0}; }

std::string own_albums_query(const Version& version) { return version.major >= 3 ? "?isOwned=true" : ""; }

bool takes_out_of_stacks(const Version& version) { return version >= Version{1, 136, 0}; }

std::string to_string(const Version& version) {
  return fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
}

}  // namespace i2i::immich
