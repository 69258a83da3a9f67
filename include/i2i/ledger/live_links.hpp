#pragma once
// Which film belongs to which live photo, against what was last looked at in Immich
// (docs/decisions/0021-live-links.md).

#include <string>
#include <vector>

#include "i2i/ledger/ledger.hpp"
#include "i2i/model/checksum.hpp"

namespace i2i::ledger {

struct LiveLink {
  model::Checksum still;
  model::Checksum video;  // "" : it is to have none
  auto operator<=>(const LiveLink&) const = default;
};

/// The stills and films of one photo: they carry the same identifier, so Immich may have linked them crosswise.
struct LiveGroup {
  std::vector<LiveLink> links;
  std::string stamp;  // changes whenever Immich may have read one of the files anew
};

/// A run says all it wants, then asks for the differences. What is wanted lives as long as the connection.
class LiveLinks {
 public:
  explicit LiveLinks(Ledger& ledger) : ledger_(ledger) {}

  util::Result<void> begin();
  /// The first group that names a still decides on it.
  util::Result<void> want(const LiveGroup& group);
  /// The next groups after that number, of which a link or the stamp is another than was looked at; at most limit
  /// groups are compared. after: put to the last one compared, to -1 at the end.
  util::Result<std::vector<LiveGroup>> changes(std::int64_t& after, std::int64_t limit);
  util::Result<void> set_checked(const LiveGroup& group);

 private:
  Ledger& ledger_;
};

}  // namespace i2i::ledger
