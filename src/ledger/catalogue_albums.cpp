#include <algorithm>
#include <map>

#include "i2i/ledger/catalogue.hpp"
#include "ledger/asset_rows.hpp"

namespace i2i::ledger {
namespace {

constexpr const char* kReading = "reading the albums";
/// Deeper than any folder iCloud allows; ends the walk where folders form a ring.
constexpr int kDeepest = 64;

struct AlbumRow {
  std::string title;
  std::string parent;
  bool is_folder = false;
};

std::optional<AlbumRow> album_row(Connection& connection, std::int64_t zone, const std::string& name) {
  Query query = connection.query("SELECT title, parent, is_folder FROM albums WHERE zone = ?1 AND name = ?2");
  if (!query.bind(zone, name).step()) return std::nullopt;
  return AlbumRow{query.text(0), query.text(1), query.flag(2)};
}

/// "Parent/Child"; a folder that is not known counts as the root.
std::string path_of(Connection& connection, std::int64_t zone, const AlbumRow& album) {
  std::string path = album.title;
  std::string parent = album.parent;
  for (int depth = 0; depth < kDeepest && !parent.empty(); ++depth) {
    const auto folder = album_row(connection, zone, parent);
    if (!folder) break;
    path.insert(0, folder->title + "/");
    parent = folder->parent;
  }
  return path;
}

}  // namespace

util::Result<std::vector<AlbumView>> Catalogue::albums() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<AlbumView>> {
    std::vector<AlbumView> views;
    Query query = connection.query(
        "SELECT z.id, z.name, z.owner, z.database, a.name, a.title, a.parent FROM albums a JOIN zones z ON z.id = "
        "a.zone"
        " WHERE a.is_folder = 0 AND z.gone = 0");
    while (query.step()) {
      const AlbumRow row{query.text(5), query.text(6), false};
      views.push_back({{query.text(1), query.text(2), query.one_of(3, model::Database::shared_db)},
                       query.text(4),
                       path_of(connection, query.integer(0), row)});
    }
    std::sort(views.begin(), views.end(), [](const AlbumView& a, const AlbumView& b) {
      return std::tie(a.path, a.id, a.zone) < std::tie(b.path, b.id, b.zone);
    });
    return views;
  });
}

util::Result<std::vector<std::string>> Catalogue::album_paths_of(const model::ZoneId& zone, const std::string& asset) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<std::string>> {
    std::vector<std::string> paths;
    const auto state = find_zone(connection, zone);
    if (!state) return paths;
    Query query = connection.query(
        "SELECT a.title, a.parent FROM memberships m JOIN albums a ON a.zone = m.zone AND a.name = m.album"
        " WHERE m.zone = ?1 AND m.asset = ?2 AND a.is_folder = 0");
    query.bind(state->id, Packed{asset});
    while (query.step()) {
      paths.push_back(path_of(connection, state->id, {query.text(0), query.text(1), false}));
    }
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
  });
}

util::Result<void> Catalogue::for_each_member(const AlbumView& album,
                                              const std::function<util::Result<void>(const AssetView&)>& visit) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<void> {
    const auto state = find_zone(connection, album.zone);
    if (!state) return {};
    std::vector<std::string> names;
    {
      Query query = connection.query(
          "SELECT a.name FROM memberships m JOIN assets a ON a.zone = m.zone AND a.name = m.asset"
          " WHERE m.zone = ?1 AND m.album = ?2 AND a.deleted = 0 ORDER BY m.position, m.name");
      query.bind(state->id, album.id);
      while (query.step()) names.push_back(query.unpacked(0));
    }
    return visit_assets(connection, {state->id, album.zone}, names, visit);
  });
}

}  // namespace i2i::ledger
