#include "i2i/media/embedded.hpp"

#include <charconv>
#include <chrono>
#include <cmath>

#include "media/embedded_parts.hpp"

namespace i2i::media {
namespace {

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  const char* const begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + count, value);
  if (error != std::errc{} || end != begin + count || *begin == '-') return std::nullopt;
  return value;
}

bool is_iso_media(const ByteView& file) {
  for (const char* const type : {"ftyp", "moov", "wide", "mdat", "free", "skip"}) {
    if (file.has(4, type)) return true;
  }
  return false;
}

Embedded read_iso_media(const ByteView& file) {
  if (file.has(8, "crx ")) return {};  // CR3 keeps its Exif elsewhere; its movie header is no date of the photo
  if (const auto exif = exif_of_heif(file)) return read_exif(*exif);
  const auto moov = find_box(file, "moov");
  return moov ? read_movie(*moov) : Embedded{};
}

Embedded read_any(const ByteView& file) {
  if (file.has(0, "\xFF\xD8\xFF")) {
    const auto exif = exif_of_jpeg(file);
    return exif ? read_exif(*exif) : Embedded{};
  }
  if (file.has(0, "\x89PNG")) {
    const auto exif = exif_of_png(file);
    return exif ? read_exif(*exif) : Embedded{};
  }
  if (file.has(0, "RIFF") && file.has(8, "WEBP")) {
    const auto exif = exif_of_webp(file);
    return exif ? read_exif(*exif) : Embedded{};
  }
  if (file.has(0, "II") || file.has(0, "MM")) return read_exif(file);
  return is_iso_media(file) ? read_iso_media(file) : Embedded{};
}

}  // namespace

std::optional<std::int64_t> parse_wall(std::string_view text) {
  constexpr std::size_t kLength = 19;
  if (text.size() < kLength) return std::nullopt;
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (*year < 1 || !date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  return ((days * 24 + *hour) * 60 + *minute) * 60 + *second;
}

std::optional<int> parse_offset(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() < 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = digits(text, 1, 2);
  const auto minutes = digits(text, text[3] == ':' ? 4 : 3, 2);
  if (!hours || !minutes || *hours > 15 || *minutes > 59) return std::nullopt;
  const int seconds = (*hours * 60 + *minutes) * 60;
  return text[0] == '-' ? -seconds : seconds;
}

std::optional<model::Location> place_on_earth(double latitude, double longitude, std::optional<double> altitude) {
  // Written so that NaN fails, too.
  if (!(std::abs(latitude) <= 90) || !(std::abs(longitude) <= 180)) return std::nullopt;
  if (latitude == 0 && longitude == 0) return std::nullopt;
  return model::Location{latitude, longitude, altitude};
}

util::Result<Embedded> read_embedded(ByteSource& source) {
  BlockReader reader(source);
  Embedded found = read_any(ByteView(reader));
  if (reader.error()) return util::fail(*reader.error());
  return found;
}

}  // namespace i2i::media
