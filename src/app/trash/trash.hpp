#pragma once
// --deleted trash: files whose content is gone from iCloud move into the volume's trash, and come back from there
// (docs/design.md §10.7, docs/decisions/0015-trash.md). By rename only: nothing is copied, nothing removed.

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "i2i/ledger/trash.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/result.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {

/// Names below the photos dir. The listing is one JSON object a line, rewritten whole: what lies in the trash, since
/// when, where it lay and why.
inline constexpr const char* kTrashFolder = ".icloud2immich/trash";
inline constexpr const char* kTrashListing = ".icloud2immich/trash.jsonl";

struct TrashParts {
  ledger::Ledger& ledger;
  const util::Root& root;
  ledger::RecentlyDeleted recently_deleted = ledger::RecentlyDeleted::is_gone;
  util::UnixMillis now = 0;
  std::stop_token stop;
  bool dry_run = false;  // the ledger is a private copy; nothing on the volume is touched
};

struct BroughtBack {
  std::int64_t files = 0;
  std::vector<std::string> notes;  // sentences for a person
};

/// Brings back what the catalogue has again: each file is hashed in the trash, then renamed to where it lay, its
/// sidecar with it. What is damaged or missing there, or whose place is taken, is planned anew.
/// volume, volume_full, cancelled, those of the ledger.
util::Result<BroughtBack> bring_back(const TrashParts& parts);

struct Trashed {
  std::int64_t files = 0;
  std::vector<std::string> notes;
  std::optional<util::Error> stop;  // safety_stop: more than allowed, so nothing was moved
};

/// Moves what is gone. Only after a complete catalogue. A file that is not as we wrote it stays, and is said.
util::Result<Trashed> move_gone(const TrashParts& parts, std::int64_t max_deletions);

/// What lies in the volume's trash, whoever put it there: files (no sidecars) and the bytes of everything.
util::Result<ledger::TrashTotals> look_into_trash(const util::Root& root);

}  // namespace i2i::app
