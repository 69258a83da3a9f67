#include "ledger/record_writer.hpp"

#include <cmath>

#include "ledger/asset_rows.hpp"
#include "ledger/stored_renditions.hpp"
#include "ledger/utis.hpp"

namespace i2i::ledger {

void RecordWriter::put(const model::Record& record) { std::visit(*this, record); }

void RecordWriter::operator()(const model::Master& master) {
  std::int64_t id = 0;
  {
    Query query = connection_.query("SELECT id FROM masters WHERE zone = ?1 AND name = ?2");
    if (query.bind(zone_.id, Packed{master.name}).step()) id = query.integer(0);
  }
  const std::int64_t item_type = uti_number(connection_, master.item_type);
  if (id == 0) {
    connection_
        .query(
            "INSERT INTO masters (zone, name, generation, known, filename, item_type, is_video)"
            " VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)")
        .bind(zone_.id, Packed{master.name}, zone_.generation, master.filename, item_type, master.is_video)
        .run();
    id = connection_.last_row_id();
  } else {
    connection_
        .query(
            "UPDATE masters SET known = 1, generation = ?2, filename = ?3, item_type = ?4, is_video = ?5 WHERE id = ?1 "
            "AND"
            " (known, generation, filename, item_type, is_video) <> (1, ?2, ?3, ?4, ?5)")
        .bind(id, zone_.generation, master.filename, item_type, master.is_video)
        .run();
  }
  store_renditions(connection_, RenditionOwner::master, id, master.renditions);
}

void RecordWriter::operator()(const model::Asset& asset) {
  const std::optional<std::int64_t> master =
      asset.master.empty() ? std::nullopt : std::optional(master_id(asset.master));
  const AssetFields fields = fields_of(asset, master);
  const std::optional<StoredAsset> stored = find_stored_asset(connection_, zone_.id, asset.name);
  if (!stored) {
    const std::int64_t id = insert_asset(connection_, zone_, asset.name, fields);
    store_renditions(connection_, RenditionOwner::asset, id, asset.renditions);
    ++applied_.added;
    return;
  }
  const bool differs = stored->fields != fields;
  if (differs || stored->generation != zone_.generation) {
    update_asset(connection_, stored->id, zone_.generation, fields);
  }
  const bool files_differ = store_renditions(connection_, RenditionOwner::asset, stored->id, asset.renditions);
  if (differs || files_differ) ++applied_.changed;
}

void RecordWriter::operator()(const model::Album& album) {
  connection_
      .query(
          "INSERT INTO albums (zone, name, generation, title, parent, is_folder, position)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (zone, name) DO UPDATE SET generation = ?3, title = ?4,"
          " parent = ?5, is_folder = ?6, position = ?7 WHERE"
          " (generation, title, parent, is_folder, position) <> (?3, ?4, ?5, ?6, ?7)")
      .bind(zone_.id, album.name_id, zone_.generation, album.title, album.parent, album.is_folder, album.position)
      .run();
}

void RecordWriter::operator()(const model::Membership& membership) {
  connection_
      .query(
          "INSERT INTO memberships (zone, name, generation, asset, album, position)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (zone, name) DO UPDATE SET generation = ?3, asset = ?4,"
          " album = ?5, position = ?6 WHERE (generation, asset, album, position) <> (?3, ?4, ?5, ?6)")
      .bind(zone_.id, membership.name, zone_.generation, Packed{membership.asset}, membership.album,
            membership.position)
      .run();
}

void RecordWriter::operator()(const model::Tombstone& tombstone) {
  if (remove_asset(tombstone.name)) {
    ++applied_.deleted;
    return;
  }
  if (remove_master(tombstone.name) || remove_album(tombstone.name)) return;
  connection_.query("DELETE FROM memberships WHERE zone = ?1 AND name = ?2").bind(zone_.id, tombstone.name).run();
}

void RecordWriter::operator()(const model::Skipped& skipped) {
  // The record exists, only we cannot read it: what is known of it stays, also when a listing ends.
  for (const char* sql : {"UPDATE assets SET generation = ?3 WHERE zone = ?1 AND name = ?2",
                          "UPDATE masters SET generation = ?3 WHERE zone = ?1 AND name = ?2"}) {
    connection_.query(sql).bind(zone_.id, Packed{skipped.name}, zone_.generation).run();
  }
  for (const char* sql : {"UPDATE albums SET generation = ?3 WHERE zone = ?1 AND name = ?2",
                          "UPDATE memberships SET generation = ?3 WHERE zone = ?1 AND name = ?2"}) {
    connection_.query(sql).bind(zone_.id, skipped.name, zone_.generation).run();
  }
}

std::int64_t RecordWriter::master_id(const std::string& name) {
  {
    Query query = connection_.query("SELECT id FROM masters WHERE zone = ?1 AND name = ?2");
    if (query.bind(zone_.id, Packed{name}).step()) return query.integer(0);
  }
  connection_.query("INSERT INTO masters (zone, name, generation, known) VALUES (?1, ?2, ?3, 0)")
      .bind(zone_.id, Packed{name}, zone_.generation)
      .run();
  return connection_.last_row_id();
}

bool RecordWriter::remove_asset(const std::string& name) {
  if (connection_.query("DELETE FROM assets WHERE zone = ?1 AND name = ?2").bind(zone_.id, Packed{name}).run() == 0)
    return false;
  connection_.query("DELETE FROM memberships WHERE zone = ?1 AND asset = ?2").bind(zone_.id, Packed{name}).run();
  return true;
}

bool RecordWriter::remove_master(const std::string& name) {
  std::int64_t id = 0;
  {
    Query query = connection_.query("SELECT id FROM masters WHERE zone = ?1 AND name = ?2");
    if (!query.bind(zone_.id, Packed{name}).step()) return false;
    id = query.integer(0);
  }
  // An asset may still name it: then the row stays as the name of something unknown.
  connection_.query("DELETE FROM master_renditions WHERE master = ?1").bind(id).run();
  connection_.query("UPDATE masters SET known = 0, filename = '', item_type = 0, is_video = 0 WHERE id = ?1")
      .bind(id)
      .run();
  connection_.query("DELETE FROM masters WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM assets WHERE master = ?1)")
      .bind(id)
      .run();
  return true;
}

bool RecordWriter::remove_album(const std::string& name) {
  if (connection_.query("DELETE FROM albums WHERE zone = ?1 AND name = ?2").bind(zone_.id, name).run() == 0)
    return false;
  connection_.query("DELETE FROM memberships WHERE zone = ?1 AND album = ?2").bind(zone_.id, name).run();
  return true;
}

}  // namespace i2i::ledger
