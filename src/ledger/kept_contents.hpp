#pragma once
// Contents that left the catalogue otherwise than by a deletion (table kept_contents): --deleted leaves them alone.

#include <cstdint>
#include <vector>

#include "i2i/model/asset.hpp"
#include "ledger/connection.hpp"

namespace i2i::ledger {

/// A master's record no longer has a file it had, and none in its place, while an asset that is not in Recently Deleted
/// shows it: a file does not leave a photo, so this is Apple's omission and no deletion.
void keep_contents_left_out(Connection& connection, std::int64_t master, const std::vector<model::Rendition>& before,
                            const std::vector<model::Rendition>& now);

}  // namespace i2i::ledger
