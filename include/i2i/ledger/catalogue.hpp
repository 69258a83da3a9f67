#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "i2i/ledger/ledger.hpp"
#include "i2i/model/asset.hpp"

namespace i2i::ledger {

struct ZoneRow {
  model::ZoneId id;
  std::string token;  // "" = never listed to the end
};

/// An asset with everything that belongs to it; asset.renditions and master.renditions are empty.
struct AssetView {
  model::ZoneId zone;
  model::Asset asset;
  model::Master master;                      // empty name where the catalogue has no such master (yet)
  std::vector<model::Rendition> renditions;  // of master and asset together, at most one of a kind, without URLs
};

struct ZoneCounts {
  std::int64_t assets = 0;  // all, Recently Deleted and hidden included
  std::int64_t hidden = 0;  // and not in Recently Deleted
  std::int64_t deleted = 0;
};

/// What becomes of rows that a listing did not show.
enum class Unshown { forget, stay };

/// A file that Apple offered no address for.
struct AwaitedFile {
  model::ZoneId zone;
  std::string record;  // name of the master, or of the asset where kind is an edited one
  model::RenditionKind kind = model::RenditionKind::original;
  auto operator<=>(const AwaitedFile&) const = default;
};

/// What applying a page changed, for the report.
struct Applied {
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t deleted = 0;  // tombstones of assets, or assets a listing no longer shows
};

struct AlbumView {
  model::ZoneId zone;
  std::string id;
  std::string path;  // "Parent/Child"
};

/// True for files that the asset's record holds, not the master's (docs/protocol/icloud.md §9.4).
inline bool is_of_asset(model::RenditionKind kind) {
  return kind == model::RenditionKind::edited || kind == model::RenditionKind::edited_video;
}

/// The mirror of what iCloud holds. A zone that is gone from the account keeps its rows, but no function shows them
/// (design: nothing of it counts as deleted); listing it anew brings it back.
class Catalogue {
 public:
  explicit Catalogue(Ledger& ledger) : ledger_(ledger) {}

  util::Result<std::vector<ZoneRow>> zones();
  /// The zone is gone from the account. False where it is not known, or gone already.
  util::Result<bool> mark_gone(const model::ZoneId& zone);

  /// A listing: begin, put…, finish. The generation of each row says whether this listing (or its healing) showed it;
  /// finish deletes the others and stores the token, in one transaction. begin leaves an older token in place. A
  /// listing ends with its process: after a crash the zone is as if no listing were under way. A master that a shown
  /// asset names stays, shown or not. A Skipped record counts as shown: what is known under its name stays.
  util::Result<void> begin_listing(const model::ZoneId& zone);
  util::Result<Applied> put_listed(const model::ZoneId& zone, const std::vector<model::Record>& records);
  util::Result<Applied> finish_listing(const model::ZoneId& zone, const std::string& token,
                                       Unshown unshown = Unshown::forget);
  /// Of the assets that the listing under way has shown (or the last one, and what came since): how many of each kind.
  util::Result<ZoneCounts> shown(const model::ZoneId& zone);
  /// A page of changes and its token in one transaction; with a listing under way the token is not stored.
  util::Result<Applied> put_changes(const model::ZoneId& zone, const std::vector<model::Record>& records,
                                    const std::string& token);
  util::Result<bool> is_listed_asset(const model::ZoneId& zone, const std::string& name);
  /// Drops the token: the next run lists the zone anew.
  util::Result<void> drop_token(const model::ZoneId& zone);

  /// Masters that assets of the zone name and whose records never came (or are gone), by name.
  util::Result<std::vector<std::string>> unknown_masters(const model::ZoneId& zone);
  /// Files to ask for again, by zone: set as a whole at the end of a sync.
  util::Result<std::vector<AwaitedFile>> awaited_files();
  util::Result<void> set_awaited_files(const std::vector<AwaitedFile>& files);

  util::Result<ZoneCounts> counts(const model::ZoneId& zone);
  /// Every asset, ordered by (primary zone first, zone, added, name): a stable order. Streams; the visitor may use the
  /// ledger for reading and writing other tables.
  util::Result<void> for_each_asset(const std::function<util::Result<void>(const AssetView&)>& visit);
  util::Result<std::optional<AssetView>> asset(const model::ZoneId& zone, const std::string& name);
  /// Albums (not folders) with their paths, ordered by path then id.
  util::Result<std::vector<AlbumView>> albums();
  /// Paths of the albums an asset is in, sorted.
  util::Result<std::vector<std::string>> album_paths_of(const model::ZoneId& zone, const std::string& asset);
  /// The assets of an album, in its order, without those in Recently Deleted. The visitor may use the ledger.
  util::Result<void> for_each_member(const AlbumView& album,
                                     const std::function<util::Result<void>(const AssetView&)>& visit);
  /// Favourites, without those in Recently Deleted. The visitor may use the ledger.
  util::Result<void> for_each_favorite(const std::function<util::Result<void>(const AssetView&)>& visit);
  /// Contents all of whose assets are hidden (originals, alternatives and edits: whatever would show a hidden photo;
  /// not the video halves of live photos). Not in Recently Deleted.
  util::Result<std::vector<model::Checksum>> hidden_contents();

 private:
  Ledger& ledger_;
};

}  // namespace i2i::ledger
