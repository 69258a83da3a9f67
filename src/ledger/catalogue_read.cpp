#include <algorithm>

#include "i2i/ledger/catalogue.hpp"
#include "ledger/asset_rows.hpp"

namespace i2i::ledger {
namespace {

constexpr const char* kReading = "reading the catalogue";
/// Assets read at once by for_each_asset: enough to be quick, few enough to stay small.
constexpr std::int64_t kChunk = 1'000;

struct StoredZone {
  std::int64_t id = 0;
  ZoneRow row;
};

/// The personal library first, then by name.
std::vector<StoredZone> all_zones(Connection& connection) {
  std::vector<StoredZone> zones;
  Query query = connection.query(
      "SELECT id, name, owner, database, token FROM zones WHERE gone = 0 ORDER BY name <> 'PrimarySync', name, owner, "
      "database");
  while (query.step()) {
    StoredZone zone;
    zone.id = query.integer(0);
    zone.row.id = {query.text(1), query.text(2), query.one_of(3, model::Database::shared_db)};
    zone.row.token = query.text(4);
    zones.push_back(std::move(zone));
  }
  return zones;
}

/// In the order of their texts, which is not the one they have in the file.
/// Of a query whose one row is: all, hidden, deleted.
ZoneCounts read_counts(Query& query) {
  if (!query.step()) return {};
  return {query.integer(0), query.integer(1), query.integer(2)};
}

std::vector<model::Checksum> checksums(Query query) {
  std::vector<model::Checksum> found;
  while (query.step()) {
    found.push_back(query.unpacked(0));
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// SELECT of the contents that stand for themselves wherever they are shown, of assets for which `which` holds. Not the
/// video halves of live photos: whoever shows those keeps them behind the still. kind: model::RenditionKind.
std::string files_shown_alone(const std::string& which) {
  const std::string assets = " a.deleted = 0 AND a.zone IN (SELECT id FROM zones WHERE gone = 0) AND " + which;
  return "SELECT checksum FROM (SELECT r.checksum FROM assets a JOIN master_renditions r ON r.master = a.master AND "
         "r.kind IN (0, 2) WHERE" +
         assets +
         " UNION ALL SELECT r.checksum FROM assets a JOIN asset_renditions r ON r.asset = a.id AND r.kind = 3 WHERE" +
         assets +
         " UNION ALL SELECT r.checksum FROM assets a JOIN masters m ON m.id = a.master AND m.is_video = 1"
         " JOIN asset_renditions r ON r.asset = a.id AND r.kind = 4 WHERE" +
         assets + ")";
}

}  // namespace

util::Result<std::vector<ZoneRow>> Catalogue::zones() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<ZoneRow>> {
    std::vector<ZoneRow> rows;
    for (StoredZone& zone : all_zones(connection)) {
      rows.push_back(std::move(zone.row));
    }
    return rows;
  });
}

util::Result<bool> Catalogue::is_listed_asset(const model::ZoneId& zone, const std::string& name) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<bool> {
    const auto state = find_zone(connection, zone);
    if (!state) return false;
    Query query = connection.query("SELECT 1 FROM assets WHERE zone = ?1 AND name = ?2 AND hidden = 0 AND deleted = 0");
    return query.bind(state->id, Packed{name}).step();
  });
}

util::Result<ZoneCounts> Catalogue::counts(const model::ZoneId& zone) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<ZoneCounts> {
    const auto state = find_zone(connection, zone);
    if (!state) return ZoneCounts{};
    Query query = connection.query(
        // From indices, the hidden ones by theirs (+): a million rows are not to be read in a run without news.
        "SELECT (SELECT count(*) FROM assets WHERE zone = ?1),"
        " (SELECT count(*) FROM assets WHERE +zone = ?1 AND hidden = 1 AND deleted = 0),"
        " (SELECT count(*) FROM assets WHERE zone = ?1 AND deleted = 1)");
    query.bind(state->id);
    return read_counts(query);
  });
}

util::Result<ZoneCounts> Catalogue::shown(const model::ZoneId& zone) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<ZoneCounts> {
    const auto state = find_zone(connection, zone);
    if (!state) return ZoneCounts{};
    Query query = connection.query(
        "SELECT count(*), total(hidden = 1 AND deleted = 0), total(deleted) FROM assets WHERE zone = ?1"
        " AND generation = ?2");
    query.bind(state->id, state->generation);
    return read_counts(query);
  });
}

util::Result<void> Catalogue::for_each_asset(const std::function<util::Result<void>(const AssetView&)>& visit) {
  Connection& connection = ledger_.connection();
  // In pieces, so that no statement is open while the visitor works: its writes can then be checkpointed.
  return connection.guarded(kReading, [&]() -> util::Result<void> {
    for (const StoredZone& zone : all_zones(connection)) {
      AssetPlace place;
      for (;;) {
        std::vector<AssetView> views = assets_after(connection, zone.id, place, kChunk);
        if (views.empty()) break;
        for (AssetView& view : views) {
          view.zone = zone.row.id;
          I2I_TRY(visit(view));
        }
      }
    }
    return {};
  });
}

util::Result<std::optional<AssetView>> Catalogue::asset(const model::ZoneId& zone, const std::string& name) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::optional<AssetView>> {
    const auto state = find_zone(connection, zone);
    if (!state) return std::optional<AssetView>();
    std::optional<AssetView> view = asset_view(connection, state->id, name);
    if (view) view->zone = zone;
    return view;
  });
}

util::Result<void> Catalogue::for_each_favorite(const std::function<util::Result<void>(const AssetView&)>& visit) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<void> {
    for (const StoredZone& zone : all_zones(connection)) {
      std::vector<std::string> names;
      {
        Query query = connection.query("SELECT name FROM assets WHERE +zone = ?1 AND favorite = 1 AND deleted = 0");
        query.bind(zone.id);
        while (query.step()) names.push_back(query.unpacked(0));
      }
      I2I_TRY(visit_assets(connection, {zone.id, zone.row.id}, names, visit));
    }
    return {};
  });
}

util::Result<std::vector<model::Checksum>> Catalogue::hidden_contents() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<model::Checksum>> {
    // EXCEPT keeps only the hidden ones and strikes out what it meets on one pass over the others.
    static const std::string sql = files_shown_alone("a.hidden = 1") + " EXCEPT " +
                                   files_shown_alone("a.hidden = 0 AND EXISTS (SELECT 1 FROM assets WHERE hidden = 1)");
    return checksums(connection.query(sql));
  });
}

}  // namespace i2i::ledger
