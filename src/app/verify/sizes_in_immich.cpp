#include "app/verify/sizes_in_immich.hpp"

#include <algorithm>

namespace i2i::app {
namespace {

using util::Result;

/// The random half of a version 4 UUID: a chance in 10^12 that two of a million assets share it.
std::uint64_t key_of(const std::string& asset_id) {
  std::uint64_t key = 0;
  int digits = 0;
  for (auto c = asset_id.rbegin(); c != asset_id.rend() && digits < 16; ++c) {
    std::uint64_t value = 0;
    if (*c >= '0' && *c <= '9') {
      value = static_cast<std::uint64_t>(*c - '0');
    } else if (*c >= 'a' && *c <= 'z') {
      value = 10U + static_cast<std::uint64_t>(*c - 'a');
    } else {
      continue;
    }
    key |= (value & 15U) << (4U * static_cast<unsigned>(digits++));
  }
  return key;
}

}  // namespace

const SizesInImmich::Entry* SizesInImmich::find(std::uint64_t key) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), key,
                                   [](const Entry& entry, std::uint64_t wanted) { return entry.key < wanted; });
  return at == entries_.end() || at->key != key ? nullptr : &*at;
}

Result<void> SizesInImmich::list(const std::string& library_id) {
  listed_.insert(library_id);
  I2I_TRY(client_.for_each_asset(library_id, [&](const immich::AssetInfo& asset) -> Result<void> {
    if (asset.size) entries_.push_back({key_of(asset.id), *asset.size});
    return {};
  }));
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
  return {};
}

Result<SizeInImmich> SizesInImmich::of(const std::string& asset_id) {
  using State = SizeInImmich::State;
  const std::uint64_t key = key_of(asset_id);
  if (const Entry* entry = find(key)) return SizeInImmich{State::known, entry->bytes};
  if (single_ >= kMostSingle) return SizeInImmich{State::unread, 0};
  ++single_;
  const auto asset = client_.asset(asset_id);
  if (!asset) {
    if (asset.error().code == util::ErrorCode::not_found) return SizeInImmich{State::locked, 0};
    return util::fail(asset.error());
  }
  if (!asset->library_id.empty() && !listed_.contains(asset->library_id)) {
    I2I_TRY(list(asset->library_id));
    if (const Entry* entry = find(key)) return SizeInImmich{State::known, entry->bytes};
  }
  if (!asset->size) return SizeInImmich{State::unread, 0};
  return SizeInImmich{State::known, *asset->size};
}

}  // namespace i2i::app
