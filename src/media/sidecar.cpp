#include "i2i/media/sidecar.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "i2i/util/hash.hpp"
#include "i2i/util/text.hpp"

namespace i2i::media {
namespace {

// Far beyond what people write, and what anybody's reader of sidecars takes.
constexpr std::size_t kTextBytes = 100'000;
constexpr std::size_t kTagBytes = 1'000;
constexpr std::size_t kTags = 1'000;

constexpr int kMinute = 60;
constexpr int kQuarter = 15 * kMinute;
constexpr int kFurthestZone = 14 * 60 * kMinute;  // Line Islands
constexpr std::size_t kDigestBytes = 4;

/// XML 1.0 §2.2 has no control characters but these, no U+FFFE and U+FFFF; no escape lets them in.
bool is_fit(char32_t c) { return (c >= 0x20 && c != 0xFFFE && c != 0xFFFF) || c == '\t' || c == '\n'; }

/// Line ends become \n, as every reader of XML would have it.
std::string fit_for_xml(std::string_view text) {
  std::string fit;
  while (!text.empty()) {
    const util::CodePoint point = util::next_code_point(text);
    text.remove_prefix(point.bytes);
    if (point.value == '\r') {
      if (!text.starts_with('\n')) fit += '\n';
    } else if (is_fit(point.value)) {
      util::append_utf8(fit, point.value);
    }
  }
  return std::string(util::trim(util::cut_utf8(util::trim(fit), kTextBytes)));
}

/// Immich shows one text. Two become its lines, unless the one begins with the other.
std::string shown_text(const std::string& title, const std::string& description) {
  if (title.empty()) return description;
  if (description.empty()) return title;
  if (description == title || description.starts_with(title + "\n")) return description;
  return title + "\n" + description;
}

/// A slash parts levels for whoever reads the list; empty levels would be tags without a name.
std::string tag_of(std::string_view keyword) {
  std::string line = fit_for_xml(keyword);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  std::string tag;
  for (const auto& level : util::split(line, '/')) {
    const auto name = util::trim(level);
    if (name.empty()) continue;
    if (!tag.empty()) tag += '/';
    tag += name;
  }
  return std::string(util::trim(util::cut_utf8(tag, kTagBytes)));
}

std::vector<std::string> tags_of(const std::vector<std::string>& keywords) {
  std::vector<std::string> tags;
  for (const auto& keyword : keywords) {
    if (auto tag = tag_of(keyword); !tag.empty()) tags.push_back(std::move(tag));
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  if (tags.size() > kTags) tags.resize(kTags);
  return tags;
}

/// The offset in whole minutes, as dates are written; nullopt for what is no zone of the world.
std::optional<int> zone_of(const SidecarFacts& facts) {
  if (!facts.offset_s || std::abs(*facts.offset_s) > kFurthestZone) return std::nullopt;
  const int half = *facts.offset_s < 0 ? -kMinute / 2 : kMinute / 2;
  return (*facts.offset_s + half) / kMinute * kMinute;
}

std::int64_t whole_seconds(util::UnixMillis when) { return when >= 0 ? when / 1000 : (when - 999) / 1000; }

/// Years of four digits: what is beyond them is no date that anybody meant (docs/protocol/icloud.md §9.3).
std::string date_text(util::UnixMillis captured, std::optional<int> zone) {
  const auto date = util::civil_date(captured, zone.value_or(0));
  if (!date || date->year < 1000 || date->year > 9999) return {};
  std::string text = zone ? util::format_at_offset(captured, *zone) : util::format_utc(captured);
  const std::int64_t millis = captured - whole_seconds(captured) * 1000;
  constexpr std::size_t kSecondsEnd = 19;
  if (millis != 0) text.insert(kSecondsEnd, fmt::format(".{:03}", millis));
  return text;
}

bool is_apart(std::int64_t a, std::int64_t b) { return std::abs(a - b) > 1; }

/// Whether the file's own date would show another moment, or another time of day, than iCloud's. What one of the two
/// leaves unsaid is not contradicted.
bool differs(util::UnixMillis captured, std::optional<int> zone, const EmbeddedDate& file) {
  const std::int64_t instant = whole_seconds(captured);
  if (file.offset_s) {
    return is_apart(file.wall_s - *file.offset_s, instant) || (zone && *zone != *file.offset_s);
  }
  if (zone) return is_apart(file.wall_s, instant + *zone);
  // Neither knows the zone: one of the world's must explain the difference.
  const std::int64_t apart = file.wall_s - instant;
  const std::int64_t from_quarter = ((apart % kQuarter) + kQuarter) % kQuarter;
  return std::abs(apart) > kFurthestZone + 1 || (from_quarter > 1 && from_quarter < kQuarter - 1);
}

/// A tenth of a second of arc more or less is the rounding of a file format, not a move.
bool is_same_place(const model::Location& a, const model::Location& b) {
  constexpr double kClose = 1e-4;
  double east = std::abs(a.longitude - b.longitude);
  if (east > 180) east = 360 - east;
  return std::abs(a.latitude - b.latitude) <= kClose && east <= kClose;
}

/// XMP part 2, GPSCoordinate: "DDD,MM.mmmmmmk".
std::string coordinate(double degrees, char positive, char negative) {
  constexpr std::int64_t kParts = 1'000'000;  // of a minute: two millimetres
  const std::int64_t parts = std::llround(std::abs(degrees) * 60 * static_cast<double>(kParts));
  const std::int64_t minutes = parts / kParts;
  return fmt::format("{},{:02}.{:06}{}", minutes / 60, minutes % 60, parts % kParts, degrees < 0 ? negative : positive);
}

void set_place(Sidecar& sidecar, const model::Location& place) {
  constexpr double kHighest = 1e6;
  sidecar.latitude = coordinate(place.latitude, 'N', 'S');
  sidecar.longitude = coordinate(place.longitude, 'E', 'W');
  if (place.altitude && std::abs(*place.altitude) < kHighest) {
    sidecar.altitude = fmt::format("{}/1000", std::llround(*place.altitude * 1000));
  }
}

std::string text_of(const Sidecar& sidecar, SidecarField field) {
  switch (field) {
    case SidecarField::description:
      return sidecar.title + '\0' + sidecar.description;
    case SidecarField::tags: {
      std::string all;
      for (const auto& tag : sidecar.tags) all += tag + '\0';
      return all;
    }
    case SidecarField::date:
      return sidecar.date;
    case SidecarField::place:
      return sidecar.latitude + ' ' + sidecar.longitude + ' ' + sidecar.altitude;
    case SidecarField::rating:
      break;
  }
  return sidecar.rating;
}

}  // namespace

bool Sidecar::says(SidecarField field) const {
  switch (field) {
    case SidecarField::description:
      return !description.empty();
    case SidecarField::tags:
      return !tags.empty();
    case SidecarField::date:
      return !date.empty();
    case SidecarField::place:
      return !latitude.empty();
    case SidecarField::rating:
      break;
  }
  return !rating.empty();
}

bool Sidecar::says_anything() const {
  return !description.empty() || !tags.empty() || !date.empty() || !latitude.empty() || !rating.empty();
}

Sidecar compose_sidecar(const SidecarFacts& facts, const Embedded& file, util::UnixMillis mtime_ms,
                        SidecarRating rating) {
  Sidecar sidecar;
  sidecar.title = fit_for_xml(facts.title);
  sidecar.description = shown_text(sidecar.title, fit_for_xml(facts.description));
  sidecar.tags = tags_of(facts.keywords);
  if (facts.location && !(file.location && is_same_place(*facts.location, *file.location))) {
    set_place(sidecar, *facts.location);
  }
  if (facts.favorite && rating == SidecarRating::five_for_favorites) sidecar.rating = "5";
  if (facts.captured) {
    const auto zone = zone_of(facts);
    // A sidecar moves the file's time on, which is then no longer the date of a file that has no other.
    const bool needed = file.date ? differs(*facts.captured, zone, *file.date)
                                  : sidecar.says_anything() || std::abs(*facts.captured - mtime_ms) >= 1000;
    if (needed) sidecar.date = date_text(*facts.captured, zone);
  }
  return sidecar;
}

std::string digest_of(const Sidecar& sidecar) {
  std::string digest;
  for (std::size_t i = 0; i < kSidecarFields; ++i) {
    const auto field = static_cast<SidecarField>(i);
    digest += sidecar.says(field) ? util::sha1(text_of(sidecar, field)).substr(0, kDigestBytes)
                                  : std::string(kDigestBytes, '\0');
  }
  return digest;
}

std::vector<SidecarField> changed_fields(std::string_view before, const Sidecar& now) {
  const std::string digest = digest_of(now);
  const std::string nothing(digest.size(), '\0');
  if (before.size() != digest.size()) before = nothing;
  std::vector<SidecarField> changed;
  for (std::size_t i = 0; i < kSidecarFields; ++i) {
    const std::size_t at = i * kDigestBytes;
    if (before.substr(at, kDigestBytes) != std::string_view(digest).substr(at, kDigestBytes)) {
      changed.push_back(static_cast<SidecarField>(i));
    }
  }
  return changed;
}

}  // namespace i2i::media
