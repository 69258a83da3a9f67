#pragma once
// A light look into media files: just the properties that the server acts on (docs/protocol/immich.md §12.3, §13).

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace emulator::immich {

/// Tag name as the real tag reader gives it, to its values.
using Tags = std::map<std::string, std::vector<std::string>>;

/// Tags of a JPEG, HEIC, PNG, TIFF or DNG from its EXIF block, its Apple maker note and its embedded XMP.
Tags read_image_tags(std::string_view bytes);
/// Tags of the moov box of a MOV or MP4: keys, creation time, duration, size of the picture.
Tags read_movie_tags(std::string_view moov);
/// Chooses by what the file holds; a file that cannot be understood has no tags.
Tags read_media_tags(const std::filesystem::path& file);

}  // namespace emulator::immich
