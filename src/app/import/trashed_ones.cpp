#include "app/import/trashed_ones.hpp"

#include <algorithm>

namespace i2i::app {

using util::Result;

namespace {
/// A listing takes a call for each visibility.
constexpr std::size_t kFew = 3;
}  // namespace

void TrashedOnes::add(const std::string& asset_id, std::size_t tag) {
  ones_.push_back({std::hash<std::string>{}(asset_id), tag, false});
  if (ones_.size() <= kFew) few_.push_back(asset_id);
}

Result<void> TrashedOnes::tell(ImmichAccess& access, const std::string& library_id,
                               const std::function<Result<void>(std::size_t tag, bool offline)>& visit) {
  std::sort(ones_.begin(), ones_.end(), [](const One& a, const One& b) { return a.key < b.key; });
  const auto is_offline = [&](const std::string& id) {
    const auto key = std::hash<std::string>{}(id);
    auto at = std::lower_bound(ones_.begin(), ones_.end(), key, [](const One& a, std::size_t b) { return a.key < b; });
    for (; at != ones_.end() && at->key == key; ++at) at->offline = true;
  };
  if (ones_.size() <= kFew) {
    for (const auto& id : few_) {
      auto asset = access.owner().asset(id);
      if (asset && asset->offline) is_offline(id);
      if (!asset && asset.error().code != util::ErrorCode::not_found) {
        return util::fail(as_immich(std::move(asset).error()));
      }
    }
  } else {
    I2I_TRY(of_immich(access.owner().for_each_offline(library_id, [&](const immich::AssetInfo& asset) -> Result<void> {
      is_offline(asset.id);
      return {};
    })));
  }
  for (const One& one : ones_) I2I_TRY(visit(one.tag, one.offline));
  return {};
}

}  // namespace i2i::app
