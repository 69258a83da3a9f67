#include "i2i/ledger/placements.hpp"

#include <fmt/core.h>

#include <limits>

#include "i2i/util/text.hpp"
#include "ledger/connection.hpp"
#include "ledger/path_key.hpp"
#include "ledger/placement_row.hpp"

namespace i2i::ledger {
namespace {

constexpr const char* kReading = "reading the placements";
constexpr const char* kWriting = "writing the placements";
constexpr std::int64_t kChunk = 1'000;
constexpr int kIdColumn = 8;
constexpr std::size_t kSha1Bytes = 20;
constexpr std::size_t kFingerprintBytes = 8;

#define I2I_PLACEMENT "SELECT " I2I_PLACEMENT_COLUMNS ", id FROM placements p "

std::optional<Placement> by_checksum(Connection& connection, const model::Checksum& checksum) {
  Query query = connection.query(I2I_PLACEMENT "WHERE checksum = ?1");
  if (!query.bind(Packed{checksum}).step()) return std::nullopt;
  return read_placement(query);
}

std::optional<Placement> by_path(Connection& connection, const std::string& path) {
  const std::string folded = util::case_fold(path);
  std::optional<Placement> found;
  Query query = connection.query(I2I_PLACEMENT "WHERE path_key = ?1 ORDER BY id");
  query.bind(path_key(folded));
  while (query.step()) {
    Placement other = read_placement(query);
    if (other.path == path) return other;
    // The key is a hash: what shares it need not be the same path.
    if (!found && util::case_fold(other.path) == folded) found = std::move(other);
  }
  return found;
}

void insert(Connection& connection, const Placement& placement, PlacementState state) {
  // A row that grows tears its page in two: a planned one gets the room at once that its sha1 and its sidecar's
  // fingerprint will take. No sha1 is so long: it reads as none.
  static const Stored room{true, std::string(kSha1Bytes + kFingerprintBytes, '\0')};
  const bool is_to_grow = state == PlacementState::planned && placement.sha1_hex.empty();
  connection
      .query(
          "INSERT INTO placements (checksum, path, path_key, state, size, sha1, mtime_ms, proven, adopted)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
      .bind(Packed{placement.checksum}, placement.path, path_key(util::case_fold(placement.path)),
            static_cast<int>(state), placement.size, is_to_grow ? room : packed(placement.sha1_hex), placement.mtime_ms,
            placement.proven, placement.adopted)
      .run();
}

/// Up to kChunk rows after the one of number `last`, which becomes the last of them. They lie in the file in this
/// order.
std::vector<Placement> chunk_after(Connection& connection, std::optional<PlacementState> state, std::int64_t& last) {
  Query query = state ? connection.query(I2I_PLACEMENT "WHERE id > ?1 AND state = ?3 ORDER BY id LIMIT ?2")
                      : connection.query(I2I_PLACEMENT "WHERE id > ?1 AND state <> 3 ORDER BY id LIMIT ?2");
  query.bind(last, kChunk);
  if (state) query.bind(static_cast<int>(*state));
  std::vector<Placement> placements;
  while (query.step()) {
    placements.push_back(read_placement(query));
    must_go_on(query.integer(kIdColumn) > last);
    last = query.integer(kIdColumn);
  }
  return placements;
}

}  // namespace

util::Result<std::optional<Placement>> Placements::find(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(
      kReading, [&]() -> util::Result<std::optional<Placement>> { return by_checksum(connection, checksum); });
}

util::Result<std::optional<Placement>> Placements::at_path(const std::string& path) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading,
                            [&]() -> util::Result<std::optional<Placement>> { return by_path(connection, path); });
}

util::Result<std::optional<Placement>> Placements::exactly_at(const std::string& path) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::optional<Placement>> {
    // The path itself has no index; its key has.
    Query query = connection.query(I2I_PLACEMENT "WHERE path_key = ?1 AND path = ?2");
    if (!query.bind(path_key(util::case_fold(path)), path).step()) return std::optional<Placement>();
    return std::optional(read_placement(query));
  });
}

util::Result<void> Placements::reserve(const Placement& placement) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    if (const auto other = by_checksum(connection, placement.checksum)) {
      return util::fail(util::ErrorCode::refused, fmt::format("the content has its path already: {}", other->path));
    }
    if (const auto other = by_path(connection, placement.path)) {
      return util::fail(util::ErrorCode::refused, fmt::format("the path belongs to another content: {}", other->path));
    }
    insert(connection, placement, PlacementState::planned);
    return {};
  });
}

util::Result<void> Placements::adopt(const Placement& placement) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    if (const auto own = by_checksum(connection, placement.checksum)) {
      if (own->state != PlacementState::planned && own->state != PlacementState::damaged) {
        return util::fail(util::ErrorCode::refused, fmt::format("the content has its path already: {}", own->path));
      }
      connection.query("DELETE FROM placements WHERE checksum = ?1").bind(Packed{placement.checksum}).run();
    }
    const auto other = by_path(connection, placement.path);
    if (other && other->path == placement.path) {
      return util::fail(util::ErrorCode::refused, fmt::format("the path belongs to another content: {}", other->path));
    }
    Placement row = placement;
    row.adopted = true;
    insert(connection, row, PlacementState::placed);
    scope.commit();
    return {};
  });
}

util::Result<void> Placements::mark_placed(const std::vector<Placement>& placements) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    for (const Placement& placement : placements) {
      const int changed = connection
                              .query(
                                  "UPDATE placements SET state = 1, size = ?3, sha1 = ?4, mtime_ms = ?5, proven = ?6,"
                                  " adopted = ?7 WHERE checksum = ?1 AND path = ?2")
                              .bind(Packed{placement.checksum}, placement.path, placement.size,
                                    Packed{placement.sha1_hex}, placement.mtime_ms, placement.proven, placement.adopted)
                              .run();
      if (changed != 1) {
        return util::fail(util::ErrorCode::internal, fmt::format("placed without a reservation: {}", placement.path));
      }
    }
    scope.commit();
    return {};
  });
}

util::Result<void> Placements::mark_damaged(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    connection.query("UPDATE placements SET state = 2 WHERE checksum = ?1 AND state = 1").bind(Packed{checksum}).run();
    return {};
  });
}

util::Result<void> Placements::release(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    if (connection.query("DELETE FROM placements WHERE checksum = ?1 AND state = 0").bind(Packed{checksum}).run() == 1)
      return {};
    if (const auto placement = by_checksum(connection, checksum)) {
      return util::fail(util::ErrorCode::refused, fmt::format("paths never change: {}", placement->path));
    }
    return {};
  });
}

util::Result<void> Placements::forget(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    connection.query("DELETE FROM placements WHERE checksum = ?1").bind(Packed{checksum}).run();
    return {};
  });
}

util::Result<void> Placements::for_each(std::optional<PlacementState> state,
                                        const std::function<util::Result<void>(const Placement&)>& visit) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<void> {
    std::int64_t last = std::numeric_limits<std::int64_t>::min();
    for (;;) {
      const std::vector<Placement> placements = chunk_after(connection, state, last);
      if (placements.empty()) return {};
      for (const Placement& placement : placements) {
        I2I_TRY(visit(placement));
      }
    }
  });
}

util::Result<PlacementTotals> Placements::totals() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<PlacementTotals> {
    PlacementTotals totals;
    Query query = connection.query("SELECT state, count(*), sum(size) FROM placements GROUP BY state");
    while (query.step()) {
      switch (static_cast<PlacementState>(query.integer(0))) {
        case PlacementState::planned:
          totals.planned = query.integer(1);
          break;
        case PlacementState::placed:
          totals.placed = query.integer(1);
          totals.bytes = query.integer(2);
          break;
        case PlacementState::damaged:
          totals.damaged = query.integer(1);
          break;
        case PlacementState::trashed:
          break;  // counted where the trash is
      }
    }
    return totals;
  });
}

}  // namespace i2i::ledger
