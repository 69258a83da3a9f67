#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "i2i/model/asset.hpp"

namespace i2i::model {

enum class MediaFilter { both, photos, videos };

/// What sync brings. Source: docs/cli.md, sync.
struct Selection {
  std::vector<std::string> libraries;       // "primary", "shared", "all" or zone names; empty = all
  std::vector<std::string> albums;          // "Parent/Child"; empty = no restriction
  std::vector<std::string> excluded_albums;
  bool include_hidden = false;
  bool include_deleted = false;
  MediaFilter media = MediaFilter::both;
  std::optional<util::UnixMillis> since;
  std::optional<util::UnixMillis> until;
  std::optional<std::size_t> newest;        // --recent N
  bool want_original = true;
  bool want_live = true;
  bool want_raw = true;
  bool want_edited = true;

  [[nodiscard]] bool wants_zone(const ZoneId& zone) const;
  [[nodiscard]] bool wants(RenditionKind kind) const;
};

}  // namespace i2i::model
