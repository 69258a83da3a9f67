#pragma once
#include <optional>
#include <string>
#include <vector>

#include "i2i/model/asset.hpp"

namespace i2i::model {

enum class MediaFilter { both, photos, videos };

/// What sync brings. Source: docs/cli.md, sync.
struct Selection {
  std::vector<std::string> libraries;  // "primary", "shared", "all" or zone names; empty = all
  std::vector<std::string> albums;     // "Parent/Child"; empty = no restriction
  std::vector<std::string> excluded_albums;
  bool include_hidden = false;
  bool include_deleted = false;
  MediaFilter media = MediaFilter::both;
  std::optional<util::UnixMillis> since;  // captured at or after
  std::optional<util::UnixMillis> until;  // captured before
  /// The bound is a day on the photo's own clock (the one its folder is named by), given as that midnight in UTC;
  /// false: an instant.
  bool since_is_day = false;
  bool until_is_day = false;
  std::optional<std::size_t> newest;  // --recent N, of what everything else here leaves
  bool want_original = true;
  bool want_live = true;
  bool want_raw = true;
  bool want_edited = true;

  /// "all" and no choice mean every photo library; other zones (docs/protocol/icloud.md §6.2) only by their name.
  [[nodiscard]] bool wants_zone(const ZoneId& zone) const;
  [[nodiscard]] bool wants(RenditionKind kind) const;
};

/// True where the album of that path is meant by that name, or lies below it.
bool is_album_meant(const std::string& path, const std::string& name);

/// Why an asset is left out, in one of the fixed words "library", "recently-deleted", "hidden", "media-type", "date",
/// "album"; nullopt where it is wanted. The first that applies, in this order. newest is not looked at: it needs the
/// whole catalogue. album_paths: of the albums the asset is in. A selected or excluded album stands for everything
/// below it, too: "Travel" covers "Travel/2023/Paris". Without a capture date an asset is in no period.
std::optional<std::string> exclusion_reason(const Asset& asset, const Master& master, const ZoneId& zone,
                                            const std::vector<std::string>& album_paths, const Selection& selection);

}  // namespace i2i::model
