#include "i2i/model/selection.hpp"

#include <algorithm>

#include "i2i/util/text.hpp"

namespace i2i::model {
namespace {

/// Names typed in a terminal and names stored by a phone may be composed differently.
std::string comparable(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return util::to_nfc(path);
}

bool is_at_or_below(const std::string& path, const std::string& folder) {
  return path == folder || (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

bool any_matches(const std::vector<std::string>& album_paths, const std::vector<std::string>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
    return std::any_of(album_paths.begin(), album_paths.end(),
                       [&](const std::string& path) { return is_album_meant(path, name); });
  });
}

bool is_in_time(const Asset& asset, const Selection& selection) {
  if (!selection.since && !selection.until) return true;
  if (!asset.captured) return false;
  const auto on = [&](bool own_clock) {
    return *asset.captured + (own_clock ? std::int64_t{1000} * asset.offset_s.value_or(0) : 0);
  };
  return (!selection.since || on(selection.since_is_day) >= *selection.since) &&
         (!selection.until || on(selection.until_is_day) < *selection.until);
}

bool is_of_media(const Master& master, MediaFilter media) {
  switch (media) {
    case MediaFilter::both:
      return true;
    case MediaFilter::photos:
      return !master.is_video;
    case MediaFilter::videos:
      return master.is_video;
  }
  return true;
}

}  // namespace

bool is_album_meant(const std::string& path, const std::string& name) {
  return is_at_or_below(comparable(path), comparable(name));
}

bool Selection::wants_zone(const ZoneId& zone) const {
  // Links shared by message and Apple's own apps keep zones in the same database; they are no photo libraries (§6.2).
  const bool is_library = zone.is_primary() || zone.is_shared_library();
  if (libraries.empty()) return is_library;
  return std::any_of(libraries.begin(), libraries.end(), [&](const std::string& library) {
    const std::string word = util::ascii_lower(library);
    if (word == "all") return is_library;
    if (word == "primary") return zone.is_primary();
    if (word == "shared") return zone.is_shared_library();
    return library == zone.name;
  });
}

bool Selection::wants(RenditionKind kind) const {
  switch (kind) {
    case RenditionKind::original:
      return want_original;
    case RenditionKind::live_video:
      return want_live;
    case RenditionKind::alternative:
      return want_raw;
    case RenditionKind::edited:
    case RenditionKind::edited_video:
      return want_edited;
  }
  return false;
}

std::optional<std::string> exclusion_reason(const Asset& asset, const Master& master, const ZoneId& zone,
                                            const std::vector<std::string>& album_paths, const Selection& selection) {
  if (!selection.wants_zone(zone)) return "library";
  if (asset.deleted && !selection.include_deleted) return "recently-deleted";
  if (asset.hidden && !selection.include_hidden) return "hidden";
  if (!is_of_media(master, selection.media)) return "media-type";
  if (!is_in_time(asset, selection)) return "date";
  if (!selection.albums.empty() && !any_matches(album_paths, selection.albums)) return "album";
  if (any_matches(album_paths, selection.excluded_albums)) return "album";
  return std::nullopt;
}

}  // namespace i2i::model
