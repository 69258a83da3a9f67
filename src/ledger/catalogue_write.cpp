#include "i2i/ledger/catalogue.hpp"
#include "ledger/record_writer.hpp"

namespace i2i::ledger {
namespace {

constexpr const char* kWriting = "writing the catalogue";

Applied put_all(Connection& connection, const ZoneState& zone, const std::vector<model::Record>& records) {
  RecordWriter writer(connection, zone);
  for (const model::Record& record : records) {
    writer.put(record);
  }
  return writer.applied();
}

void store_token(Connection& connection, std::int64_t zone, const std::string& token) {
  connection.query("UPDATE zones SET token = ?2 WHERE id = ?1").bind(zone, token).run();
}

/// Deletes what the listing of this generation did not show; returns how many assets that were.
std::int64_t forget_unshown(Connection& connection, const ZoneState& zone) {
  const auto run = [&](const char* sql) { return connection.query(sql).bind(zone.id, zone.generation).run(); };
  run("DELETE FROM memberships WHERE zone = ?1 AND (generation <> ?2"
      " OR asset IN (SELECT name FROM assets WHERE zone = ?1 AND generation <> ?2)"
      " OR album IN (SELECT name FROM albums WHERE zone = ?1 AND generation <> ?2))");
  run("DELETE FROM albums WHERE zone = ?1 AND generation <> ?2");
  const int assets = run("DELETE FROM assets WHERE zone = ?1 AND generation <> ?2");
  run("DELETE FROM masters WHERE zone = ?1 AND generation <> ?2"
      " AND NOT EXISTS (SELECT 1 FROM assets WHERE assets.master = masters.id)");
  return assets;
}

}  // namespace

util::Result<bool> Catalogue::mark_gone(const model::ZoneId& zone) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<bool> {
    Scope scope(connection);
    const auto state = find_zone(connection, zone);
    if (!state) return false;
    const int changed =
        connection.query("UPDATE zones SET gone = 1, token = '' WHERE id = ?1 AND gone = 0").bind(state->id).run();
    scope.commit();
    connection.listings().erase(state->id);
    return changed > 0;
  });
}

util::Result<void> Catalogue::begin_listing(const model::ZoneId& zone) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    const ZoneState state = find_or_add_zone(connection, zone);
    connection.query("UPDATE zones SET generation = generation + 1 WHERE id = ?1").bind(state.id).run();
    scope.commit();
    connection.listings().insert(state.id);
    return {};
  });
}

util::Result<Applied> Catalogue::put_listed(const model::ZoneId& zone, const std::vector<model::Record>& records) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<Applied> {
    Scope scope(connection);
    const Applied applied = put_all(connection, find_or_add_zone(connection, zone), records);
    scope.commit();
    return applied;
  });
}

util::Result<Applied> Catalogue::finish_listing(const model::ZoneId& zone, const std::string& token, Unshown unshown) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<Applied> {
    Scope scope(connection);
    const ZoneState state = find_or_add_zone(connection, zone);
    if (!connection.listings().contains(state.id)) {
      return util::fail(util::ErrorCode::internal, "a listing ends that never began");
    }
    Applied applied;
    if (unshown == Unshown::forget) applied.deleted = forget_unshown(connection, state);
    store_token(connection, state.id, token);
    connection.query("UPDATE zones SET gone = 0 WHERE id = ?1 AND gone <> 0").bind(state.id).run();
    scope.commit();
    connection.listings().erase(state.id);
    return applied;
  });
}

util::Result<Applied> Catalogue::put_changes(const model::ZoneId& zone, const std::vector<model::Record>& records,
                                             const std::string& token) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<Applied> {
    Scope scope(connection);
    const ZoneState state = find_or_add_zone(connection, zone);
    const Applied applied = put_all(connection, state, records);
    if (!connection.listings().contains(state.id)) store_token(connection, state.id, token);
    scope.commit();
    return applied;
  });
}

util::Result<void> Catalogue::drop_token(const model::ZoneId& zone) {
  Connection& connection = ledger_.connection();
  return connection.guarded(kWriting, [&]() -> util::Result<void> {
    Scope scope(connection);
    if (const auto state = find_zone(connection, zone)) store_token(connection, state->id, "");
    scope.commit();
    return {};
  });
}

}  // namespace i2i::ledger
