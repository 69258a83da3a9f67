#include "i2i/ledger/imports.hpp"

#include <algorithm>
#include <set>

#include "ledger/connection.hpp"

namespace i2i::ledger {
namespace {

constexpr const char* kReading = "reading what Immich has";
constexpr const char* kWriting = "writing what Immich has";
constexpr std::int64_t kChunk = 1'000;

#define I2I_IMPORTED "SELECT checksum, asset_id, favorite_sent, hidden_sent, locked FROM imported_assets "

std::optional<bool> maybe_flag(const Query& query, int column) {
  if (query.is_null(column)) return std::nullopt;
  return query.flag(column);
}

ImportedAsset read(const Query& query) {
  return {query.unpacked(0), query.text(1), maybe_flag(query, 2), maybe_flag(query, 3), query.flag(4)};
}

std::optional<std::int64_t> album_id(Connection& connection, const std::string& zone, const std::string& album) {
  Query query = connection.query("SELECT id FROM imported_albums WHERE zone = ?1 AND album = ?2");
  if (!query.bind(zone, album).step()) return std::nullopt;
  return query.integer(0);
}

std::vector<model::Checksum> members(Connection& connection, std::int64_t album) {
  std::vector<model::Checksum> found;
  Query query = connection.query("SELECT checksum FROM imported_members WHERE album = ?1");
  query.bind(album);
  while (query.step()) {
    found.push_back(query.unpacked(0));
  }
  std::sort(found.begin(), found.end());
  return found;
}

void forget_what_another_id_had(Connection& connection, const ImportedAsset& asset) {
  {
    Query known = connection.query("SELECT 1 FROM imported_assets WHERE checksum = ?1 AND asset_id <> ?2");
    if (!known.bind(Packed{asset.checksum}, asset.asset_id).step()) return;
  }
  for (const char* sql :
       {"DELETE FROM imported_members WHERE checksum = ?1", "DELETE FROM imported_stacks WHERE checksum = ?1",
        "DELETE FROM imported_links WHERE still = ?1 OR video = ?1"}) {
    connection.query(sql).bind(Packed{asset.checksum}).run();
  }
}

}  // namespace

util::Result<std::optional<ImportedAsset>> Imports::asset(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::optional<ImportedAsset>> {
    Query query = connection.query(I2I_IMPORTED "WHERE checksum = ?1");
    if (!query.bind(Packed{checksum}).step()) return std::optional<ImportedAsset>();
    return std::optional(read(query));
  });
}

util::Result<void> Imports::put_assets(const std::vector<ImportedAsset>& assets) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    for (const ImportedAsset& asset : assets) {
      forget_what_another_id_had(connection, asset);
      connection
          .query(
              "INSERT INTO imported_assets (checksum, asset_id, favorite_sent, hidden_sent, locked) VALUES (?1, ?2, "
              "?3, "
              "?4, ?5)"
              " ON CONFLICT (checksum) DO UPDATE SET asset_id = ?2, favorite_sent = ?3, hidden_sent = ?4, locked = ?5"
              " WHERE (asset_id, favorite_sent, hidden_sent, locked) IS NOT (?2, ?3, ?4, ?5)")
          .bind(Packed{asset.checksum}, asset.asset_id, asset.favorite_sent, asset.hidden_sent, asset.locked)
          .run();
    }
    scope.commit();
    return {};
  });
}

util::Result<void> Imports::forget_asset(const model::Checksum& checksum) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    connection.query("DELETE FROM imported_assets WHERE checksum = ?1").bind(Packed{checksum}).run();
    return {};
  });
}

util::Result<void> Imports::for_each_asset(const std::function<util::Result<void>(const ImportedAsset&)>& visit) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<void> {
    Stored last;
    for (;;) {
      std::vector<ImportedAsset> assets;
      {
        Query query = connection.query(I2I_IMPORTED
                                       "WHERE checksum > ?1 AND NOT EXISTS (SELECT 1 FROM placements p WHERE"
                                       " p.checksum = imported_assets.checksum AND p.state = 3)"
                                       " ORDER BY checksum LIMIT ?2");
        query.bind(last, kChunk);
        while (query.step()) {
          assets.push_back(read(query));
        }
      }
      if (assets.empty()) return {};
      Stored place = packed(assets.back().checksum);
      must_go_on(place > last);
      last = std::move(place);
      for (const ImportedAsset& asset : assets) {
        I2I_TRY(visit(asset));
      }
    }
  });
}

util::Result<void> Imports::forget_all() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    connection.query("DELETE FROM imported_assets").run();
    connection.query("DELETE FROM imported_members").run();
    connection.query("DELETE FROM imported_albums").run();
    connection.query("DELETE FROM imported_stacks").run();
    connection.query("DELETE FROM imported_links").run();
    scope.commit();
    return {};
  });
}

util::Result<std::vector<ImportedAlbum>> Imports::albums() {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<ImportedAlbum>> {
    std::vector<ImportedAlbum> albums;
    Query query =
        connection.query("SELECT zone, album, immich_id, name_sent FROM imported_albums ORDER BY zone, album");
    while (query.step()) {
      albums.push_back({query.text(0), query.text(1), query.text(2), query.text(3)});
    }
    return albums;
  });
}

util::Result<void> Imports::put_album(const ImportedAlbum& album) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    connection
        .query(
            "INSERT INTO imported_albums (zone, album, immich_id, name_sent) VALUES (?1, ?2, ?3, ?4)"
            " ON CONFLICT (zone, album) DO UPDATE SET immich_id = ?3, name_sent = ?4")
        .bind(album.zone, album.album, album.immich_id, album.name_sent)
        .run();
    return {};
  });
}

util::Result<void> Imports::forget_album(const std::string& zone, const std::string& album) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    connection.query("DELETE FROM imported_albums WHERE zone = ?1 AND album = ?2").bind(zone, album).run();
    return {};
  });
}

util::Result<std::vector<model::Checksum>> Imports::members_sent(const std::string& zone, const std::string& album) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kReading, [&]() -> util::Result<std::vector<model::Checksum>> {
    const auto id = album_id(connection, zone, album);
    if (!id) return std::vector<model::Checksum>();
    return members(connection, *id);
  });
}

util::Result<void> Imports::set_members_sent(const std::string& zone, const std::string& album,
                                             const std::vector<model::Checksum>& members_now) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    const auto id = album_id(connection, zone, album);
    if (!id) return util::fail(util::ErrorCode::internal, "members of an album that was never put");
    const std::set<model::Checksum> wanted(members_now.begin(), members_now.end());
    for (const model::Checksum& checksum : members(connection, *id)) {
      if (wanted.contains(checksum)) continue;
      connection.query("DELETE FROM imported_members WHERE album = ?1 AND checksum = ?2")
          .bind(*id, Packed{checksum})
          .run();
    }
    for (const model::Checksum& checksum : wanted) {
      connection.query("INSERT OR IGNORE INTO imported_members (album, checksum) VALUES (?1, ?2)")
          .bind(*id, Packed{checksum})
          .run();
    }
    scope.commit();
    return {};
  });
}

}  // namespace i2i::ledger
