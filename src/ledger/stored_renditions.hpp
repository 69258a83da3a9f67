#pragma once
#include <cstdint>
#include <vector>

#include "i2i/model/asset.hpp"
#include "ledger/connection.hpp"

namespace i2i::ledger {

enum class RenditionOwner { master, asset };

/// The files of a master or an asset, ordered by kind, without URLs. Throws SQLite::Exception.
std::vector<model::Rendition> stored_renditions(Connection& connection, RenditionOwner owner, std::int64_t id);

/// Makes the stored files of an owner those given (the first of each kind counts). True when anything differed.
bool store_renditions(Connection& connection, RenditionOwner owner, std::int64_t id,
                      const std::vector<model::Rendition>& renditions);

}  // namespace i2i::ledger
