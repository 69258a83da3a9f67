#include "app/import/own_albums.hpp"

#include <algorithm>

#include "i2i/ledger/imports.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {

using util::Result;

namespace {
constexpr const char* kMark = "icloud2immich ";
constexpr std::size_t kDigits = 16;
}  // namespace

std::string OwnAlbums::mark(const std::string& zone, const std::string& album) {
  return kMark + util::hex_encode(util::sha256(zone + "\n" + album)).substr(0, kDigits);
}

Result<std::optional<OwnAlbum>> OwnAlbums::find(const std::string& zone, const std::string& album,
                                                const std::string& name, const std::vector<std::string>& asset_ids) {
  I2I_TRY(list());
  const auto take = [&](std::vector<immich::Album>::iterator found, std::unordered_set<std::string> members) {
    OwnAlbum own{found->id, std::move(members)};
    unknown_.erase(found);
    return std::optional(std::move(own));
  };
  const auto marked = std::find_if(unknown_.begin(), unknown_.end(), [&](const auto& it) {
    return it.description.find(mark(zone, album)) != std::string::npos;
  });
  if (marked != unknown_.end()) {
    I2I_ASSIGN(auto there, members(marked->id));
    return take(marked, std::move(there));
  }
  const std::unordered_set<std::string> wanted(asset_ids.begin(), asset_ids.end());
  for (auto it = unknown_.begin(); it != unknown_.end(); ++it) {
    if (it->name != name || it->description.find(kMark) != std::string::npos) continue;
    I2I_ASSIGN(auto there, members(it->id));
    if (there == wanted) return take(it, std::move(there));
  }
  return std::optional<OwnAlbum>();
}

Result<void> OwnAlbums::list() {
  if (listed_) return {};
  I2I_ASSIGN(unknown_, of_immich(access_.owner().albums()));
  I2I_ASSIGN(const auto rows, ledger::Imports(ledger_).albums());
  std::erase_if(unknown_, [&](const auto& album) {
    return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.immich_id == album.id; });
  });
  listed_ = true;
  return {};
}

Result<std::unordered_set<std::string>> OwnAlbums::members(const std::string& id) {
  std::unordered_set<std::string> ids;
  I2I_TRY(of_immich(access_.owner().for_each_album_asset(id, [&](const immich::AssetInfo& asset) -> Result<void> {
    ids.insert(asset.id);
    return {};
  })));
  return ids;
}

}  // namespace i2i::app
