#include "emulator/immich/media_types.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>

namespace emulator::immich {
namespace {

std::vector<std::string> words(const char* text) {
  std::istringstream stream(text);
  std::vector<std::string> result;
  for (std::string word; stream >> word;) result.push_back(word);
  return result;
}

std::string extension(std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  std::string result(file_name.substr(dot));
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

std::vector<std::string> image_extensions(const Version& version) {
  auto result = words(
      ".3fr .ari .arw .cap .cin .cr2 .cr3 .crw .dcr .dng .erf .fff .iiq .k25 .kdc .mrw .nef .nrw .orf .ori .pef .psd "
      ".raf .raw .rw2 .rwl .sr2 .srf .srw .x3f .avif .bmp .gif .heic .heif .hif .insp .jp2 .jpe .jpeg .jpg .jxl .png "
      ".svg .tif .tiff .webp");
  if (version.at_least(3)) result.emplace_back(".mpo");
  return result;
}

std::vector<std::string> video_extensions(const Version& version) {
  auto result = words(".3gp .3gpp .avi .flv .insv .m2t .m2ts .m4v .mkv .mov .mp4 .mpe .mpeg .mpg .mts .vob .webm .wmv");
  if (version.at_least(2, 6)) {
    result.emplace_back(".mxf");
    result.emplace_back(".ts");
  }
  return result;
}

MediaKind media_kind(std::string_view file_name, const Version& version) {
  const std::string ext = extension(file_name);
  if (ext.empty()) return MediaKind::none;
  const auto has = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), ext) != list.end();
  };
  if (has(video_extensions(version))) return MediaKind::video;
  return has(image_extensions(version)) ? MediaKind::image : MediaKind::none;
}

std::string mime_type(std::string_view file_name) {
  static const std::map<std::string, std::string> kKnown{
      {".jpg", "image/jpeg"},  {".jpeg", "image/jpeg"},      {".jpe", "image/jpeg"},  {".heic", "image/heic"},
      {".heif", "image/heif"}, {".hif", "image/hif"},        {".png", "image/png"},   {".gif", "image/gif"},
      {".webp", "image/webp"}, {".tif", "image/tiff"},       {".tiff", "image/tiff"}, {".dng", "image/dng"},
      {".avif", "image/avif"}, {".mov", "video/quicktime"},  {".mp4", "video/mp4"},   {".m4v", "video/x-m4v"},
      {".avi", "video/avi"},   {".mkv", "video/x-matroska"}, {".webm", "video/webm"}, {".svg", "image/svg"},
      {".bmp", "image/bmp"},   {".jxl", "image/jxl"},        {".jp2", "image/jp2"},   {".3gp", "video/3gpp"}};
  const std::string ext = extension(file_name);
  const auto it = kKnown.find(ext);
  if (it != kKnown.end()) return it->second;
  return ext.empty() ? "application/octet-stream" : "image/x-" + ext.substr(1);
}

}  // namespace emulator::immich
