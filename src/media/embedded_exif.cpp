// The Exif block: tag 0x9003 and its relatives. Source: CIPA DC-008-2019 (Exif 2.32) §4.6; TIFF 6.0 §2.
#include <array>
#include <cmath>

#include "i2i/util/text.hpp"
#include "media/embedded_parts.hpp"

namespace i2i::media {
namespace {

constexpr std::uint64_t kEntryBytes = 12;
constexpr std::uint64_t kEntriesAtMost = 1'000;
constexpr std::uint64_t kTextAtMost = 64;

enum Tag : std::uint16_t {
  exif_directory = 0x8769,
  gps_directory = 0x8825,
  date_time_original = 0x9003,
  date_time_digitized = 0x9004,
  offset_time_original = 0x9011,
  offset_time_digitized = 0x9012,
  gps_latitude_ref = 1,
  gps_latitude = 2,
  gps_longitude_ref = 3,
  gps_longitude = 4,
  gps_altitude_ref = 5,
  gps_altitude = 6,
};

/// A directory of tags, and how their values are read.
class Directory {
 public:
  Directory(const ByteView& block, std::uint64_t at) : block_(block), at_(at) {
    count_ = std::min(block_.number(at, 2).value_or(0), kEntriesAtMost);
  }

  [[nodiscard]] std::optional<std::string> text(Tag tag) const {
    const auto value = find(tag);
    if (!value) return std::nullopt;
    auto raw = block_.text(value->at, std::min(value->count, kTextAtMost));
    if (!raw) return std::nullopt;
    return std::string(util::trim(raw->substr(0, raw->find('\0'))));
  }
  [[nodiscard]] std::optional<std::uint64_t> integer(Tag tag) const {
    const auto value = find(tag);
    return value && value->count > 0 ? block_.number(value->at, value->bytes_each) : std::nullopt;
  }
  [[nodiscard]] std::optional<double> rational(Tag tag, std::uint64_t index) const {
    const auto value = find(tag);
    if (!value || value->bytes_each != 8 || index >= value->count) return std::nullopt;
    const auto above = block_.number(value->at + index * 8, 4);
    const auto below = block_.number(value->at + index * 8 + 4, 4);
    if (!above || !below || *below == 0) return std::nullopt;
    return static_cast<double>(*above) / static_cast<double>(*below);
  }

 private:
  struct Value {
    std::uint64_t at;
    std::uint64_t count;
    std::size_t bytes_each;
  };

  [[nodiscard]] std::optional<Value> find(Tag tag) const {
    constexpr std::array<std::size_t, 13> kBytes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
    for (std::uint64_t i = 0; i < count_; ++i) {
      const std::uint64_t entry = at_ + 2 + i * kEntryBytes;
      if (block_.number(entry, 2) != tag) continue;
      const auto type = block_.number(entry + 2, 2);
      const auto count = block_.number(entry + 4, 4);
      if (!type || !count || *type == 0 || *type >= kBytes.size()) return std::nullopt;
      const std::size_t each = kBytes.at(*type);
      // Four bytes hold the value itself, more of it lies elsewhere.
      if (*count * each <= 4) return Value{entry + 8, *count, each};
      const auto elsewhere = block_.number(entry + 8, 4);
      if (!elsewhere) return std::nullopt;
      return Value{*elsewhere, *count, each};
    }
    return std::nullopt;
  }

  const ByteView& block_;
  std::uint64_t at_;
  std::uint64_t count_ = 0;
};

std::optional<EmbeddedDate> date_of(const Directory& directory, Tag date, Tag offset) {
  const auto text = directory.text(date);
  const auto wall = text ? parse_wall(*text) : std::nullopt;
  if (!wall) return std::nullopt;
  const auto zone = directory.text(offset);
  return EmbeddedDate{*wall, zone ? parse_offset(*zone) : std::nullopt};
}

/// Degrees, minutes and seconds; the last two may be missing.
std::optional<double> degrees_of(const Directory& directory, Tag value, Tag reference, char negative) {
  auto degrees = directory.rational(value, 0);
  if (!degrees) return std::nullopt;
  *degrees += directory.rational(value, 1).value_or(0) / 60 + directory.rational(value, 2).value_or(0) / 3600;
  const auto side = directory.text(reference);
  return side && !side->empty() && side->front() == negative ? -*degrees : *degrees;
}

std::optional<model::Location> place_of(const Directory& directory) {
  const auto latitude = degrees_of(directory, gps_latitude, gps_latitude_ref, 'S');
  const auto longitude = degrees_of(directory, gps_longitude, gps_longitude_ref, 'W');
  if (!latitude || !longitude) return std::nullopt;
  auto altitude = directory.rational(gps_altitude, 0);
  if (altitude && directory.integer(gps_altitude_ref) == 1U) altitude = -*altitude;
  return place_on_earth(*latitude, *longitude, altitude);
}

}  // namespace

Embedded read_exif(const ByteView& given) {
  const bool little = given.has(0, "II");
  if (!little && !given.has(0, "MM")) return {};
  const ByteView block = given.in_order(little ? ByteOrder::little : ByteOrder::big);
  const auto first = block.number(4, 4);
  if (!first) return {};
  const Directory top(block, *first);
  Embedded found;
  if (const auto at = top.integer(exif_directory)) {
    const Directory exif(block, *at);
    found.date = date_of(exif, date_time_original, offset_time_original);
    if (!found.date) found.date = date_of(exif, date_time_digitized, offset_time_digitized);
  }
  if (const auto at = top.integer(gps_directory)) found.location = place_of(Directory(block, *at));
  return found;
}

}  // namespace i2i::media
