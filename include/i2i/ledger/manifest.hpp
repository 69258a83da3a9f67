#pragma once
// What was brought to the volume, each file beside the photo that it is of.

#include <functional>
#include <optional>
#include <string>

#include "i2i/ledger/placements.hpp"

namespace i2i::ledger {

struct FileOfAsset {
  Placement placement;
  /// The first by name of the assets that have this content; "" where iCloud has none of them any more.
  std::string asset;
  std::optional<util::UnixMillis> captured;
};

/// Every placed or damaged file, ordered by path (bytes). Streams, in memory that does not grow with the library; the
/// visitor must leave the ledger alone.
util::Result<void> for_each_file(Ledger& ledger, const std::function<util::Result<void>(const FileOfAsset&)>& visit);

}  // namespace i2i::ledger
