#pragma once
// Files that Immich has in its trash: offline, or put there by a person. The bulk answer does not say which.

#include <functional>
#include <string>
#include <vector>

#include "app/import/immich_access.hpp"

namespace i2i::app {

class TrashedOnes {
 public:
  /// tag: the caller's own word for the file.
  void add(const std::string& asset_id, std::size_t tag);
  /// Tells each, in the order of their ids' hashes: a few are asked for one by one, more by one listing of what is
  /// offline. library_id: "" where none is known. In the locked folder nothing can be seen: that counts as a person's.
  util::Result<void> tell(ImmichAccess& access, const std::string& library_id,
                          const std::function<util::Result<void>(std::size_t tag, bool offline)>& visit);

 private:
  struct One {
    std::size_t key;  // a hash of the id: a lost mount takes a whole library offline
    std::size_t tag;
    bool offline;
  };
  std::vector<One> ones_;
  std::vector<std::string> few_;  // the ids, as long as they are few
};

}  // namespace i2i::app
