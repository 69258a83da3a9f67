// Sidecars, metadata extraction and the linking of live photos (docs/protocol/immich.md §11.3, §12, §13).

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <tuple>
#include <utility>

#include "emulator/immich/codec.hpp"
#include "emulator/immich/jobs.hpp"
#include "emulator/immich/media_reader.hpp"
#include "emulator/immich/mount.hpp"
#include "emulator/immich/world.hpp"
#include "emulator/immich/xmp.hpp"

namespace emulator::immich {
namespace {

constexpr std::array<const char*, 11> kDateTags{"SubSecDateTimeOriginal", "SubSecCreateDate",     "DateTimeOriginal",
                                                "CreationDate",           "CreateDate",           "MediaCreateDate",
                                                "DateTimeCreated",        "GPSDateTime",          "DateTimeUTC",
                                                "SonyDateTime2",          "SourceImageCreateTime"};

std::string read_whole(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string first(const Tags& tags, std::initializer_list<const char*> names) {
  for (const char* const name : names)
    if (const auto it = tags.find(name); it != tags.end() && !it->second.empty() && !it->second.front().empty())
      return it->second.front();
  return {};
}

std::string trimmed(const std::string& text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::optional<double> decimal(const std::string& text) {
  double value = 0;
  const char* const from = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [end, error] = std::from_chars(from, text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> integer(const std::string& text) {
  const auto value = decimal(trimmed(text));
  if (!value) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(*value));
}

/// "48,51.5174N", "48,51,31.04N" and signed decimal degrees.
std::optional<double> degrees(const std::string& raw) {
  const std::string text = trimmed(raw);
  if (const auto plain = decimal(text)) return plain;
  if (text.empty()) return std::nullopt;
  const char side = text.back();
  if (std::string_view("NSEW").find(side) == std::string_view::npos) return std::nullopt;
  double value = 0, unit = 1;
  std::size_t from = 0;
  const std::string body = text.substr(0, text.size() - 1);
  while (from <= body.size()) {
    const std::size_t comma = std::min(body.find(',', from), body.size());
    const auto part = decimal(body.substr(from, comma - from));
    if (!part) return std::nullopt;
    value += *part * unit;
    unit /= 60;
    from = comma + 1;
  }
  return side == 'S' || side == 'W' ? -value : value;
}

std::string zone_name(int minutes) {
  if (minutes == 0) return "UTC";
  const int whole = std::abs(minutes);
  return fmt::format("UTC{}{}{}", minutes < 0 ? '-' : '+', whole / 60,
                     whole % 60 == 0 ? "" : fmt::format(":{:02}", whole % 60));
}

/// Sidecar tags override; a date in the sidecar drops every date and the zone of the media (§12.3).
Tags merged(Tags tags, const XmpProperties& sidecar) {
  if (std::any_of(kDateTags.begin(), kDateTags.end(), [&](const char* name) { return sidecar.contains(name); }))
    for (const char* const name : kDateTags) tags.erase(name);
  for (const auto& [name, values] : sidecar) tags[name] = values;
  return tags;
}

std::optional<XmpProperties> sidecar_of(const World& world, const Asset& asset) {
  if (asset.sidecar_path.empty()) return std::nullopt;
  const auto file = MountView(world.config).real_path(asset.sidecar_path);
  return file ? read_xmp(read_whole(*file)) : std::nullopt;
}

std::optional<std::int64_t> rating_of(const Tags& tags, const Version& version) {
  const auto rating = integer(first(tags, {"Rating"}));
  const std::int64_t lowest = version.at_least(3) ? 1 : -1;
  if (!rating || *rating == 0 || *rating < lowest || *rating > 5) return std::nullopt;
  return rating;
}

void take_dates(Asset& asset, Exif& exif, const Tags& tags) {
  std::optional<ReadTime> date;
  for (const char* const name : kDateTags)
    if (const auto it = tags.find(name); it != tags.end() && !it->second.empty())
      if ((date = read_time(trimmed(it->second.front())))) break;
  if (const auto modified = read_time(first(tags, {"ModifyDate"}))) exif.modify_date = modified->utc_ms;
  const std::int64_t utc = date ? date->utc_ms : asset.file_modified_at;
  std::int64_t offset_minutes = 0;
  if (date && exif.longitude) {
    // The zone of the place replaces the written offset (§12.4). Here: the sea's zones, whole hours by longitude.
    const auto hours = static_cast<std::int64_t>(std::lround(*exif.longitude / 15.0));
    exif.time_zone = hours == 0 ? "Etc/UTC" : fmt::format("Etc/GMT{}{}", hours > 0 ? '-' : '+', std::abs(hours));
    offset_minutes = hours * 60;
  } else if (date && date->offset_minutes) {
    exif.time_zone = zone_name(*date->offset_minutes);
    offset_minutes = *date->offset_minutes;
  }
  exif.date_time_original = utc;
  asset.file_created_at = utc;
  asset.local_date_time = utc + offset_minutes * 60'000;
}

void take_tags(World& world, Asset& asset, const Tags& tags) {
  std::vector<std::string> values;
  if (const auto it = tags.find("TagsList"); it != tags.end()) {
    values = it->second;
  } else if (const auto hierarchy = tags.find("HierarchicalSubject"); hierarchy != tags.end()) {
    values = hierarchy->second;
    for (std::string& value : values) std::replace(value.begin(), value.end(), '|', '/');
  } else if (const auto keywords = tags.find("Keywords"); keywords != tags.end()) {
    values = keywords->second;
  }
  asset.tags.clear();
  for (const std::string& value : values)
    if (!value.empty()) asset.tags.insert(world.upsert_tag(asset.owner_id, value).id);
}

void link_live_photo(World& world, Asset& asset) {
  if (asset.content_id.empty()) return;
  std::vector<Asset*> matches;
  const auto [from, to] = world.by_content_id.equal_range(asset.content_id);
  for (auto it = from; it != to; ++it) {
    Asset* const other = world.asset(it->second);
    if (other != nullptr && other != &asset && other->owner_id == asset.owner_id && other->is_video != asset.is_video)
      matches.push_back(other);
  }
  if (matches.empty()) return;
  std::sort(matches.begin(), matches.end(), [](const Asset* a, const Asset* b) { return a->path < b->path; });
  Asset* const match = matches[world.pick(matches.size())];
  if (asset.is_video) {
    const auto linked = std::find_if(matches.begin(), matches.end(),
                                     [&](const Asset* still) { return still->live_video_id == asset.id; });
    world.link_live(linked == matches.end() ? *match : **linked, asset);
    return;
  }
  // Of two stills with one id only one is linked, which one varies (observed, §13).
  Asset* rival = nullptr;
  const auto [first_still, last_still] = world.by_content_id.equal_range(asset.content_id);
  for (auto it = first_still; it != last_still; ++it)
    if (Asset* const other = world.asset(it->second); other != &asset && other->live_video_id == match->id)
      rival = other;
  if (rival != nullptr && asset.live_video_id != match->id) {
    if (world.pick(2) == 0) return;
    rival->live_video_id.clear();
  }
  world.link_live(asset, *match);
}

}  // namespace

void run_sidecar_check(World& world, const Job& job) {
  Asset* const asset = world.asset(job.id);
  if (asset == nullptr) return;
  const MountView mount(world.config);
  const std::size_t dot = asset->path.rfind('.');
  std::string found;
  for (const std::string& candidate : {asset->sidecar_path, asset->path + ".xmp", asset->path.substr(0, dot) + ".xmp"})
    if (found.empty() && !candidate.empty() && mount.stat_file(candidate)) found = candidate;
  asset->sidecar_path = found;
  world.queues.add(world, {JobKind::extract, asset->id, {}});
}

void run_sidecar_write(World& world, const Job& job) {
  Asset* const asset = world.asset(job.id);
  if (asset == nullptr) return;
  const PendingWrite pending = std::exchange(asset->pending, {});
  world.queues.add(world, {JobKind::extract, asset->id, {}});
  // On a read-only mount the write fails, is only logged, and the re-read brings the old values back (§11.3).
  const bool writable = !world.config.read_only || asset->library_id.empty();
  if (!pending.any() || !writable || asset->is_offline) return;
  using Form = XmpEdit::Form;
  std::vector<XmpEdit> edits;
  const auto one = [](const std::string& text) { return std::vector<std::string>{text}; };
  if (pending.description) {
    edits.push_back({"dc:description", "http://purl.org/dc/elements/1.1/", one(*pending.description), Form::language});
    edits.push_back(
        {"tiff:ImageDescription", "http://ns.adobe.com/tiff/1.0/", one(*pending.description), Form::language});
  }
  if (pending.date_time_original)
    edits.push_back({"exif:DateTimeOriginal", "http://ns.adobe.com/exif/1.0/", one(*pending.date_time_original)});
  if (pending.rating)
    edits.push_back(
        {"xmp:Rating", "http://ns.adobe.com/xap/1.0/", one(pending.rating->is_null() ? "0" : pending.rating->dump())});
  if (pending.position) {
    edits.push_back(
        {"exif:GPSLatitude", "http://ns.adobe.com/exif/1.0/", one(fmt::format("{}", pending.position->first))});
    edits.push_back(
        {"exif:GPSLongitude", "http://ns.adobe.com/exif/1.0/", one(fmt::format("{}", pending.position->second))});
  }
  if (pending.tags) {
    std::vector<std::string> values;
    for (const Tag& tag : world.tags)
      if (asset->tags.contains(tag.id)) values.push_back(tag.value);
    edits.push_back({"digiKam:TagsList", "http://www.digikam.org/ns/1.0/", values, Form::sequence});
  }
  if (asset->sidecar_path.empty()) asset->sidecar_path = asset->path + ".xmp";
  const auto file = MountView(world.config).real_path(asset->sidecar_path);
  if (!file) return;
  const std::string text = edit_xmp(read_whole(*file), edits);
  std::ofstream(*file, std::ios::binary | std::ios::trunc) << text;
}

void run_extract(World& world, const Job& job) {
  Asset* const asset = world.asset(job.id);
  if (asset == nullptr) return;
  const MountView mount(world.config);
  const auto facts = mount.stat_file(asset->path);
  const auto file = mount.real_path(asset->path);
  if (!facts || !file) return;
  const Tags tags = merged(read_media_tags(*file), sidecar_of(world, *asset).value_or(XmpProperties{}));
  const Exif before = asset->exif.value_or(Exif{});
  Exif exif;
  const auto text = [&](const char* name) -> std::optional<std::string> {
    std::string value = trimmed(first(tags, {name}));
    if (value.empty()) return std::nullopt;
    return value;
  };
  exif.make = text("Make");
  exif.model = text("Model");
  exif.lens_model = text("LensModel");
  exif.orientation = text("Orientation");
  exif.exposure_time = text("ExposureTime");
  exif.width = integer(first(tags, {"ImageWidth", "ExifImageWidth"}));
  exif.height = integer(first(tags, {"ImageHeight", "ExifImageHeight"}));
  exif.iso = integer(first(tags, {"ISO"}));
  exif.f_number = decimal(first(tags, {"FNumber"}));
  exif.focal_length = decimal(first(tags, {"FocalLength"}));
  exif.file_size = static_cast<std::int64_t>(facts->size);
  exif.description = trimmed(first(tags, {"ImageDescription", "Description"}));
  exif.rating = rating_of(tags, world.version());
  const auto latitude = degrees(first(tags, {"GPSLatitude"}));
  const auto longitude = degrees(first(tags, {"GPSLongitude"}));
  if (latitude && longitude && (*latitude != 0 || *longitude != 0)) {
    exif.latitude = latitude;
    exif.longitude = longitude;
  }
  asset->file_modified_at = facts->mtime_ms;
  asset->duration_ms = asset->is_video ? integer(first(tags, {"Duration"})).value_or(0) : 0;
  take_dates(*asset, exif, tags);
  // What waits to be written is "locked": a re-read in between leaves it alone.
  if (asset->pending.description) exif.description = before.description;
  if (asset->pending.rating) exif.rating = before.rating;
  if (asset->pending.position) std::tie(exif.latitude, exif.longitude) = std::tie(before.latitude, before.longitude);
  if (asset->pending.date_time_original) exif.date_time_original = before.date_time_original;
  asset->exif = exif;
  if (!asset->pending.tags) take_tags(world, *asset, tags);
  world.set_content_id(*asset, first(tags, {"ContentIdentifier", "MediaGroupUUID"}));
  asset->updated_at = world.now();
  link_live_photo(world, *asset);
  world.queues.add(world, {JobKind::thumbnails, asset->id, {}});
}

}  // namespace emulator::immich
