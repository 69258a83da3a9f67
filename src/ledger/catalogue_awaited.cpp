#include <algorithm>

#include "i2i/ledger/catalogue.hpp"
#include "ledger/connection.hpp"
#include "ledger/zone_rows.hpp"

namespace i2i::ledger {

util::Result<std::vector<std::string>> Catalogue::unknown_masters(const model::ZoneId& zone) {
  Connection& connection = ledger_.connection();
  return connection.guarded("reading the catalogue", [&]() -> util::Result<std::vector<std::string>> {
    std::vector<std::string> names;
    const auto state = find_zone(connection, zone);
    if (!state) return names;
    Query query = connection.query(
        "SELECT name FROM masters WHERE zone = ?1 AND known = 0"
        " AND EXISTS (SELECT 1 FROM assets WHERE assets.master = masters.id)");
    query.bind(state->id);
    while (query.step()) names.push_back(query.unpacked(0));
    std::sort(names.begin(), names.end());
    return names;
  });
}

util::Result<std::vector<AwaitedFile>> Catalogue::awaited_files() {
  Connection& connection = ledger_.connection();
  return connection.guarded("reading the catalogue", [&]() -> util::Result<std::vector<AwaitedFile>> {
    std::vector<AwaitedFile> files;
    Query query = connection.query(
        "SELECT z.name, z.owner, z.database, f.record, f.kind FROM awaited_files f JOIN zones z ON z.id = f.zone"
        " WHERE z.gone = 0 ORDER BY f.zone, f.record, f.kind");
    while (query.step()) {
      files.push_back({{query.text(0), query.text(1), query.one_of(2, model::Database::shared_db)},
                       query.text(3),
                       query.one_of(4, model::RenditionKind::edited_video)});
    }
    return files;
  });
}

util::Result<void> Catalogue::set_awaited_files(const std::vector<AwaitedFile>& files) {
  Connection& connection = ledger_.connection();
  return connection.guarded("writing the catalogue", [&]() -> util::Result<void> {
    Scope scope(connection);
    connection.query("DELETE FROM awaited_files").run();
    for (const auto& file : files) {
      const auto state = find_zone(connection, file.zone);
      if (!state) continue;
      connection.query("INSERT OR IGNORE INTO awaited_files (zone, record, kind) VALUES (?1, ?2, ?3)")
          .bind(state->id, file.record, static_cast<int>(file.kind))
          .run();
    }
    scope.commit();
    return {};
  });
}

}  // namespace i2i::ledger
