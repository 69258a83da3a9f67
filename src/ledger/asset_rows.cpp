#include "ledger/asset_rows.hpp"

#include <algorithm>
#include <cmath>

#include "ledger/keyword_text.hpp"
#include "ledger/stored_renditions.hpp"
#include "ledger/utis.hpp"

namespace i2i::ledger {
namespace {

#define I2I_ASSET_FIELDS                                                                                    \
  "a.master, a.added_order, a.captured, a.offset_s, a.favorite, a.hidden, a.deleted, a.adjusted, a.title, " \
  "a.description, a.keywords, a.latitude, a.longitude, a.altitude, a.burst_id, a.burst_flags"
constexpr int kFieldCount = 16;

#define I2I_ASSET_VIEW \
  "SELECT " I2I_ASSET_FIELDS                                                            \
  ", a.id, a.name, m.name, m.known, m.filename, " I2I_UTI_TEXT("m.item_type") ", m.is_video FROM assets a " \
  "LEFT JOIN masters m ON m.id = a.master "

AssetFields read_fields(const Query& query) {
  AssetFields fields;
  fields.master = query.maybe_integer(0);
  fields.added_order = query.integer(1);
  fields.captured = query.maybe_integer(2);
  fields.offset_s = query.maybe_integer(3);
  fields.favorite = query.flag(4);
  fields.hidden = query.flag(5);
  fields.deleted = query.flag(6);
  fields.adjusted = query.flag(7);
  fields.title = query.text(8);
  fields.description = query.text(9);
  fields.keywords = query.text(10);
  fields.latitude = query.maybe_real(11);
  fields.longitude = query.maybe_real(12);
  fields.altitude = query.maybe_real(13);
  fields.burst_id = query.text(14);
  fields.burst_flags = query.integer(15);
  return fields;
}

void bind_fields(Query& query, const AssetFields& fields) {
  query.bind(fields.master, fields.added_order, fields.captured, fields.offset_s, fields.favorite, fields.hidden,
             fields.deleted, fields.adjusted, fields.title, fields.description, fields.keywords, fields.latitude,
             fields.longitude, fields.altitude, fields.burst_id, fields.burst_flags);
}

model::Asset asset_of(AssetFields fields) {
  model::Asset asset;
  asset.captured = fields.captured;
  if (fields.added_order != kNoAdded) asset.added = fields.added_order;
  if (fields.offset_s) asset.offset_s = static_cast<int>(*fields.offset_s);
  asset.favorite = fields.favorite;
  asset.hidden = fields.hidden;
  asset.deleted = fields.deleted;
  asset.adjusted = fields.adjusted;
  asset.title = std::move(fields.title);
  asset.description = std::move(fields.description);
  asset.keywords = split_keywords(fields.keywords);
  if (fields.latitude && fields.longitude) {
    asset.location = model::Location{*fields.latitude, *fields.longitude, fields.altitude};
  }
  asset.burst_id = std::move(fields.burst_id);
  asset.burst_flags = fields.burst_flags;
  return asset;
}

/// The current row of an I2I_ASSET_VIEW query.
AssetView read_view(Connection& connection, const Query& query) {
  AssetView view;
  AssetFields fields = read_fields(query);
  const std::optional<std::int64_t> master = fields.master;
  view.asset = asset_of(std::move(fields));
  const std::int64_t id = query.integer(kFieldCount);
  view.asset.name = query.unpacked(kFieldCount + 1);
  view.asset.master = query.unpacked(kFieldCount + 2);
  if (master && query.flag(kFieldCount + 3)) {
    view.master.name = view.asset.master;
    view.master.filename = query.text(kFieldCount + 4);
    view.master.item_type = query.text(kFieldCount + 5);
    view.master.is_video = query.flag(kFieldCount + 6);
    view.renditions = stored_renditions(connection, RenditionOwner::master, *master);
  }
  for (model::Rendition& rendition : stored_renditions(connection, RenditionOwner::asset, id)) {
    const auto same_kind = [&](const model::Rendition& other) { return other.kind == rendition.kind; };
    if (std::none_of(view.renditions.begin(), view.renditions.end(), same_kind)) {
      view.renditions.push_back(std::move(rendition));
    }
  }
  return view;
}

}  // namespace

AssetFields fields_of(const model::Asset& asset, std::optional<std::int64_t> master) {
  AssetFields fields;
  fields.master = master;
  fields.added_order = asset.added.value_or(kNoAdded);
  fields.captured = asset.captured;
  if (asset.offset_s) fields.offset_s = *asset.offset_s;
  fields.favorite = asset.favorite;
  fields.hidden = asset.hidden;
  fields.deleted = asset.deleted;
  fields.adjusted = asset.adjusted;
  fields.title = asset.title;
  fields.description = asset.description;
  fields.keywords = join_keywords(asset.keywords);
  // SQLite has no NaN: it would come back as "none" and differ for ever.
  if (asset.location && !std::isnan(asset.location->latitude) && !std::isnan(asset.location->longitude)) {
    fields.latitude = asset.location->latitude;
    fields.longitude = asset.location->longitude;
    if (asset.location->altitude && !std::isnan(*asset.location->altitude)) fields.altitude = asset.location->altitude;
  }
  fields.burst_id = asset.burst_id;
  fields.burst_flags = asset.burst_flags;
  return fields;
}

std::optional<StoredAsset> find_stored_asset(Connection& connection, std::int64_t zone, const std::string& name) {
  Query query = connection.query("SELECT " I2I_ASSET_FIELDS
                                 ", a.id, a.generation FROM assets a WHERE a.zone = ?1 AND a.name = ?2");
  if (!query.bind(zone, Packed{name}).step()) return std::nullopt;
  return StoredAsset{query.integer(kFieldCount), query.integer(kFieldCount + 1), read_fields(query)};
}

std::int64_t insert_asset(Connection& connection, const ZoneState& zone, const std::string& name,
                          const AssetFields& fields) {
  Query query = connection.query(
      "INSERT INTO assets (zone, name, generation, master, added_order, captured, offset_s, favorite, hidden, deleted, "
      "adjusted,"
      " title, description, keywords, latitude, longitude, altitude, burst_id, burst_flags)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)");
  query.bind(zone.id, Packed{name}, zone.generation);
  bind_fields(query, fields);
  query.run();
  return connection.last_row_id();
}

void update_asset(Connection& connection, std::int64_t id, std::int64_t generation, const AssetFields& fields) {
  Query query = connection.query(
      "UPDATE assets SET generation = ?2, master = ?3, added_order = ?4, captured = ?5, offset_s = ?6, favorite = ?7, "
      "hidden = ?8,"
      " deleted = ?9, adjusted = ?10, title = ?11, description = ?12, keywords = ?13, latitude = ?14, longitude = ?15,"
      " altitude = ?16, burst_id = ?17, burst_flags = ?18 WHERE id = ?1");
  query.bind(id, generation);
  bind_fields(query, fields);
  query.run();
}

std::vector<AssetView> assets_after(Connection& connection, std::int64_t zone, AssetPlace& place, std::int64_t limit) {
  std::vector<AssetView> views;
  Query query = connection.query(
      I2I_ASSET_VIEW
      "WHERE a.zone = ?1 AND (a.added_order, a.name) > (?2, ?3) ORDER BY a.added_order, a.name LIMIT ?4");
  query.bind(zone, place.added_order, place.name, limit);
  while (query.step()) {
    views.push_back(read_view(connection, query));
  }
  if (!views.empty()) {
    const model::Asset& last = views.back().asset;
    AssetPlace after{last.added.value_or(kNoAdded), packed(last.name)};
    must_go_on(after > place);
    place = std::move(after);
  }
  return views;
}

std::optional<AssetView> asset_view(Connection& connection, std::int64_t zone, const std::string& name) {
  Query query = connection.query(I2I_ASSET_VIEW "WHERE a.zone = ?1 AND a.name = ?2");
  if (!query.bind(zone, Packed{name}).step()) return std::nullopt;
  return read_view(connection, query);
}

util::Result<void> visit_assets(Connection& connection, const NumberedZone& zone, const std::vector<std::string>& names,
                                const std::function<util::Result<void>(const AssetView&)>& visit) {
  for (const std::string& name : names) {
    std::optional<AssetView> view = asset_view(connection, zone.id, name);
    if (!view) continue;
    view->zone = zone.zone;
    I2I_TRY(visit(*view));
  }
  return {};
}

}  // namespace i2i::ledger
