#include "ledger/zone_rows.hpp"

namespace i2i::ledger {

std::optional<ZoneState> find_zone(Connection& connection, const model::ZoneId& zone) {
  Query query = connection.query("SELECT id, generation FROM zones WHERE database = ?1 AND name = ?2 AND owner = ?3");
  if (!query.bind(static_cast<int>(zone.database), zone.name, zone.owner).step()) return std::nullopt;
  return ZoneState{query.integer(0), query.integer(1)};
}

ZoneState find_or_add_zone(Connection& connection, const model::ZoneId& zone) {
  if (auto found = find_zone(connection, zone)) return *found;
  connection.query("INSERT INTO zones (database, name, owner) VALUES (?1, ?2, ?3)")
      .bind(static_cast<int>(zone.database), zone.name, zone.owner)
      .run();
  return ZoneState{connection.last_row_id(), 0};
}

}  // namespace i2i::ledger
