// What films say: QuickTime keys, the movie header. Sources: ISO/IEC 14496-12 §8.2; Apple's QuickTime File Format
// ("Metadata", "User data"); ISO 6709 annex H.
#include <charconv>

#include "media/embedded_parts.hpp"

namespace i2i::media {
namespace {

constexpr std::uint64_t kKeysAtMost = 256;
constexpr std::size_t kTextAtMost = 128;
constexpr std::int64_t kFrom1904To1970S = 2'082'844'800;

/// In QuickTime files the box is plain, in MPEG-4 ones version and flags come first.
ByteView plain_meta(const ByteView& meta) { return meta.has(4, "hdlr") ? meta : meta.from(4); }

std::string value_in(const std::optional<ByteView>& given, std::string_view wanted) {
  if (!given) return {};
  const ByteView meta = plain_meta(*given);
  const auto keys = find_box(meta, "keys");
  const auto list = find_box(meta, "ilst");
  if (!keys || !list) return {};
  const std::uint64_t count = std::min(keys->number(4, 4).value_or(0), kKeysAtMost);
  std::uint64_t at = 8;
  for (std::uint64_t number = 1; number <= count; ++number) {
    const auto size = keys->number(at, 4);
    if (!size || *size < 8) return {};
    if (*size == 8 + wanted.size() && keys->has(at + 8, wanted)) {
      const std::string index{'\0', '\0', static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
      const auto item = find_box(*list, index);
      const auto data = item ? find_box(*item, "data") : std::nullopt;
      if (!data || data->size() < 8) return {};
      return data->text(8, std::min<std::size_t>(data->size() - 8, kTextAtMost)).value_or("");
    }
    at += *size;
  }
  return {};
}

/// Apple writes the list into moov itself, ffmpeg among the user data.
std::string value_of_key(const ByteView& moov, std::string_view wanted) {
  auto value = value_in(find_box(moov, "meta"), wanted);
  if (!value.empty()) return value;
  const auto user_data = find_box(moov, "udta");
  return user_data ? value_in(find_box(*user_data, "meta"), wanted) : std::string();
}

/// "+48.8584+002.2945+035.000/" in degrees; the other forms of ISO 6709 are not used by cameras.
std::optional<model::Location> parse_iso6709(std::string_view text) {
  double values[3] = {0, 0, 0};
  int count = 0;
  while (count < 3 && !text.empty() && (text[0] == '+' || text[0] == '-')) {
    const bool negative = text[0] == '-';
    text.remove_prefix(1);
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), values[count], std::chars_format::fixed);
    if (error != std::errc{}) return std::nullopt;
    if (negative) values[count] = -values[count];
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    ++count;
  }
  if (count < 2) return std::nullopt;
  return place_on_earth(values[0], values[1], count == 3 ? std::optional(values[2]) : std::nullopt);
}

std::optional<EmbeddedDate> date_of_header(const ByteView& moov) {
  const auto header = find_box(moov, "mvhd");
  if (!header) return std::nullopt;
  const auto created = header->number(4, header->number(0, 1) == 1U ? 8 : 4);
  // Zero is how many programs leave it empty.
  if (!created || *created == 0 || *created > 0xFFFFFFFFU) return std::nullopt;
  return EmbeddedDate{static_cast<std::int64_t>(*created) - kFrom1904To1970S, 0};
}

std::optional<EmbeddedDate> date_of_key(const std::string& text) {
  const auto wall = parse_wall(text);
  if (!wall) return std::nullopt;
  const auto zone = text.find_first_of("Z+-", 19);
  return EmbeddedDate{*wall, zone == std::string::npos ? std::nullopt : parse_offset(text.substr(zone))};
}

/// 3GPP TS 26.244 §8.10: a name, a role, then longitude, latitude and altitude with 16 bits after the point.
std::optional<model::Location> place_of_loci(const ByteView& loci) {
  constexpr std::uint64_t kName = 6;
  const std::string name =
      loci.text(kName, std::min<std::size_t>(loci.size() - std::min(loci.size(), kName), kTextAtMost)).value_or("");
  const auto end = name.find('\0');
  if (end == std::string::npos) return std::nullopt;
  const std::uint64_t at = kName + end + 2;
  const auto degrees = [&](std::uint64_t offset) -> std::optional<double> {
    const auto raw = loci.number(offset, 4);
    if (!raw) return std::nullopt;
    return static_cast<double>(static_cast<std::int32_t>(static_cast<std::uint32_t>(*raw))) / 65536;
  };
  const auto longitude = degrees(at);
  const auto latitude = degrees(at + 4);
  return longitude && latitude ? place_on_earth(*latitude, *longitude, degrees(at + 8)) : std::nullopt;
}

std::optional<model::Location> place_of_user_data(const ByteView& moov) {
  const auto user_data = find_box(moov, "udta");
  if (!user_data) return std::nullopt;
  const auto xyz = find_box(*user_data, "\xA9xyz");
  if (xyz && xyz->size() > 4) {
    return parse_iso6709(xyz->text(4, std::min<std::size_t>(xyz->size() - 4, kTextAtMost)).value_or(""));
  }
  const auto loci = find_box(*user_data, "loci");
  return loci ? place_of_loci(*loci) : std::nullopt;
}

}  // namespace

Embedded read_movie(const ByteView& moov) {
  Embedded found;
  found.date = date_of_key(value_of_key(moov, "com.apple.quicktime.creationdate"));
  if (!found.date) found.date = date_of_header(moov);
  found.location = parse_iso6709(value_of_key(moov, "com.apple.quicktime.location.ISO6709"));
  if (!found.location) found.location = place_of_user_data(moov);
  return found;
}

}  // namespace i2i::media
