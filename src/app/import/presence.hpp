#pragma once
// Which placed files Immich has, by path checksum in bulk.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/import/immich_access.hpp"
#include "i2i/ledger/placements.hpp"

namespace i2i::app {

/// True where the server imports files of this name at all; extensions as the server gives them.
bool is_importable(const std::string& path, const std::vector<std::string>& extensions);

struct PresentFile {
  ledger::Placement placement;
  immich::Presence presence;
};

struct PresenceTotals {
  std::int64_t expected = 0;
  std::int64_t known = 0;  // of the expected: not asked for
  std::int64_t not_importable = 0;
  std::map<std::string, std::int64_t> not_importable_kinds;  // by extension as ".aae"; "" = none
};

/// Asks for every placed file, a few thousand at a time, in the order in which they were reserved. Where the bulk
/// answer proves wrong, by a search for each (which does not find what is in the locked folder). is_known: files that
/// are not asked for, and not visited; none without it.
util::Result<PresenceTotals> for_each_presence(
    ImmichAccess& access, ledger::Ledger& ledger, const std::function<util::Result<void>(const PresentFile&)>& visit,
    const std::function<util::Result<bool>(const ledger::Placement&)>& is_known = {});

}  // namespace i2i::app
