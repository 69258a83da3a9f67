#include "ledger/kept_contents.hpp"

#include <algorithm>

namespace i2i::ledger {

void keep_contents_left_out(Connection& connection, std::int64_t master, const std::vector<model::Rendition>& before,
                            const std::vector<model::Rendition>& now) {
  for (const auto& rendition : before) {
    const bool replaced =
        std::any_of(now.begin(), now.end(), [&](const auto& other) { return other.kind == rendition.kind; });
    if (replaced) continue;
    connection
        .query(
            "INSERT OR IGNORE INTO kept_contents SELECT ?2 WHERE EXISTS"
            " (SELECT 1 FROM assets WHERE master = ?1 AND deleted = 0)")
        .bind(master, Packed{rendition.checksum})
        .run();
  }
}

}  // namespace i2i::ledger
