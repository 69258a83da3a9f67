#pragma once
// Which placed files Immich has, by path checksum in bulk.

#include <functional>
#include <string>
#include <vector>

#include "app/immich_access.hpp"
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
  std::int64_t not_importable = 0;
};

/// Asks for every placed file, a few thousand at a time, in path order.
util::Result<PresenceTotals> for_each_presence(ImmichAccess& access, ledger::Ledger& ledger,
                                               const std::function<util::Result<void>(const PresentFile&)>& visit);

}  // namespace i2i::app
