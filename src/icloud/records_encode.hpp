#pragma once
// Bodies of the requests to Photos' CloudKit database. Source: docs/protocol/icloud.md §7 and §8.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "i2i/icloud/cloudkit.hpp"
#include "i2i/model/asset.hpp"

namespace i2i::icloud {

/// records/query of one rank-ordered list, 100 photos a page (§7.1, §7.2).
std::string encode_list(const model::ZoneId& zone, Index index, std::int64_t rank);
/// records/query of the albums and folders below parent ("" = root); continuation "" at first (§7.6).
std::string encode_albums(const model::ZoneId& zone, const std::string& parent, const std::string& continuation);
/// records/query of one album's members, relations only: the photos in the answer come without their fields (§7.6).
std::string encode_members(const model::ZoneId& zone, const std::string& album, std::int64_t rank);
/// changes/zone; nullopt: from the beginning (an empty text would mean "caught up", §8.2).
std::string encode_changes(const model::ZoneId& zone, const std::optional<std::string>& token);
/// changes/database; "": from the beginning (§8.1).
std::string encode_database_changes(const std::string& token);
/// records/lookup (§7.7).
std::string encode_lookup(const model::ZoneId& zone, const std::vector<std::string>& names);
/// internal/records/query/batch with one index (§7.5).
std::string encode_count(const model::ZoneId& zone, Index index);
/// records/query of the index' state (§6.3).
std::string encode_indexing(const model::ZoneId& zone);

}  // namespace i2i::icloud
