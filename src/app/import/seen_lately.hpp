#pragma once
#include <string>
#include <unordered_set>
#include <utility>

namespace i2i::app {

/// For listings whose pages overlap at their edges (immich::Client::for_each_asset): an id that comes again within a
/// page or two is known. Holds the ids of two pages.
class SeenLately {
 public:
  bool is_new(const std::string& id) {
    if (before_.contains(id) || !recent_.insert(id).second) return false;
    if (recent_.size() == kPage) before_ = std::exchange(recent_, {});
    return true;
  }

 private:
  static constexpr std::size_t kPage = 1'000;
  std::unordered_set<std::string> recent_;
  std::unordered_set<std::string> before_;
};

}  // namespace i2i::app
