#pragma once
// A row of placements as a value, for whoever reads them.

#include "i2i/ledger/placements.hpp"
#include "i2i/util/text.hpp"
#include "ledger/connection.hpp"
#include "ledger/path_key.hpp"

namespace i2i::ledger {

/// proven_at counts seconds in the file, where a million rows pay for each byte.
inline constexpr std::int64_t kMillisPerSecond = 1000;

/// The first columns of a query whose rows read_placement takes; p names the table.
#define I2I_PLACEMENT_COLUMNS \
  "p.checksum, p.path, p.state, p.size, p.sha1, p.mtime_ms, p.proven, p.adopted, p.proven_at, p.path_key"
inline constexpr int kAfterPlacement = 10;  // the first column that is another's

inline constexpr std::size_t kSha1Bytes = 20;

/// Throws (damaged) where the row cannot be one that was written: its path is known again by its key.
inline Placement read_placement(const Query& query) {
  Placement placement;
  placement.checksum = query.unpacked(0);
  placement.path = query.text(1);
  if (query.integer(9) != path_key(util::case_fold(placement.path)))
    corrupt("a file's path is not the one given to it");
  placement.state = query.one_of(2, PlacementState::trashed);
  placement.size = static_cast<std::uint64_t>(query.integer(3));
  // Of a file that is not placed yet it is longer than any: room for it and what else will come (placements.cpp).
  const bool is_room = placement.state == PlacementState::planned && query.bytes(4).size() > kSha1Bytes;
  if (!is_room) placement.sha1_hex = query.unpacked(4);
  placement.mtime_ms = query.integer(5);
  placement.proven = query.flag(6);
  placement.adopted = query.flag(7);
  if (!query.is_null(8)) placement.proven_at = query.integer(8) * kMillisPerSecond;
  return placement;
}

}  // namespace i2i::ledger
