#pragma once
// What --deleted trash knows: which contents are gone from iCloud, and which files lie in the volume's trash.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "i2i/ledger/placements.hpp"

namespace i2i::ledger {

/// A file in the trash, or (intended) about to be moved there.
struct TrashedFile {
  Placement placement;     // path: where it lay and will lie again; state trashed, or placed where only intended
  std::string trash_path;  // relative to the photos dir
  util::UnixMillis trashed_at = 0;
  std::string asset;   // record name, where one is still known
  std::string reason;  // a fixed word: "recently-deleted", "not-in-icloud"
};

/// A placed content that iCloud no longer has.
struct GoneContent {
  Placement placement;
  std::string asset;  // of those in Recently Deleted: the record name of the first; else ""
};

/// Whether an asset in Recently Deleted still counts as there (sync --include recently-deleted).
enum class RecentlyDeleted { is_gone, is_there };

struct TrashTotals {
  std::int64_t files = 0;
  std::int64_t bytes = 0;
};

class Trash {
 public:
  explicit Trash(Ledger& ledger) : ledger_(ledger) {}

  /// Contents of placed rows that no asset of the catalogue has, ordered by path. Those that left the catalogue
  /// otherwise than by a deletion (their library went from the account, Apple no longer offers the file of a photo that
  /// is there) are not among them. Judges the catalogue as it is: whether it is complete, the caller knows.
  util::Result<std::vector<GoneContent>> gone(RecentlyDeleted recently_deleted);
  /// Notes where the files are about to be moved, before they are.
  util::Result<void> intend(const std::vector<TrashedFile>& files);
  /// The files lie in the trash now: one transaction for the group.
  util::Result<void> mark_trashed(const std::vector<model::Checksum>& checksums);
  /// Every row, ordered by the path it came from.
  util::Result<std::vector<TrashedFile>> files();
  /// Those of them that the catalogue has (again). Never wrong where the catalogue is not complete.
  util::Result<std::vector<TrashedFile>> wanted_back(RecentlyDeleted recently_deleted);
  /// The file is at its path again, or never left it: placed.
  util::Result<void> mark_back(const model::Checksum& checksum);
  /// Nothing whole is left of it in the trash: planned, at the same path, to be fetched.
  util::Result<void> mark_lost(const model::Checksum& checksum);
  util::Result<TrashTotals> totals();

 private:
  Ledger& ledger_;
};

}  // namespace i2i::ledger
