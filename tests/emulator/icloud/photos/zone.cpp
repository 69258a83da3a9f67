#include "emulator/icloud/photos/zone.hpp"

#include <algorithm>
#include <stdexcept>

#include "emulator/icloud/photos/tokens.hpp"

namespace emulator::icloud {
namespace {

std::optional<std::uint32_t> find(const std::unordered_map<std::string, std::uint32_t>& names,
                                  const std::string& name) {
  const auto found = names.find(name);
  if (found == names.end()) return std::nullopt;
  return found->second;
}

const Resource* find(const std::vector<Resource>& resources, ResourceKind kind) {
  const auto found = std::find_if(resources.begin(), resources.end(), [kind](const auto& r) { return r.kind == kind; });
  return found == resources.end() ? nullptr : &*found;
}

template <typename T>
std::uint32_t last_index(const std::deque<T>& all) {
  return static_cast<std::uint32_t>(all.size() - 1);
}

}  // namespace

std::string_view field_prefix(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::original:
      return "resOriginal";
    case ResourceKind::original_alt:
      return "resOriginalAlt";
    case ResourceKind::original_video:
      return "resOriginalVidCompl";
    case ResourceKind::jpeg_full:
      return "resJPEGFull";
    case ResourceKind::vid_full:
      return "resVidFull";
    case ResourceKind::jpeg_med:
      return "resJPEGMed";
    case ResourceKind::jpeg_thumb:
      return "resJPEGThumb";
    case ResourceKind::vid_med:
      return "resVidMed";
    case ResourceKind::vid_small:
      return "resVidSmall";
    case ResourceKind::sidecar:
      break;
  }
  return "resSidecar";
}

const Resource* Master::find(ResourceKind kind) const { return icloud::find(resources, kind); }

const Resource* Asset::find(ResourceKind kind) const { return extra ? icloud::find(extra->resources, kind) : nullptr; }

Zone::Zone(std::string zone_name, Database zone_database, std::string zone_owner, std::uint64_t* database_counter)
    : name(std::move(zone_name)),
      database(zone_database),
      owner(std::move(zone_owner)),
      token_bytes(token_owner(name + owner)),
      database_change_(++*database_counter),
      database_counter_(database_counter) {
  if (noise()) return;
  for (const auto* folder : {"----Root-Folder----", "----Project-Root-Folder----"}) {
    add_album(
        {.id = folder, .type = 3, .created_ms = 1428692188711, .modified_ms = 1545202694700, .without_name = true});
  }
  touch_info();
}

bool Zone::noise() const { return name != "PrimarySync" && !shared(); }

std::string Zone::current_token() const { return sync_token(counter_, token_bytes); }

std::uint64_t Zone::next_change(RecordType type, std::uint32_t index) {
  ++counter_;
  database_change_ = ++*database_counter_;
  log_.push_back({counter_, type, index});
  return counter_;
}

std::uint32_t Zone::add_master(Master master) {
  if (!master.id.empty()) {
    // Uploading the same bytes again finds the master that is there, be it purged.
    if (const auto known = icloud::find(master_names_, master.id)) {
      if (masters[*known].purged) {
        masters[*known] = std::move(master);
        touch_master(*known);
      }
      return *known;
    }
  }
  masters.push_back(std::move(master));
  const auto index = last_index(masters);
  if (masters[index].id.empty()) {
    ++unnamed_masters_;
  } else {
    master_names_.emplace(masters[index].id, index);
  }
  touch_master(index);
  return index;
}

std::uint32_t Zone::add_asset(Asset asset) {
  if (asset_names_.contains(asset.id)) throw std::invalid_argument("two assets named " + asset.id);
  assets.push_back(std::move(asset));
  const auto index = last_index(assets);
  asset_names_.emplace(assets[index].id, index);
  touch_asset(index);
  return index;
}

std::uint32_t Zone::add_album(Album album) {
  if (album_names_.contains(album.id)) throw std::invalid_argument("two albums named " + album.id);
  if (album.position == 0 && !album.without_name) album.position = static_cast<std::int64_t>(albums.size()) * 64;
  albums.push_back(std::move(album));
  const auto index = last_index(albums);
  album_names_.emplace(albums[index].id, index);
  touch_album(index);
  return index;
}

std::uint32_t Zone::add_relation(std::uint32_t asset, std::uint32_t album, std::int64_t now_ms) {
  const Relation relation{.asset = asset,
                          .album = album,
                          .position = static_cast<std::int64_t>(relations.size()) * 1024,
                          .created_ms = now_ms};
  const std::string id = relation_id(relation);
  if (const auto known = icloud::find(relation_names_, id)) {
    if (relations[*known].purged) {
      relations[*known] = relation;
      touch_relation(*known);
    }
    return *known;
  }
  relations.push_back(relation);
  const auto index = last_index(relations);
  relation_names_.emplace(id, index);
  touch_relation(index);
  return index;
}

std::optional<std::uint32_t> Zone::find_asset(const std::string& id) const { return icloud::find(asset_names_, id); }
std::optional<std::uint32_t> Zone::find_album(const std::string& id) const { return icloud::find(album_names_, id); }
std::optional<std::uint32_t> Zone::find_relation(const std::string& id) const {
  return icloud::find(relation_names_, id);
}

std::optional<std::uint32_t> Zone::find_master(const std::string& id) {
  if (const auto known = icloud::find(master_names_, id)) return known;
  for (std::uint32_t i = 0; unnamed_masters_ > 0 && i < masters.size(); ++i) {
    if (masters[i].id.empty() && master_id(i) == id) return i;
  }
  return std::nullopt;
}

const std::string& Zone::master_id(std::uint32_t index) {
  Master& master = masters[index];
  if (master.id.empty()) {
    const Resource* original = master.find(ResourceKind::original);
    master.id = original != nullptr ? original->blob->checksum() : file_checksum(name + std::to_string(index));
    --unnamed_masters_;
    master_names_.emplace(master.id, index);
  }
  return master.id;
}

std::string Zone::relation_id(const Relation& relation) const {
  return assets[relation.asset].id + "-IN-" + albums[relation.album].id;
}

void Zone::touch_master(std::uint32_t index) { masters[index].change = next_change(RecordType::master, index); }

void Zone::touch_asset(std::uint32_t index) {
  assets[index].change = next_change(RecordType::asset, index);
  cache_.clear();
}

void Zone::touch_album(std::uint32_t index) { albums[index].change = next_change(RecordType::album, index); }

void Zone::touch_relation(std::uint32_t index) {
  relations[index].change = next_change(RecordType::relation, index);
  cache_.clear();
}

void Zone::touch_info() { info_change = next_change(RecordType::info, 0); }

bool Zone::current(const LogEntry& entry) const {
  switch (entry.type) {
    case RecordType::master:
      return masters[entry.index].change == entry.position;
    case RecordType::asset:
      return assets[entry.index].change == entry.position;
    case RecordType::album:
      return albums[entry.index].change == entry.position;
    case RecordType::relation:
      return relations[entry.index].change == entry.position;
    case RecordType::info:
      break;
  }
  return info_change == entry.position;
}

bool Zone::in_smart_album(const Asset& asset, const std::string& smart) const {
  const Master& master = masters[asset.master];
  if (smart == "FAVORITE") return asset.favorite;
  if (smart == "VIDEO") return master.video;
  if (smart == "LIVE") return asset.subtype_v2 == 2;
  if (smart == "SCREENSHOT") return asset.subtype_v2 == 3;
  if (smart == "PANORAMA") return asset.subtype == 1;
  if (smart == "SLOMO") return asset.subtype == 100;
  if (smart == "TIMELAPSE") return asset.subtype == 101;
  return false;
}

std::vector<std::uint32_t> Zone::build(Index index, const std::string& key) const {
  std::vector<std::uint32_t> found;
  if (index == Index::album_by_date || index == Index::album_by_position) {
    const auto album = find_album(key);
    for (std::uint32_t i = 0; album && i < relations.size(); ++i) {
      const auto& relation = relations[i];
      if (relation.album == *album && !relation.purged && assets[relation.asset].visible()) found.push_back(i);
    }
    std::stable_sort(found.begin(), found.end(), [&](auto a, auto b) {
      if (index == Index::album_by_position) return relations[a].position < relations[b].position;
      return assets[relations[a].asset].date_ms < assets[relations[b].asset].date_ms;
    });
    return found;
  }
  for (std::uint32_t i = 0; i < assets.size(); ++i) {
    const Asset& asset = assets[i];
    bool in = false;
    switch (index) {
      case Index::added_date:
        in = !asset.purged && !asset.deleted();
        break;
      case Index::asset_date:
        in = asset.visible();
        break;
      case Index::hidden:
        in = !asset.purged && asset.hidden && !asset.deleted();
        break;
      case Index::deleted:
        in = !asset.purged && asset.deleted();
        break;
      case Index::burst:
        in = asset.visible() && asset.extra && !asset.extra->burst_id.empty();
        break;
      case Index::smart:
        in = asset.visible() && in_smart_album(asset, key);
        break;
      case Index::album_by_date:
      case Index::album_by_position:
        break;
    }
    if (in) found.push_back(i);
  }
  std::stable_sort(found.begin(), found.end(), [&](auto a, auto b) {
    // §7.2: newest added first, latest dateExpunged first; the dates' own order is a guess.
    if (index == Index::added_date) return assets[a].added_ms > assets[b].added_ms;
    if (index == Index::deleted) return assets[a].expunge_ms > assets[b].expunge_ms;
    return assets[a].date_ms < assets[b].date_ms;
  });
  return found;
}

const std::vector<std::uint32_t>& Zone::index(Index index, const std::string& key) {
  const auto [place, added] = cache_.try_emplace({index, key});
  if (added) place->second = build(index, key);
  return place->second;
}

std::vector<std::uint32_t> Zone::children(const std::string& parent) const {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < albums.size(); ++i) {
    if (!albums[i].purged && albums[i].parent == parent) found.push_back(i);
  }
  std::stable_sort(found.begin(), found.end(), [&](auto a, auto b) { return albums[a].position < albums[b].position; });
  return found;
}

}  // namespace emulator::icloud
