#pragma once
// Which extensions become assets, by version (docs/protocol/immich.md §7.4).

#include <string>
#include <string_view>
#include <vector>

#include "emulator/immich/config.hpp"

namespace emulator::immich {

std::vector<std::string> image_extensions(const Version& version);
std::vector<std::string> video_extensions(const Version& version);

enum class MediaKind { none, image, video };
/// By the extension of a file name, case-insensitive.
MediaKind media_kind(std::string_view file_name, const Version& version);
std::string mime_type(std::string_view file_name);

}  // namespace emulator::immich
