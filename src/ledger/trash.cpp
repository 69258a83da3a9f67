#include "i2i/ledger/trash.hpp"

#include <algorithm>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "ledger/connection.hpp"
#include "ledger/placement_row.hpp"

namespace i2i::ledger {
namespace {

constexpr const char* kReading = "reading the ledger's list of the trash";
constexpr const char* kWriting = "writing the ledger's list of the trash";

// ?1: 1 where what is in Recently Deleted counts as there.
#define I2I_LIVE                                                                             \
  "SELECT r.checksum FROM assets a JOIN master_renditions r ON r.master = a.master"          \
  " WHERE a.deleted <= ?1 UNION ALL SELECT r.checksum FROM assets a JOIN asset_renditions r" \
  " ON r.asset = a.id WHERE a.deleted <= ?1"

int counted_as_there(RecentlyDeleted recently_deleted) { return recently_deleted == RecentlyDeleted::is_there ? 1 : 0; }

std::vector<TrashedFile> all_files(Connection& connection) {
  std::vector<TrashedFile> files;
  Query query =
      connection.query("SELECT " I2I_PLACEMENT_COLUMNS
                       ", t.trash_path, t.trashed_at, t.asset, t.reason FROM trash t"
                       " JOIN placements p ON p.checksum = t.checksum WHERE p.state IN (1, 3) ORDER BY p.path");
  while (query.step())
    files.push_back({read_placement(query), query.text(kAfterPlacement), query.integer(kAfterPlacement + 1),
                     query.text(kAfterPlacement + 2), query.text(kAfterPlacement + 3)});
  return files;
}

/// Names the assets in Recently Deleted that had the contents, in one pass over those few.
void name_assets(Connection& connection, std::vector<GoneContent>& gone) {
  if (gone.empty()) return;
  std::unordered_map<model::Checksum, std::string*> nameless;
  for (auto& content : gone) nameless.emplace(content.placement.checksum, &content.asset);
  Query query = connection.query(
      "SELECT r.checksum, a.name FROM assets a JOIN master_renditions r ON r.master = a.master WHERE a.deleted = 1"
      " UNION ALL SELECT r.checksum, a.name FROM assets a JOIN asset_renditions r ON r.asset = a.id WHERE a.deleted = 1"
      " ORDER BY 2");
  while (query.step()) {
    const auto found = nameless.find(query.unpacked(0));
    if (found != nameless.end() && found->second->empty()) *found->second = query.unpacked(1);
  }
}

/// 64 bits of every content that is not gone, sorted: 8 bytes each, for libraries of a million. Where two contents
/// share a key, which no library is large enough for, one that is gone stays on the volume.
using LiveKeys = std::deque<std::uint64_t>;  // a vector's growth would hold everything twice

std::uint64_t live_key(const Query& query) { return std::hash<std::string_view>{}(query.bytes(0)); }

LiveKeys live_keys(Connection& connection, int counted) {
  LiveKeys keys;
  Query live = connection.query(I2I_LIVE);
  live.bind(counted);
  while (live.step()) keys.push_back(live_key(live));
  Query kept = connection.query("SELECT checksum FROM kept_contents");
  while (kept.step()) keys.push_back(live_key(kept));
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::int64_t number(Connection& connection, const char* sql) {
  Query query = connection.query(sql);
  return query.step() ? query.integer(0) : 0;
}

/// What is in the catalogue again is judged by it again.
void drop_kept_that_are_live(Connection& connection, int counted) {
  if (number(connection, "SELECT count(*) FROM kept_contents") == 0) return;
  connection
      .query(
          "DELETE FROM kept_contents WHERE checksum NOT IN (SELECT checksum FROM kept_contents EXCEPT SELECT * FROM "
          "(" I2I_LIVE "))")
      .bind(counted)
      .run();
}

}  // namespace

util::Result<std::vector<GoneContent>> Trash::gone(RecentlyDeleted recently_deleted) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<GoneContent>> {
    const int counted = counted_as_there(recently_deleted);
    drop_kept_that_are_live(connection, counted);
    const LiveKeys live = live_keys(connection, counted);
    std::vector<GoneContent> gone;
    {
      Query query = connection.query("SELECT " I2I_PLACEMENT_COLUMNS " FROM placements p WHERE p.state = 1");
      while (query.step()) {
        if (!std::binary_search(live.begin(), live.end(), live_key(query))) gone.push_back({read_placement(query), {}});
      }
    }
    const auto by_path = [](const auto& a, const auto& b) { return a.placement.path < b.placement.path; };
    std::sort(gone.begin(), gone.end(), by_path);
    name_assets(connection, gone);
    return gone;
  });
}

util::Result<void> Trash::intend(const std::vector<TrashedFile>& files) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    for (const auto& file : files) {
      connection
          .query(
              "INSERT OR REPLACE INTO trash (checksum, trash_path, trashed_at, asset, reason) VALUES (?1, ?2, ?3, ?4, "
              "?5)")
          .bind(Packed{file.placement.checksum}, file.trash_path, file.trashed_at, file.asset, file.reason)
          .run();
    }
    scope.commit();
    return {};
  });
}

util::Result<void> Trash::mark_trashed(const std::vector<model::Checksum>& checksums) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    for (const auto& checksum : checksums) {
      connection.query("UPDATE placements SET state = 3 WHERE checksum = ?1 AND state = 1")
          .bind(Packed{checksum})
          .run();
    }
    scope.commit();
    return {};
  });
}

util::Result<std::vector<TrashedFile>> Trash::files() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading,
                            [&]() -> util::Result<std::vector<TrashedFile>> { return all_files(connection); });
}

util::Result<std::vector<TrashedFile>> Trash::wanted_back(RecentlyDeleted recently_deleted) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<TrashedFile>> {
    std::vector<TrashedFile> files = all_files(connection);
    if (files.empty()) return files;
    std::unordered_set<model::Checksum> gone;
    Query query = connection.query("SELECT checksum FROM trash EXCEPT SELECT * FROM (" I2I_LIVE ")");
    query.bind(counted_as_there(recently_deleted));
    while (query.step()) gone.insert(query.unpacked(0));
    std::erase_if(files, [&](const TrashedFile& file) { return gone.contains(file.placement.checksum); });
    return files;
  });
}

util::Result<void> Trash::mark_back(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    connection.query("UPDATE placements SET state = 1 WHERE checksum = ?1 AND state = 3").bind(Packed{checksum}).run();
    connection.query("DELETE FROM trash WHERE checksum = ?1").bind(Packed{checksum}).run();
    scope.commit();
    return {};
  });
}

util::Result<void> Trash::mark_lost(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    connection.query("UPDATE placements SET state = 0 WHERE checksum = ?1 AND state = 3").bind(Packed{checksum}).run();
    connection.query("DELETE FROM trash WHERE checksum = ?1").bind(Packed{checksum}).run();
    scope.commit();
    return {};
  });
}

util::Result<TrashTotals> Trash::totals() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<TrashTotals> {
    Query query = connection.query("SELECT count(*), coalesce(sum(size), 0) FROM placements WHERE state = 3");
    if (!query.step()) return TrashTotals{};
    return TrashTotals{query.integer(0), query.integer(1)};
  });
}

}  // namespace i2i::ledger
