#include "i2i/ledger/manifest.hpp"

#include "ledger/connection.hpp"
#include "ledger/placement_row.hpp"

namespace i2i::ledger {
namespace {

constexpr int kAsset = kAfterPlacement;
constexpr int kCaptured = kAsset + 1;

// No index leads from a content to its assets (0019): one pass makes the list of them, sorted, in a temporary file.
// captured stands in the row that has the smallest name, as SQLite promises for a bare column beside min().
constexpr const char* kFiles =
    "SELECT " I2I_PLACEMENT_COLUMNS
    ", f.asset, f.captured FROM placements p LEFT JOIN ("
    "  SELECT r.checksum AS checksum, min(a.name) AS asset, a.captured AS captured FROM ("
    "    SELECT m.checksum AS checksum, x.id AS asset FROM master_renditions m JOIN assets x ON x.master = m.master"
    "    UNION ALL SELECT checksum, asset FROM asset_renditions) r JOIN assets a ON a.id = r.asset GROUP BY r.checksum"
    ") f ON f.checksum = p.checksum WHERE p.state IN (1, 2) ORDER BY p.path";

}  // namespace

util::Result<void> for_each_file(Ledger& ledger, const std::function<util::Result<void>(const FileOfAsset&)>& visit) {
  Connection& connection = ledger.connection();
  return connection.guarded("listing the files", [&]() -> util::Result<void> {
    Query query = connection.query(kFiles);
    while (query.step()) {
      FileOfAsset file{read_placement(query), "", query.maybe_integer(kCaptured)};
      if (!query.is_null(kAsset)) file.asset = query.unpacked(kAsset);
      I2I_TRY(visit(file));
    }
    return {};
  });
}

}  // namespace i2i::ledger
