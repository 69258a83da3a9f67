#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "i2i/ledger/catalogue.hpp"
#include "ledger/connection.hpp"
#include "ledger/zone_rows.hpp"

namespace i2i::ledger {

/// What stands in for "added" where iCloud gave none: such assets come first.
inline constexpr std::int64_t kNoAdded = INT64_MIN;

/// The columns of an asset's row that iCloud decides, as stored.
struct AssetFields {
  std::optional<std::int64_t> master;
  std::int64_t added_order = kNoAdded;
  std::optional<std::int64_t> captured;
  std::optional<std::int64_t> offset_s;
  bool favorite = false;
  bool hidden = false;
  bool deleted = false;
  bool adjusted = false;
  std::string title;
  std::string description;
  std::string keywords;
  std::optional<double> latitude;
  std::optional<double> longitude;
  std::optional<double> altitude;
  std::string burst_id;
  std::int64_t burst_flags = 0;
  bool operator==(const AssetFields&) const = default;
};

struct StoredAsset {
  std::int64_t id = 0;
  std::int64_t generation = 0;
  AssetFields fields;
};

AssetFields fields_of(const model::Asset& asset, std::optional<std::int64_t> master);

// All of these throw SQLite::Exception.
std::optional<StoredAsset> find_stored_asset(Connection& connection, std::int64_t zone, const std::string& name);
std::int64_t insert_asset(Connection& connection, const ZoneState& zone, const std::string& name,
                          const AssetFields& fields);
void update_asset(Connection& connection, std::int64_t id, std::int64_t generation, const AssetFields& fields);

/// Up to limit assets of a zone after (added_order, name), in that order; the place of the last is put back.
struct AssetPlace {
  std::int64_t added_order = kNoAdded;
  Stored name;
  auto operator<=>(const AssetPlace&) const = default;
};
std::vector<AssetView> assets_after(Connection& connection, std::int64_t zone, AssetPlace& place, std::int64_t limit);
std::optional<AssetView> asset_view(Connection& connection, std::int64_t zone, const std::string& name);

struct NumberedZone {
  std::int64_t id = 0;
  model::ZoneId zone;
};
/// Those of the names that are there, in their order. No statement is open while the visitor works.
util::Result<void> visit_assets(Connection& connection, const NumberedZone& zone, const std::vector<std::string>& names,
                                const std::function<util::Result<void>(const AssetView&)>& visit);

}  // namespace i2i::ledger
