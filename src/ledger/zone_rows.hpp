#pragma once
#include <cstdint>
#include <optional>

#include "i2i/model/asset.hpp"
#include "ledger/connection.hpp"

namespace i2i::ledger {

/// What the writer of records needs of a zone's row.
struct ZoneState {
  std::int64_t id = 0;
  std::int64_t generation = 0;
};

/// Throws SQLite::Exception, as everything inside the layer.
std::optional<ZoneState> find_zone(Connection& connection, const model::ZoneId& zone);
ZoneState find_or_add_zone(Connection& connection, const model::ZoneId& zone);

}  // namespace i2i::ledger
