#include "app/import/immich_choices.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "app/import/seen_lately.hpp"
#include "i2i/ledger/imports.hpp"
#include "i2i/ledger/placements.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr std::size_t kBatch = 1'000;

class Count {
 public:
  Count(ImmichAccess& access, ledger::Ledger& ledger, std::string library_id, std::string root)
      : access_(access),
        imports_(ledger),
        placements_(ledger),
        library_id_(std::move(library_id)),
        root_(std::move(root) + "/") {}

  Result<PersonsChoices> all() {
    I2I_TRY(assets());
    I2I_TRY(locked_ones());
    I2I_TRY(albums());
    return choices_;
  }

 private:
  [[nodiscard]] bool is_ours(const immich::AssetInfo& asset) const {
    return asset.library_id == library_id_ && asset.path.starts_with(root_);
  }

  Result<void> assets() {
    I2I_TRY(of_immich(access_.owner().for_each_asset(library_id_, [&](const immich::AssetInfo& asset) {
      return is_ours(asset) ? look_at(asset) : Result<void>{};
    })));
    std::sort(listed_.begin(), listed_.end());
    return {};
  }

  Result<void> look_at(const immich::AssetInfo& asset) {
    if (!seen_.is_new(asset.id)) return {};
    listed_.push_back(std::hash<std::string>{}(asset.id));
    I2I_ASSIGN(const auto placement, placements_.exactly_at(asset.path.substr(root_.size())));
    std::optional<ledger::ImportedAsset> sent;
    if (placement) {
      I2I_ASSIGN(sent, imports_.asset(placement->checksum));
    }
    if (asset.favorite != (sent && sent->favorite_sent.value_or(false))) ++choices_.favorites;
    const bool archive_sent = sent && !sent->locked && sent->hidden_sent.value_or(false);
    // A film has the visibility of its link.
    if (asset.visibility != "hidden" && (asset.visibility == "archive") != archive_sent) ++choices_.archived;
    if (asset.trashed && !asset.offline) ++choices_.trashed;
    return {};
  }

  /// No key lists the locked folder: what Immich has, and neither lists nor shows.
  Result<void> locked_ones() {
    std::vector<std::string> paths;
    const auto ask = [&]() -> Result<void> {
      if (paths.empty()) return {};
      I2I_ASSIGN(const auto answers, of_immich(access_.owner().presence(paths)));
      paths.clear();
      for (const auto& there : answers) {
        if (there.asset_id.empty()) continue;
        const auto shown = access_.owner().asset(there.asset_id);
        if (shown) continue;
        if (shown.error().code != util::ErrorCode::not_found) return util::fail(as_immich(shown.error()));
        ++choices_.locked;
        locked_.insert(there.asset_id);
      }
      return {};
    };
    I2I_TRY(imports_.for_each_asset([&](const ledger::ImportedAsset& asset) -> Result<void> {
      const auto seen = std::hash<std::string>{}(asset.asset_id);
      if (asset.locked || std::binary_search(listed_.begin(), listed_.end(), seen)) return {};
      I2I_ASSIGN(const auto placement, placements_.find(asset.checksum));
      if (placement) paths.push_back(root_ + placement->path);
      return paths.size() < kBatch ? Result<void>{} : ask();
    }));
    return ask();
  }

  Result<void> albums() {
    I2I_ASSIGN(const auto rows, imports_.albums());
    std::unordered_map<std::string, ledger::ImportedAlbum> ours;
    for (const auto& row : rows) ours.emplace(row.immich_id, row);
    I2I_ASSIGN(const auto albums, of_immich(access_.owner().albums()));
    for (const auto& album : albums) {
      const auto row = ours.find(album.id);
      std::unordered_set<std::string> sent;
      if (row != ours.end()) {
        I2I_ASSIGN(sent, ids_sent(row->second));
      }
      std::unordered_set<std::string> members;
      I2I_TRY(
          of_immich(access_.owner().for_each_album_asset(album.id, [&](const immich::AssetInfo& asset) -> Result<void> {
            if (is_ours(asset)) members.insert(asset.id);
            return {};
          })));
      for (const auto& id : members) choices_.album_photos += sent.contains(id) ? 0 : 1;
      for (const auto& id : sent) choices_.album_photos += members.contains(id) ? 0 : 1;
    }
    return {};
  }

  Result<std::unordered_set<std::string>> ids_sent(const ledger::ImportedAlbum& album) {
    I2I_ASSIGN(const auto contents, imports_.members_sent(album.zone, album.album));
    std::unordered_set<std::string> ids;
    for (const auto& checksum : contents) {
      I2I_ASSIGN(const auto asset, imports_.asset(checksum));
      // What is locked is in no album that a key sees.
      if (asset && !asset->locked && !locked_.contains(asset->asset_id)) ids.insert(asset->asset_id);
    }
    return ids;
  }

  ImmichAccess& access_;
  ledger::Imports imports_;
  ledger::Placements placements_;
  std::string library_id_;
  std::string root_;
  PersonsChoices choices_;
  SeenLately seen_;
  std::unordered_set<std::string> locked_;
  std::vector<std::size_t> listed_;  // by a hash: a million ids would not fit
};

}  // namespace

std::string to_string(const PersonsChoices& choices) {
  const std::pair<std::int64_t, const char*> all[] = {{choices.favorites, "favourites set or unset"},
                                                      {choices.archived, "moves into or out of the archive"},
                                                      {choices.locked, "photos in the locked folder"},
                                                      {choices.trashed, "photos in the trash"},
                                                      {choices.album_photos, "photos put into or taken out of albums"}};
  std::string text;
  for (const auto& [count, what] : all) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  }
  return text;
}

Result<PersonsChoices> count_choices(ImmichAccess& access, ledger::Ledger& ledger, const std::string& library_id,
                                     const std::string& root) {
  return Count(access, ledger, library_id, root).all();
}

}  // namespace i2i::app
