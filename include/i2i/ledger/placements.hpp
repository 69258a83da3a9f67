#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "i2i/ledger/ledger.hpp"
#include "i2i/model/checksum.hpp"
#include "i2i/util/time.hpp"

namespace i2i::ledger {

enum class PlacementState {
  planned,  // the path is reserved, the file is not there yet
  placed,   // the file is durable at the path
  damaged,  // was placed; verify found it missing or different, the next sync fetches it again to the same path
  trashed,  // was placed; the file lies in the volume's trash (ledger/trash.hpp), the path is kept for its return
};

/// The one path, relative to the photos dir, at which a content lives. Paths never change.
struct Placement {
  model::Checksum checksum;
  std::string path;
  PlacementState state = PlacementState::planned;
  std::uint64_t size = 0;
  std::string sha1_hex;           // plain SHA-1, once placed
  util::UnixMillis mtime_ms = 0;  // what the file's mtime is to be
  bool proven = false;            // hashed to the checksum (false: unproven form, checked by size only)
  bool adopted = false;           // was there already, not fetched
  /// When its bytes were last hashed whole, on their way to the disk or from it, and were the content; to the second.
  std::optional<util::UnixMillis> proven_at;
};

struct PlacementTotals {
  std::int64_t placed = 0;
  std::int64_t planned = 0;
  std::int64_t damaged = 0;
  std::int64_t bytes = 0;  // of placed ones
};

/// Ends of the spans that proofs are counted by, the newest first.
struct ProofTimes {
  util::UnixMillis this_run = 0;
  util::UnixMillis month = 0;
  util::UnixMillis year = 0;
};

/// Of placed rows, each in the first span that it is within.
struct ProofAges {
  std::optional<util::UnixMillis> oldest;
  std::optional<util::UnixMillis> newest;
  std::int64_t this_run = 0;
  std::int64_t month = 0;
  std::int64_t year = 0;
  std::int64_t older = 0;
  std::int64_t never = 0;
};

class Placements {
 public:
  explicit Placements(Ledger& ledger) : ledger_(ledger) {}

  util::Result<std::optional<Placement>> find(const model::Checksum& checksum);
  /// By path, compared as a case-insensitive disk would (util::case_fold); where several adopted files differ by case
  /// alone, the one of exactly this path, else any.
  util::Result<std::optional<Placement>> at_path(const std::string& path);
  /// By path, byte for byte.
  util::Result<std::optional<Placement>> exactly_at(const std::string& path);
  /// Reserves a path (state planned). refused where the path (case-folded) or the checksum has a row already.
  util::Result<void> reserve(const Placement& placement);
  /// Durable files become placed rows: one transaction for the group. Rows must have been reserved before.
  util::Result<void> mark_placed(const std::vector<Placement>& placements);
  /// A file that lies on the volume becomes its content's placement, placed and adopted; a planned row of the content
  /// gives way, a damaged one too (its own file is gone, the caller has seen). refused where the content is placed, or
  /// another content has this very path. A path that only its case tells from another's is taken: a disk that holds
  /// both tells them apart.
  util::Result<void> adopt(const Placement& placement);
  /// placed -> damaged; rows of other states stay as they are.
  util::Result<void> mark_damaged(const model::Checksum& checksum);
  /// Gives a reservation back (the content was found elsewhere on the volume). refused for a path that was ever placed.
  util::Result<void> release(const model::Checksum& checksum);
  /// Drops a row whatever its state: its file has left the volume's visible part for good (--deleted trash).
  util::Result<void> forget(const model::Checksum& checksum);
  /// Every row of a state (without one: all but the trashed), in the order in which they were reserved or adopted.
  /// Streams; the visitor may change rows.
  util::Result<void> for_each(std::optional<PlacementState> state,
                              const std::function<util::Result<void>(const Placement&)>& visit);
  /// Every row but the trashed, as for_each; in_part: it is one of the part of placed rows whose proof is the oldest
  /// (never proven before all, the order of reservation among equals), or damaged. 0 < part <= 1; rounded up, so that
  /// 1/12 comes round in twelve times. The visitor may note proofs of rows that it has seen.
  util::Result<void> for_each_by_age(double part,
                                     const std::function<util::Result<void>(const Placement&, bool in_part)>& visit);
  /// The bytes of these were read whole and matched: one transaction.
  util::Result<void> note_proven(const std::vector<model::Checksum>& checksums, util::UnixMillis at);
  util::Result<ProofAges> proof_ages(const ProofTimes& times);
  util::Result<PlacementTotals> totals();

 private:
  Ledger& ledger_;
};

}  // namespace i2i::ledger
