#include <fmt/format.h>

#include <cctype>
#include <cstdint>
#include <optional>

#include "emulator/immich/media_reader.hpp"
#include "emulator/immich/xmp.hpp"

namespace emulator::immich {
namespace {

/// A TIFF structure; every read outside it gives zero or nothing.
class Tiff {
 public:
  Tiff(std::string_view bytes, bool big_endian) : bytes_(bytes), big_(big_endian) {}

  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const auto byte = static_cast<unsigned char>(bytes_[big_ ? at + i : at + size - 1 - i]);
      value = (value << 8U) | byte;
    }
    return value;
  }

  struct Entry {
    std::uint32_t type = 0, count = 0;
    std::size_t at = 0;  // of the value
  };
  using Directory = std::map<std::uint32_t, Entry>;

  [[nodiscard]] Directory directory(std::size_t at) const {
    static constexpr std::uint32_t kSizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
    Directory result;
    const std::uint32_t count = number(at, 2);
    if (at == 0 || count > 1000) return result;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::size_t entry_at = at + 2 + 12U * i;
      Entry entry{number(entry_at + 2, 2), number(entry_at + 4, 4), entry_at + 8};
      if (entry.type == 0 || entry.type > 12) continue;
      if (std::uint64_t{kSizes[entry.type]} * entry.count > 4) entry.at = number(entry_at + 8, 4);
      result.emplace(number(entry_at, 2), entry);
    }
    return result;
  }

  [[nodiscard]] std::string text(const Entry& entry) const {
    if (entry.at > bytes_.size() || entry.count > bytes_.size() - entry.at) return {};
    std::string value(bytes_.substr(entry.at, entry.count));
    if (const std::size_t end = value.find('\0'); end != std::string::npos) value.resize(end);
    while (!value.empty() && value.back() == ' ') value.pop_back();
    return value;
  }
  [[nodiscard]] std::uint32_t integer(const Entry& entry) const {
    return number(entry.at, entry.type == 3 ? 2 : entry.type == 1 ? 1 : 4);
  }
  [[nodiscard]] std::optional<double> rational(const Entry& entry, std::size_t index = 0) const {
    const double numerator = number(entry.at + 8 * index, 4);
    const double denominator = number(entry.at + 8 * index + 4, 4);
    if (denominator == 0) return std::nullopt;
    return numerator / denominator;
  }
  [[nodiscard]] std::string_view raw(const Entry& entry) const {
    if (entry.at > bytes_.size() || entry.count > bytes_.size() - entry.at) return {};
    return bytes_.substr(entry.at, entry.count);
  }

 private:
  std::string_view bytes_;
  bool big_;
};

std::optional<Tiff> tiff_at(std::string_view bytes) {
  if (bytes.starts_with(std::string_view("II*\0", 4))) return Tiff(bytes, false);
  if (bytes.starts_with(std::string_view("MM\0*", 4))) return Tiff(bytes, true);
  return std::nullopt;
}

std::optional<Tiff> find_tiff(std::string_view bytes) {
  if (auto whole = tiff_at(bytes)) return whole;
  for (const std::string_view marker : {std::string_view("Exif\0\0", 6), std::string_view("eXIf")})
    for (std::size_t at = bytes.find(marker); at != std::string_view::npos; at = bytes.find(marker, at + 1))
      if (auto found = tiff_at(bytes.substr(at + marker.size()))) return found;
  // A HEIC item holds an offset and then the structure itself, without a name before it.
  if (bytes.size() > 12 && bytes.substr(4, 4) == "ftyp")
    for (const std::string_view start :
         {std::string_view("MM\0*\0\0\0\x08", 8), std::string_view("II*\0\x08\0\0\0", 8)})
      if (const std::size_t at = bytes.find(start); at != std::string_view::npos) return tiff_at(bytes.substr(at));
  return std::nullopt;
}

bool is_uuid_text(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < 36; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

/// Apple's maker note: "Apple iOS", a version, the byte order, then a directory with offsets from its own start.
std::string apple_content_identifier(std::string_view note) {
  if (!note.starts_with("Apple iOS") || note.size() < 16) return {};
  const Tiff tiff(note, note.substr(12, 2) != "II");
  const auto directory = tiff.directory(14);
  if (const auto it = directory.find(0x0011); it != directory.end() && it->second.type == 2)
    if (std::string id = tiff.text(it->second); !id.empty()) return id;
  for (std::size_t i = 14; i + 36 <= note.size(); ++i)
    if (is_uuid_text(note.substr(i, 36))) return std::string(note.substr(i, 36));
  return {};
}

void set(Tags& tags, const char* name, const std::string& value) {
  if (!value.empty()) tags[name] = {value};
}

/// Date with the fraction and the offset, where the file has them, under the composite's name.
void set_date(Tags& tags, const std::string& name, const Tiff& tiff, const Tiff::Directory& exif,
              std::uint32_t date_tag, std::uint32_t fraction_tag, std::uint32_t offset_tag) {
  const auto text = [&](std::uint32_t tag) {
    const auto it = exif.find(tag);
    return it == exif.end() ? std::string{} : tiff.text(it->second);
  };
  const std::string date = text(date_tag);
  if (date.empty()) return;
  const std::string fraction = text(fraction_tag);
  const std::string offset = text(offset_tag);
  tags[name] = {date};
  if (!fraction.empty() || !offset.empty())
    tags["SubSec" + name] = {date + (fraction.empty() ? "" : "." + fraction) + offset};
}

void set_position(Tags& tags, const char* name, const Tiff& tiff, const Tiff::Directory& gps, std::uint32_t tag) {
  const auto value = gps.find(tag);
  const auto half = gps.find(tag - 1);
  if (value == gps.end() || half == gps.end() || value->second.count != 3) return;
  const auto degrees = tiff.rational(value->second, 0);
  if (!degrees) return;
  double position =
      *degrees + tiff.rational(value->second, 1).value_or(0) / 60 + tiff.rational(value->second, 2).value_or(0) / 3600;
  const std::string side = tiff.text(half->second);
  if (side == "S" || side == "W") position = -position;
  tags[name] = {fmt::format("{:.8f}", position)};
}

void read_exif(const Tiff& tiff, Tags& tags) {
  const auto main = tiff.directory(tiff.number(4, 4));
  const auto sub = [&](std::uint32_t tag) {
    const auto it = main.find(tag);
    return it == main.end() ? Tiff::Directory{} : tiff.directory(tiff.integer(it->second));
  };
  const auto exif = sub(0x8769);
  const auto gps = sub(0x8825);
  const auto text = [&](const Tiff::Directory& from, std::uint32_t tag, const char* name) {
    if (const auto it = from.find(tag); it != from.end()) set(tags, name, tiff.text(it->second));
  };
  const auto integer = [&](const Tiff::Directory& from, std::uint32_t tag, const char* name) {
    if (const auto it = from.find(tag); it != from.end()) set(tags, name, std::to_string(tiff.integer(it->second)));
  };
  const auto rational = [&](std::uint32_t tag, const char* name) {
    if (const auto it = exif.find(tag); it != exif.end())
      if (const auto value = tiff.rational(it->second)) set(tags, name, fmt::format("{:g}", *value));
  };
  text(main, 0x010E, "ImageDescription");
  text(main, 0x010F, "Make");
  text(main, 0x0110, "Model");
  text(main, 0x0132, "ModifyDate");
  text(exif, 0xA434, "LensModel");
  integer(main, 0x0112, "Orientation");
  integer(main, 0x0100, "ImageWidth");
  integer(main, 0x0101, "ImageHeight");
  integer(exif, 0xA002, "ExifImageWidth");
  integer(exif, 0xA003, "ExifImageHeight");
  integer(exif, 0x8827, "ISO");
  rational(0x829D, "FNumber");
  rational(0x920A, "FocalLength");
  if (const auto it = exif.find(0x829A); it != exif.end()) {
    const auto numerator = tiff.number(it->second.at, 4);
    const auto denominator = tiff.number(it->second.at + 4, 4);
    if (numerator != 0 && denominator != 0)
      set(tags, "ExposureTime",
          denominator > numerator ? fmt::format("1/{}", denominator / numerator)
                                  : std::to_string(numerator / denominator));
  }
  set_date(tags, "DateTimeOriginal", tiff, exif, 0x9003, 0x9291, 0x9011);
  set_date(tags, "CreateDate", tiff, exif, 0x9004, 0x9292, 0x9012);
  set_position(tags, "GPSLatitude", tiff, gps, 2);
  set_position(tags, "GPSLongitude", tiff, gps, 4);
  if (const auto it = exif.find(0x927C); it != exif.end())
    set(tags, "ContentIdentifier", apple_content_identifier(tiff.raw(it->second)));
}

std::uint32_t big(std::string_view bytes, std::size_t at, std::size_t size) {
  return Tiff(bytes, true).number(at, size);
}

void read_jpeg_size(std::string_view bytes, Tags& tags) {
  for (std::size_t at = 2; at + 9 < bytes.size() && static_cast<unsigned char>(bytes[at]) == 0xFF;) {
    const auto marker = static_cast<unsigned char>(bytes[at + 1]);
    if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
      tags["ImageHeight"] = {std::to_string(big(bytes, at + 5, 2))};
      tags["ImageWidth"] = {std::to_string(big(bytes, at + 7, 2))};
      return;
    }
    if (marker == 0xDA) return;
    at += 2 + big(bytes, at + 2, 2);
  }
}

}  // namespace

Tags read_image_tags(std::string_view bytes) {
  Tags tags;
  if (const auto tiff = find_tiff(bytes)) read_exif(*tiff, tags);
  if (bytes.starts_with("\xFF\xD8")) read_jpeg_size(bytes, tags);
  if (bytes.starts_with("\x89PNG") && bytes.size() > 24) {
    tags["ImageWidth"] = {std::to_string(big(bytes, 16, 4))};
    tags["ImageHeight"] = {std::to_string(big(bytes, 20, 4))};
  }
  if (const std::size_t ispe = bytes.find("ispe");
      bytes.size() > 12 && bytes.substr(4, 4) == "ftyp" && ispe != std::string_view::npos) {
    tags["ImageWidth"] = {std::to_string(big(bytes, ispe + 8, 4))};
    tags["ImageHeight"] = {std::to_string(big(bytes, ispe + 12, 4))};
  }
  const std::size_t xmp = bytes.find("<x:xmpmeta");
  const std::size_t end = xmp == std::string_view::npos ? xmp : bytes.find("</x:xmpmeta>", xmp);
  if (end != std::string_view::npos)
    if (const auto properties = read_xmp(bytes.substr(xmp, end + 12 - xmp)))
      for (const auto& [name, values] : *properties) tags.emplace(name, values);
  return tags;
}

}  // namespace emulator::immich
