#pragma once
// The albums of a zone and their members, by lists. docs/protocol/icloud.md §7.6.

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "i2i/icloud/cloudkit.hpp"

namespace i2i::icloud {

class AlbumWalk {
 public:
  using Take = std::function<util::Result<void>(Page& page)>;
  /// take: gets each page with its failed records fetched; may be empty.
  AlbumWalk(CloudKit& cloudkit, const model::ZoneId& zone, Take take)
      : cloudkit_(cloudkit), zone_(zone), take_(std::move(take)) {}

  /// Everything from the root down. A shared library that has no albums has none.
  util::Result<void> run();
  util::Result<void> list_members(const std::vector<std::string>& albums);
  /// Before another listing.
  void forget() {
    seen_.clear();
    long_.clear();
  }
  /// An album of more than one page: a removal from it shifts the others.
  [[nodiscard]] bool is_long(const std::string& album) const { return long_.contains(album); }
  /// True once for each album that was not listed: it was made, or moved between folders, meanwhile.
  bool is_new(const std::string& album) { return seen_.insert(album).second; }

 private:
  CloudKit& cloudkit_;
  const model::ZoneId& zone_;
  Take take_;
  std::set<std::string> seen_;
  std::set<std::string> long_;
};

}  // namespace i2i::icloud
