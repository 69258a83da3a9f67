#include "app/import/carry_over.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>

#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/imports.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

std::vector<model::Checksum> difference(const std::vector<model::Checksum>& from,
                                        const std::vector<model::Checksum>& without) {
  const std::unordered_set<model::Checksum> excluded(without.begin(), without.end());
  std::vector<model::Checksum> rest;
  std::copy_if(from.begin(), from.end(), std::back_inserter(rest),
               [&](const auto& c) { return !excluded.contains(c); });
  return rest;
}

}  // namespace

Result<void> CarryOver::favorites() { return flags(Flag::favorite); }
Result<void> CarryOver::hidden() { return flags(Flag::hidden); }

Result<void> CarryOver::flags(Flag flag) {
  I2I_ASSIGN(const auto on, flag == Flag::favorite ? shown_favorites() : hidden_ones());
  ledger::Imports imports(ledger_);
  std::vector<ledger::ImportedAsset> changed;
  I2I_TRY(imports.for_each_asset([&](const ledger::ImportedAsset& asset) -> Result<void> {
    const auto& sent = flag == Flag::favorite ? asset.favorite_sent : asset.hidden_sent;
    if (on.contains(asset.checksum) == sent.value_or(false)) return {};
    if (carried_.is_left_out(asset.checksum) && flag == Flag::hidden) return {};  // it is locked in a moment
    if (!asset.locked || flag == Flag::hidden) changed.push_back(asset);
    return {};
  }));
  std::int64_t out_of_reach = 0;
  for (auto& asset : changed) {
    if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "stopped while carrying over flags");
    const bool value = on.contains(asset.checksum);
    // Single calls: a bulk one makes Immich extract every asset's metadata again (docs/protocol/immich.md §11.1).
    if (flag == Flag::favorite) {
      I2I_TRY(of_immich(access_.owner().set_favorite(asset.asset_id, value)));
      asset.favorite_sent = value;
      ++report_.favorites;
    } else if (asset.locked) {
      if (!value) ++out_of_reach;
      asset.hidden_sent = value;
    } else {
      I2I_TRY(of_immich(access_.owner().set_visibility(asset.asset_id, value ? "archive" : "timeline")));
      asset.hidden_sent = value;
      ++report_.archived;
    }
    I2I_TRY(imports.put_assets({asset}));
  }
  if (out_of_reach > 0) {
    report_.notes.push_back(fmt::format(
        "{} files are no longer hidden in iCloud, but in Immich's locked folder, which no API key reaches: take them "
        "(and the films of live photos) out there.",
        out_of_reach));
  }
  return {};
}

Result<CarryOver::Contents> CarryOver::shown_favorites() {
  Contents shown;
  I2I_TRY(ledger::Catalogue(ledger_).for_each_favorite([&](const ledger::AssetView& view) -> Result<void> {
    I2I_ASSIGN(auto checksum, carried_.shown_of(view));
    if (!checksum.empty()) shown.insert(std::move(checksum));
    return {};
  }));
  return shown;
}

Result<CarryOver::Contents> CarryOver::hidden_ones() {
  I2I_ASSIGN(const auto hidden, ledger::Catalogue(ledger_).hidden_contents());
  return Contents(hidden.begin(), hidden.end());
}

Result<std::vector<model::Checksum>> CarryOver::shown_members(const ledger::AlbumView& album) {
  std::vector<model::Checksum> members;
  Contents seen;
  I2I_TRY(ledger::Catalogue(ledger_).for_each_member(album, [&](const ledger::AssetView& view) -> Result<void> {
    I2I_ASSIGN(auto checksum, carried_.shown_of(view));
    if (checksum.empty() || !seen.insert(checksum).second) return {};
    I2I_ASSIGN(const auto id, carried_.id_of(checksum));
    if (!id.empty()) members.push_back(std::move(checksum));
    return {};
  }));
  return members;
}

Result<std::vector<std::string>> CarryOver::ids_of(const std::vector<model::Checksum>& contents) {
  std::vector<std::string> ids;
  ledger::Imports imports(ledger_);
  for (const auto& checksum : contents) {
    I2I_ASSIGN(const auto asset, imports.asset(checksum));
    if (asset) ids.push_back(asset->asset_id);
  }
  return ids;
}

Result<void> CarryOver::albums() {
  ledger::Catalogue catalogue(ledger_);
  ledger::Imports imports(ledger_);
  I2I_ASSIGN(const auto albums, catalogue.albums());
  I2I_ASSIGN(auto rows, imports.albums());
  SentAlbums sent;
  for (auto& row : rows) {
    auto key = std::pair(row.zone, row.album);
    sent.emplace(std::move(key), std::move(row));
  }
  SentAlbums gone = sent;
  for (const auto& album : albums) {
    if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "stopped while carrying over albums");
    gone.erase({album.zone.name, album.id});
    I2I_ASSIGN(const auto members, shown_members(album));
    I2I_TRY(one_album(album.zone.name, album.id, album.path, members, sent));
  }
  // Of a library that left the account nothing counts as deleted.
  I2I_ASSIGN(const auto zones, catalogue.zones());
  std::erase_if(gone, [&](const auto& item) {
    return std::none_of(zones.begin(), zones.end(),
                        [&](const auto& zone) { return zone.id.name == item.first.first && !zone.token.empty(); });
  });
  return empty_albums(gone);
}

Result<void> CarryOver::one_album(const std::string& zone, const std::string& album, const std::string& name,
                                  const std::vector<model::Checksum>& contents, const SentAlbums& sent_albums) {
  ledger::Imports imports(ledger_);
  const auto row = sent_albums.find({zone, album});
  if (row != sent_albums.end()) return change_album(row->second, name, contents);
  if (contents.empty()) return {};  // made once it has a member
  I2I_ASSIGN(const auto ids, ids_of(contents));
  I2I_ASSIGN(const auto own, own_.find(zone, album, name, ids));
  if (own) return take_up(zone, album, name, contents, *own);
  const auto description = "From iCloud (" + OwnAlbums::mark(zone, album) + ")";
  I2I_ASSIGN(const auto created, of_immich(access_.owner().create_album(name, description, ids)));
  I2I_TRY(imports.put_album({zone, album, created.id, name}));
  I2I_TRY(imports.set_members_sent(zone, album, contents));
  ++report_.albums.created;
  return {};
}

Result<void> CarryOver::take_up(const std::string& zone, const std::string& album, const std::string& name,
                                const std::vector<model::Checksum>& contents, const OwnAlbum& own) {
  ledger::Imports imports(ledger_);
  // Under the name it has there: a person may have chosen that one.
  const ledger::ImportedAlbum row{zone, album, own.id, name};
  std::vector<model::Checksum> there;
  for (const auto& checksum : contents) {
    I2I_ASSIGN(const auto asset, imports.asset(checksum));
    if (asset && own.members.contains(asset->asset_id)) there.push_back(checksum);
  }
  I2I_TRY(imports.put_album(row));
  I2I_TRY(imports.set_members_sent(zone, album, there));
  return change_album(row, name, contents);
}

Result<void> CarryOver::change_album(const ledger::ImportedAlbum& album, const std::string& name,
                                     const std::vector<model::Checksum>& contents) {
  ledger::Imports imports(ledger_);
  I2I_ASSIGN(const auto sent, imports.members_sent(album.zone, album.album));
  const auto added = difference(contents, sent);
  const auto removed = difference(sent, contents);
  if (added.empty() && removed.empty() && album.name_sent == name) return {};
  const auto change = [&]() -> Result<void> {
    if (album.name_sent != name) {
      I2I_TRY(access_.owner().rename_album(album.immich_id, name));
      I2I_TRY(imports.put_album({album.zone, album.album, album.immich_id, name}));
    }
    I2I_ASSIGN(const auto new_ids, ids_of(added));
    if (!new_ids.empty()) I2I_TRY(access_.owner().add_to_album(album.immich_id, new_ids));
    I2I_ASSIGN(const auto old_ids, ids_of(removed));
    if (!old_ids.empty()) I2I_TRY(access_.owner().remove_from_album(album.immich_id, old_ids));
    return {};
  };
  if (auto changed = change(); !changed) {
    // A key that may not change albums is no album that is gone: what was not sent must not count as sent.
    if (changed.error().code != ErrorCode::not_found) return fail(as_immich(std::move(changed).error()));
    // A person deleted the album in Immich: it is not made again.
    report_.notes.push_back("The album '" + util::escape_for_terminal(name) +
                            "' could not be changed in Immich (deleted there?): " + changed.error().message);
    // Else a new name would be tried, and told, in every run.
    I2I_TRY(imports.put_album({album.zone, album.album, album.immich_id, name}));
  } else {
    ++report_.albums.updated;
  }
  return imports.set_members_sent(album.zone, album.album, contents);
}

Result<void> CarryOver::empty_albums(const SentAlbums& gone) {
  ledger::Imports imports(ledger_);
  for (const auto& [key, album] : gone) {
    if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "stopped while carrying over albums");
    I2I_ASSIGN(const auto sent, imports.members_sent(album.zone, album.album));
    I2I_ASSIGN(const auto ids, ids_of(sent));
    if (!ids.empty()) {
      if (auto removed = access_.owner().remove_from_album(album.immich_id, ids); removed) {
        ++report_.albums.updated;
        report_.notes.push_back("The album '" + util::escape_for_terminal(album.name_sent) +
                                "' was deleted in iCloud: what came from there was taken out of it in Immich. Delete "
                                "it there if nothing of yours is left in it.");
      } else if (removed.error().code != ErrorCode::not_found) {
        return fail(as_immich(std::move(removed).error()));
      }
    }
    I2I_TRY(imports.forget_album(album.zone, album.album));
  }
  return {};
}

}  // namespace i2i::app
