#pragma once
// A row of placements as a value, for whoever reads them.

#include "i2i/ledger/placements.hpp"
#include "ledger/connection.hpp"

namespace i2i::ledger {

/// proven_at counts seconds in the file, where a million rows pay for each byte.
inline constexpr std::int64_t kMillisPerSecond = 1000;

/// The first columns of a query whose rows read_placement takes; p names the table.
#define I2I_PLACEMENT_COLUMNS \
  "p.checksum, p.path, p.state, p.size, p.sha1, p.mtime_ms, p.proven, p.adopted, p.proven_at"

inline Placement read_placement(const Query& query) {
  Placement placement;
  placement.checksum = query.unpacked(0);
  placement.path = query.text(1);
  placement.state = static_cast<PlacementState>(query.integer(2));
  placement.size = static_cast<std::uint64_t>(query.integer(3));
  placement.sha1_hex = query.unpacked(4);
  placement.mtime_ms = query.integer(5);
  placement.proven = query.flag(6);
  placement.adopted = query.flag(7);
  if (!query.is_null(8)) placement.proven_at = query.integer(8) * kMillisPerSecond;
  return placement;
}

}  // namespace i2i::ledger
