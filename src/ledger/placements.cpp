#include "i2i/ledger/placements.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "i2i/util/text.hpp"
#include "ledger/connection.hpp"
#include "ledger/path_key.hpp"
#include "ledger/placement_row.hpp"

namespace i2i::ledger {
namespace {

constexpr const char* kReading = "reading the placements";
constexpr const char* kWriting = "writing the placements";
constexpr std::int64_t kChunk = 1'000;
constexpr std::size_t kFingerprintBytes = 8;
constexpr std::size_t kProvenAtBytes = 4;

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

std::optional<std::int64_t> in_seconds(std::optional<util::UnixMillis> at) {
  return at ? std::optional(*at / kMillisPerSecond) : std::nullopt;
}

void insert(Connection& connection, const Placement& placement, PlacementState state) {
  // A row that grows tears its page in two: a planned one gets the room at once that its sha1, its sidecar's
  // fingerprint and the time of its proof will take. No sha1 is so long: it reads as none.
  static const Stored room{true, std::string(kSha1Bytes + kFingerprintBytes + kProvenAtBytes, '\0')};
  const bool is_to_grow = state == PlacementState::planned && placement.sha1_hex.empty();
  connection
      .query(
          "INSERT INTO placements (checksum, path, path_key, state, size, sha1, mtime_ms, proven, adopted, proven_at)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
      .bind(Packed{placement.checksum}, placement.path, path_key(util::case_fold(placement.path)),
            static_cast<int>(state), placement.size, is_to_grow ? room : packed(placement.sha1_hex), placement.mtime_ms,
            placement.proven, placement.adopted, in_seconds(placement.proven_at))
      .run();
}

struct Row {
  std::int64_t id = 0;
  Placement placement;
};

/// Up to kChunk rows after the one of number `last`, which becomes the last of them. They lie in the file in this
/// order.
std::vector<Row> chunk_after(Connection& connection, std::optional<PlacementState> state, std::int64_t& last) {
  Query query = state ? connection.query(I2I_PLACEMENT "WHERE id > ?1 AND state = ?3 ORDER BY id LIMIT ?2")
                      : connection.query(I2I_PLACEMENT "WHERE id > ?1 AND state <> 3 ORDER BY id LIMIT ?2");
  query.bind(last, kChunk);
  if (state) query.bind(static_cast<int>(*state));
  std::vector<Row> rows;
  while (query.step()) {
    must_go_on(query.integer(kAfterPlacement) > last);
    last = query.integer(kAfterPlacement);
    rows.push_back({last, read_placement(query)});
  }
  return rows;
}

util::Result<void> each_row(Connection& connection, std::optional<PlacementState> state,
                            const std::function<util::Result<void>(const Row&)>& visit) {
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (;;) {
    const std::vector<Row> rows = chunk_after(connection, state, last);
    if (rows.empty()) return {};
    for (const Row& row : rows) I2I_TRY(visit(row));
  }
}

constexpr std::int64_t kNeverProven = -1;

/// Proof (in seconds) and number of the last row of the part of placed rows whose proof is the oldest.
std::optional<std::pair<std::int64_t, std::int64_t>> last_of_part(Connection& connection, double part) {
  Query count = connection.query("SELECT count(*) FROM placements WHERE state = 1");
  if (!count.step() || count.integer(0) == 0) return std::nullopt;
  const auto rows = count.integer(0);
  // Not a row more for the last digit of a quotient: a half of 4 rows is 2.
  constexpr double kSlack = 1e-9;
  const auto size = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(std::ceil(part * static_cast<double>(rows) - kSlack)), 1, rows);
  Query query = connection.query(
      "SELECT coalesce(proven_at, ?2) AS age, id FROM placements WHERE state = 1 ORDER BY age, id LIMIT 1 OFFSET ?1");
  if (!query.bind(size - 1, kNeverProven).step()) return std::nullopt;
  return std::pair(query.integer(0), query.integer(1));
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
      const int changed =
          connection
              .query(
                  "UPDATE placements SET state = 1, size = ?3, sha1 = ?4, mtime_ms = ?5, proven = ?6,"
                  " adopted = ?7, proven_at = ?8 WHERE checksum = ?1 AND path = ?2")
              .bind(Packed{placement.checksum}, placement.path, placement.size, Packed{placement.sha1_hex},
                    placement.mtime_ms, placement.proven, placement.adopted, in_seconds(placement.proven_at))
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
    return each_row(connection, state, [&](const Row& row) { return visit(row.placement); });
  });
}

util::Result<void> Placements::for_each_by_age(
    double part, const std::function<util::Result<void>(const Placement&, bool in_part)>& visit) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<void> {
    const auto last = last_of_part(connection, part);
    return each_row(connection, std::nullopt, [&](const Row& row) {
      const std::pair age(in_seconds(row.placement.proven_at).value_or(kNeverProven), row.id);
      return visit(row.placement, row.placement.state == PlacementState::damaged || (last && age <= *last));
    });
  });
}

util::Result<void> Placements::note_proven(const std::vector<model::Checksum>& checksums, util::UnixMillis at) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    for (const auto& checksum : checksums) {
      connection.query("UPDATE placements SET proven_at = ?2 WHERE checksum = ?1")
          .bind(Packed{checksum}, in_seconds(at))
          .run();
    }
    scope.commit();
    return {};
  });
}

util::Result<ProofAges> Placements::proof_ages(const ProofTimes& times) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<ProofAges> {
    ProofAges ages;
    Query query = connection.query(
        "SELECT min(proven_at), max(proven_at), total(proven_at >= ?1), total(proven_at >= ?2 AND proven_at < ?1),"
        " total(proven_at >= ?3 AND proven_at < ?2 AND proven_at < ?1), total(proven_at < ?3), total(proven_at IS NULL)"
        " FROM placements WHERE state = 1");
    query.bind(in_seconds(times.this_run), in_seconds(times.month), in_seconds(times.year));
    if (!query.step()) return ages;
    int column = 0;
    for (auto* end : {&ages.oldest, &ages.newest}) {
      if (!query.is_null(column)) *end = query.integer(column) * kMillisPerSecond;
      ++column;
    }
    for (auto* count : {&ages.this_run, &ages.month, &ages.year, &ages.older, &ages.never}) {
      *count = query.integer(column++);
    }
    return ages;
  });
}

util::Result<PlacementTotals> Placements::totals() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<PlacementTotals> {
    PlacementTotals totals;
    Query query = connection.query("SELECT state, count(*), sum(size) FROM placements GROUP BY state");
    while (query.step()) {
      switch (query.one_of(0, PlacementState::trashed)) {
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
