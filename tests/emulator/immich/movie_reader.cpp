#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <regex>

#include "emulator/immich/codec.hpp"
#include "emulator/immich/media_reader.hpp"

namespace emulator::immich {
namespace {

constexpr std::uint64_t kWholeFile = 16U << 20U;
constexpr std::uint64_t kLargestMoov = 64U << 20U;
constexpr std::int64_t kSecondsFrom1904 = 2'082'844'800;

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  if (at > bytes.size() || size > bytes.size() - at) return 0;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = (value << 8U) | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// Calls back with type and content of each box; stops at the first that does not fit.
template <typename Visit>
void each_box(std::string_view bytes, const Visit& visit) {
  for (std::size_t at = 0; at + 8 <= bytes.size();) {
    std::uint64_t size = number(bytes, at, 4);
    std::size_t header = 8;
    if (size == 1) {
      size = number(bytes, at + 8, 8);
      header = 16;
    }
    if (size == 0) size = bytes.size() - at;
    if (size < header || size > bytes.size() - at) return;
    visit(std::string(bytes.substr(at + 4, 4)), bytes.substr(at + header, static_cast<std::size_t>(size) - header));
    at += static_cast<std::size_t>(size);
  }
}

void set_key(Tags& tags, const std::string& key, const std::string& value) {
  static const std::map<std::string, std::string> kNames{
      {"com.apple.quicktime.content.identifier", "ContentIdentifier"},
      {"com.apple.quicktime.creationdate", "CreationDate"},
      {"com.apple.quicktime.make", "Make"},
      {"com.apple.quicktime.model", "Model"},
      {"com.apple.quicktime.description", "Description"}};
  if (const auto it = kNames.find(key); it != kNames.end()) tags[it->second] = {value};
  if (key == "com.apple.quicktime.location.ISO6709") {
    static const std::regex kPosition("^([+-][0-9.]+)([+-][0-9.]+).*");
    std::smatch match;
    if (std::regex_match(value, match, kPosition)) {
      tags["GPSLatitude"] = {match[1]};
      tags["GPSLongitude"] = {match[2]};
    }
  }
}

void read_meta(std::string_view meta, Tags& tags) {
  // As in MP4 the box begins with version and flags, as in QuickTime it does not.
  if (number(meta, 4, 4) != 0x68646C72 && number(meta, 8, 4) == 0x68646C72) meta.remove_prefix(4);
  std::vector<std::string> keys;
  each_box(meta, [&](const std::string& type, std::string_view content) {
    if (type == "keys" && content.size() >= 8)
      each_box(content.substr(8), [&](const std::string&, std::string_view key) { keys.emplace_back(key); });
  });
  each_box(meta, [&](const std::string& type, std::string_view content) {
    if (type != "ilst") return;
    each_box(content, [&](const std::string& index_bytes, std::string_view item) {
      const std::uint64_t index = number(index_bytes, 0, 4);
      if (index == 0 || index > keys.size()) return;
      each_box(item, [&](const std::string& inner, std::string_view data) {
        if (inner == "data" && data.size() >= 8) set_key(tags, keys[index - 1], std::string(data.substr(8)));
      });
    });
  });
}

void read_header(std::string_view mvhd, Tags& tags) {
  const bool wide = number(mvhd, 0, 1) == 1;
  const std::size_t word = wide ? 8 : 4;
  const auto created = static_cast<std::int64_t>(number(mvhd, 4, word));
  const std::uint64_t scale = number(mvhd, 4 + 2 * word, 4);
  const std::uint64_t duration = number(mvhd, 8 + 2 * word, word);
  if (created > kSecondsFrom1904) {
    std::string date = iso_z((created - kSecondsFrom1904) * 1000);
    tags["CreateDate"] = {date.substr(0, 19)};
  }
  if (scale != 0) tags["Duration"] = {std::to_string(duration * 1000 / scale)};
}

void read_boxes(std::string_view boxes, Tags& tags) {
  each_box(boxes, [&](const std::string& type, std::string_view content) {
    if (type == "mvhd") read_header(content, tags);
    if (type == "trak" || type == "udta") read_boxes(content, tags);
    if (type == "meta") read_meta(content, tags);
    if (type == "tkhd" && content.size() >= 8) {
      const std::uint64_t width = number(content, content.size() - 8, 4) >> 16U;
      const std::uint64_t height = number(content, content.size() - 4, 4) >> 16U;
      if (width != 0 && height != 0) {
        tags["ImageWidth"] = {std::to_string(width)};
        tags["ImageHeight"] = {std::to_string(height)};
      }
    }
  });
}

std::string read_range(std::ifstream& in, std::uint64_t offset, std::uint64_t size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  in.clear();
  in.seekg(static_cast<std::streamoff>(offset));
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

/// The content of the moov box, wherever it lies; empty where the file has none.
std::string find_moov(std::ifstream& in, std::uint64_t size) {
  for (std::uint64_t at = 0; at + 8 <= size;) {
    const std::string head = read_range(in, at, 16);
    if (head.size() < 8) return {};
    std::uint64_t box = number(head, 0, 4);
    std::uint64_t header = 8;
    if (box == 1) {
      box = number(head, 8, 8);
      header = 16;
    }
    if (box == 0) box = size - at;
    if (box < header || box > size - at) return {};
    if (head.substr(4, 4) == "moov")
      return box > kLargestMoov ? std::string{} : read_range(in, at + header, box - header);
    at += box;
  }
  return {};
}

}  // namespace

Tags read_movie_tags(std::string_view moov) {
  Tags tags;
  read_boxes(moov, tags);
  return tags;
}

Tags read_media_tags(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(file, error);
  if (!in || error || size == 0) return {};
  if (const std::string moov = find_moov(in, size); !moov.empty()) return read_movie_tags(moov);
  return read_image_tags(read_range(in, 0, std::min(size, kWholeFile)));
}

}  // namespace emulator::immich
