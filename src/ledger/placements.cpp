#include "i2i/ledger/placements.hpp"

#include <fmt/core.h>

#include "i2i/util/text.hpp"
#include "ledger/connection.hpp"

namespace i2i::ledger {
namespace {

constexpr const char* kReading = "reading the placements";
constexpr const char* kWriting = "writing the placements";
constexpr std::int64_t kChunk = 1'000;

#define I2I_PLACEMENT "SELECT checksum, path, state, size, sha1_hex, mtime_ms, proven, adopted FROM placements "

Placement read(const Query& query) {
  Placement placement;
  placement.checksum = query.text(0);
  placement.path = query.text(1);
  placement.state = static_cast<PlacementState>(query.integer(2));
  placement.size = static_cast<std::uint64_t>(query.integer(3));
  placement.sha1_hex = query.text(4);
  placement.mtime_ms = query.integer(5);
  placement.proven = query.flag(6);
  placement.adopted = query.flag(7);
  return placement;
}

std::optional<Placement> find_one(Connection& connection, const char* sql, const std::string& key) {
  Query query = connection.query(sql);
  if (!query.bind(key).step()) return std::nullopt;
  return read(query);
}

std::optional<Placement> by_checksum(Connection& connection, const model::Checksum& checksum) {
  return find_one(connection, I2I_PLACEMENT "WHERE checksum = ?1", checksum);
}

/// What stands in `folded` for an adopted file whose path only its case tells from another's: no path has "//" in it.
std::string twin_key(const std::string& path) { return util::case_fold(path) + "//" + path; }

std::optional<Placement> by_path(Connection& connection, const std::string& path) {
  Query query = connection.query(I2I_PLACEMENT "WHERE folded IN (?1, ?2) ORDER BY path <> ?3 LIMIT 1");
  if (!query.bind(util::case_fold(path), twin_key(path), path).step()) return std::nullopt;
  return read(query);
}

void insert(Connection& connection, const Placement& placement, PlacementState state, const std::string& folded) {
  connection
      .query(
          "INSERT INTO placements (checksum, path, folded, state, size, sha1_hex, mtime_ms, proven, adopted)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
      .bind(placement.checksum, placement.path, folded, static_cast<int>(state), placement.size, placement.sha1_hex,
            placement.mtime_ms, placement.proven, placement.adopted)
      .run();
}

std::vector<Placement> rows(Query query) {
  std::vector<Placement> placements;
  while (query.step()) {
    placements.push_back(read(query));
  }
  return placements;
}

std::vector<Placement> chunk_after(Connection& connection, std::optional<PlacementState> state,
                                   const std::string& path) {
  if (state) {
    Query query = connection.query(I2I_PLACEMENT "WHERE state = ?1 AND path > ?2 ORDER BY path LIMIT ?3");
    query.bind(static_cast<int>(*state), path, kChunk);
    return rows(std::move(query));
  }
  // The index is by state and path: merging its three parts needs no sorting.
  Query query = connection.query(I2I_PLACEMENT "WHERE state = 0 AND path > ?1 UNION ALL " I2I_PLACEMENT
                                               "WHERE state = 1 AND path > ?1 UNION ALL " I2I_PLACEMENT
                                               "WHERE state = 2 AND path > ?1 ORDER BY path LIMIT ?2");
  query.bind(path, kChunk);
  return rows(std::move(query));
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
    // The path itself has no index; its folded form has.
    Query query = connection.query(I2I_PLACEMENT "WHERE folded IN (?1, ?2) AND path = ?3");
    if (!query.bind(util::case_fold(path), twin_key(path), path).step()) return std::optional<Placement>();
    return std::optional(read(query));
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
    insert(connection, placement, PlacementState::planned, util::case_fold(placement.path));
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
      connection.query("DELETE FROM placements WHERE checksum = ?1").bind(placement.checksum).run();
    }
    const auto other = by_path(connection, placement.path);
    if (other && other->path == placement.path) {
      return util::fail(util::ErrorCode::refused, fmt::format("the path belongs to another content: {}", other->path));
    }
    Placement row = placement;
    row.adopted = true;
    insert(connection, row, PlacementState::placed, other ? twin_key(row.path) : util::case_fold(row.path));
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
                  "UPDATE placements SET state = 1, size = ?3, sha1_hex = ?4, mtime_ms = ?5, proven = ?6,"
                  " adopted = ?7 WHERE checksum = ?1 AND path = ?2")
              .bind(placement.checksum, placement.path, placement.size, placement.sha1_hex, placement.mtime_ms,
                    placement.proven, placement.adopted)
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
    connection.query("UPDATE placements SET state = 2 WHERE checksum = ?1 AND state = 1").bind(checksum).run();
    return {};
  });
}

util::Result<void> Placements::release(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    if (connection.query("DELETE FROM placements WHERE checksum = ?1 AND state = 0").bind(checksum).run() == 1)
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
    connection.query("DELETE FROM placements WHERE checksum = ?1").bind(checksum).run();
    return {};
  });
}

util::Result<void> Placements::for_each(std::optional<PlacementState> state,
                                        const std::function<util::Result<void>(const Placement&)>& visit) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<void> {
    std::string last;
    for (;;) {
      const std::vector<Placement> placements = chunk_after(connection, state, last);
      if (placements.empty()) return {};
      must_go_on(placements.back().path > last);
      last = placements.back().path;
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
