#include "emulator/icloud/photos/editor.hpp"

#include <algorithm>
#include <stdexcept>

namespace emulator::icloud {
namespace {

constexpr std::int64_t kThirtyDaysMs = std::int64_t{30} * 86400 * 1000;

bool is_movie_name(const std::string& uti) {
  return uti.find("movie") != std::string::npos || uti.find("mpeg") != std::string::npos ||
         uti.find("video") != std::string::npos;
}

void drop(std::vector<Resource>& resources, ResourceKind kind) {
  std::erase_if(resources, [kind](const auto& resource) { return resource.kind == kind; });
}

}  // namespace

LibraryEditor::Found LibraryEditor::find_asset(const std::string& id) {
  for (Zone* zone : library_.zones()) {
    if (zone->deleted) continue;
    if (const auto index = zone->find_asset(id); index && !zone->assets[*index].purged) return {*zone, *index};
  }
  throw std::invalid_argument("no asset " + id);
}

LibraryEditor::Found LibraryEditor::find_album(const std::string& id) {
  for (Zone* zone : library_.zones()) {
    if (zone->deleted) continue;
    if (const auto index = zone->find_album(id); index && !zone->albums[*index].purged) return {*zone, *index};
  }
  throw std::invalid_argument("no album " + id);
}

void LibraryEditor::changed(const Found& found) {
  found.zone.assets[found.index].modified_ms = library_.now_ms();
  found.zone.touch_asset(found.index);
}

std::string LibraryEditor::add(const NewItem& item) {
  const auto guard = library_.lock();
  Zone& zone = library_.zone(item.zone);
  const std::int64_t now = library_.now_ms();
  Master master{.id = item.original->checksum(),
                .filename = item.filename,
                .item_type = item.item_type,
                .created_ms = now,
                .modified_ms = now,
                .video = is_movie_name(item.item_type)};
  master.resources.push_back(
      {.kind = ResourceKind::original, .blob = item.original, .uti = item.item_type, .width = 4032, .height = 3024});
  if (item.live_video) {
    master.resources.push_back({.kind = ResourceKind::original_video,
                                .blob = item.live_video,
                                .uti = "com.apple.quicktime-movie",
                                .width = 1920,
                                .height = 1440});
  }
  if (item.alternative) {
    master.resources.push_back({.kind = ResourceKind::original_alt,
                                .blob = item.alternative,
                                .uti = item.alternative_uti,
                                .width = 4032,
                                .height = 3024});
  }
  const std::string id = item.id.empty() ? library_.new_id() : item.id;
  zone.add_asset({.id = id,
                  .master = zone.add_master(std::move(master)),
                  .date_ms = item.date_ms.value_or(now),
                  .added_ms = now,
                  .modified_ms = now,
                  .tz_offset_s = 3600,
                  .subtype_v2 = item.live_video ? 2 : 0});
  zone.touch_info();
  return id;
}

std::string LibraryEditor::duplicate(const std::string& asset) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  Asset copy = found.zone.assets[found.index];
  copy.id = library_.new_id();
  copy.added_ms = library_.now_ms();
  if (copy.extra) copy.extra = std::make_shared<AssetExtra>(*copy.extra);
  const std::string id = copy.id;
  const std::uint32_t master = copy.master;
  found.zone.touch_master(master);
  found.zone.add_asset(std::move(copy));
  found.zone.touch_info();
  return id;
}

void LibraryEditor::edit(const std::string& asset, BlobPtr still, const std::string& uti, BlobPtr video) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  Asset& record = found.zone.assets[found.index];
  auto& resources = record.more().resources;
  const bool of_video = found.zone.masters[record.master].video;
  const auto put = [&](ResourceKind kind, BlobPtr blob, const std::string& type) {
    drop(resources, kind);
    resources.push_back({.kind = kind, .blob = std::move(blob), .uti = type, .width = 4032, .height = 3024});
  };
  if (still) put(of_video ? ResourceKind::vid_full : ResourceKind::jpeg_full, std::move(still), uti);
  if (video) put(ResourceKind::vid_full, std::move(video), "com.apple.quicktime-movie");
  record.more().adjustment_type = "com.apple.photo";
  changed(found);
}

void LibraryEditor::revert(const std::string& asset) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  auto& extra = found.zone.assets[found.index].more();
  extra.resources.clear();
  extra.adjustment_type.clear();
  changed(found);
}

void LibraryEditor::correct(const std::string& asset, BlobPtr original, bool keep_master) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  Asset& record = found.zone.assets[found.index];
  const std::uint32_t before = record.master;
  if (!keep_master) {
    Master master = found.zone.masters[before];
    master.id = original->checksum();
    record.master = found.zone.add_master(std::move(master));
  }
  for (auto& resource : found.zone.masters[record.master].resources) {
    if (resource.kind == ResourceKind::original) resource.blob = original;
  }
  found.zone.touch_master(record.master);
  if (!keep_master) drop_master_if_unused(found.zone, before);
  changed(found);
}

void LibraryEditor::omit(const std::string& asset, ResourceKind kind) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  const std::uint32_t master = found.zone.assets[found.index].master;
  drop(found.zone.masters[master].resources, kind);
  found.zone.touch_master(master);
  changed(found);
}

void LibraryEditor::set_favorite(const std::string& asset, bool on) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  found.zone.assets[found.index].favorite = on;
  changed(found);
}

void LibraryEditor::set_hidden(const std::string& asset, bool on) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  found.zone.assets[found.index].hidden = on;
  changed(found);
  found.zone.touch_info();
}

void LibraryEditor::set_caption(const std::string& asset, const std::string& caption) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  found.zone.assets[found.index].more().caption = caption;
  changed(found);
}

void LibraryEditor::set_description(const std::string& asset, const std::string& description) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  found.zone.assets[found.index].more().description = description;
  changed(found);
}

void LibraryEditor::set_keywords(const std::string& asset, const std::vector<std::string>& keywords) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  auto& extra = found.zone.assets[found.index].more();
  extra.keywords = keywords;
  extra.has_keywords = true;
  changed(found);
}

void LibraryEditor::set_date(const std::string& asset, std::int64_t date_ms, std::optional<std::int32_t> offset_s) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  found.zone.assets[found.index].date_ms = date_ms;
  if (offset_s) found.zone.assets[found.index].tz_offset_s = offset_s;
  changed(found);
}

void LibraryEditor::set_place(const std::string& asset, std::optional<Place> place) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  found.zone.assets[found.index].more().place = place;
  changed(found);
}

void LibraryEditor::trash(const std::string& asset) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  Asset& record = found.zone.assets[found.index];
  record.expunge_ms = library_.now_ms() + kThirtyDaysMs;
  if (found.zone.shared()) record.more().trash_reason = 1;
  const auto& all = found.zone.assets;
  const bool last = std::none_of(all.begin(), all.end(), [&](const Asset& other) {
    return other.master == record.master && !other.purged && !other.deleted();
  });
  if (last) found.zone.masters[record.master].expunge_ms = record.expunge_ms;
  found.zone.touch_master(record.master);
  changed(found);
  found.zone.touch_info();
}

void LibraryEditor::restore(const std::string& asset) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  Asset& record = found.zone.assets[found.index];
  record.expunge_ms = 0;
  found.zone.masters[record.master].expunge_ms = 0;
  if (record.extra) record.extra->trash_reason.reset();
  found.zone.touch_master(record.master);
  changed(found);
  found.zone.touch_info();
}

void LibraryEditor::drop_master_if_unused(Zone& zone, std::uint32_t master) {
  const bool used = std::any_of(zone.assets.begin(), zone.assets.end(),
                                [&](const Asset& other) { return other.master == master && !other.purged; });
  if (used) return;
  zone.master_id(master);
  zone.masters[master].purged = true;
  zone.touch_master(master);
}

void LibraryEditor::drop_relations(Zone& zone, std::optional<std::uint32_t> asset, std::optional<std::uint32_t> album) {
  for (std::uint32_t i = 0; i < zone.relations.size(); ++i) {
    Relation& relation = zone.relations[i];
    if (relation.purged || (asset && relation.asset != *asset) || (album && relation.album != *album)) continue;
    relation.purged = true;
    zone.touch_relation(i);
  }
}

void LibraryEditor::purge(const std::string& asset) {
  const auto guard = library_.lock();
  const Found found = find_asset(asset);
  Asset& record = found.zone.assets[found.index];
  record.purged = true;
  drop_relations(found.zone, found.index, std::nullopt);
  drop_master_if_unused(found.zone, record.master);
  changed(found);
  found.zone.touch_info();
}

std::string LibraryEditor::move(const std::string& asset, const std::string& zone) {
  const auto guard = library_.lock();
  const Found from = find_asset(asset);
  Zone* known = library_.find_zone(zone);
  Zone& to = known != nullptr ? *known : library_.zone(zone);
  Asset copy = from.zone.assets[from.index];
  Master master = from.zone.masters[copy.master];
  master.id = from.zone.master_id(copy.master);
  master.expunge_ms = 0;
  copy.id = library_.new_id();
  copy.master = to.add_master(std::move(master));
  copy.expunge_ms = 0;
  copy.added_ms = copy.modified_ms = library_.now_ms();
  if (copy.extra) copy.extra = std::make_shared<AssetExtra>(*copy.extra);
  const std::string id = copy.id;
  to.add_asset(std::move(copy));
  to.touch_info();
  if (from.zone.shared()) {
    // Who takes a photo back leaves it in the shared library's trash, with a reason that is not "deleted" (§8.3).
    trash(asset);
    from.zone.assets[from.index].more().trash_reason = 0;
    changed(from);
  } else {
    purge(asset);
  }
  return id;
}

std::string LibraryEditor::create_album(const std::string& zone, const std::string& name, const std::string& parent,
                                        bool folder, const std::string& id) {
  const auto guard = library_.lock();
  const std::int64_t now = library_.now_ms();
  const std::string record = id.empty() ? library_.new_id() : id;
  library_.zone(zone).add_album(
      {.id = record, .name = name, .parent = parent, .type = folder ? 3 : 0, .created_ms = now, .modified_ms = now});
  return record;
}

void LibraryEditor::rename_album(const std::string& album, const std::string& name) {
  const auto guard = library_.lock();
  const Found found = find_album(album);
  found.zone.albums[found.index].name = name;
  found.zone.albums[found.index].modified_ms = library_.now_ms();
  found.zone.touch_album(found.index);
}

void LibraryEditor::move_album(const std::string& album, const std::string& parent) {
  const auto guard = library_.lock();
  const Found found = find_album(album);
  found.zone.albums[found.index].parent = parent;
  found.zone.touch_album(found.index);
}

void LibraryEditor::delete_album(const std::string& album) {
  const auto guard = library_.lock();
  const Found found = find_album(album);
  for (const auto child : found.zone.children(album)) delete_album(found.zone.albums[child].id);
  drop_relations(found.zone, std::nullopt, found.index);
  found.zone.albums[found.index].purged = true;
  found.zone.touch_album(found.index);
}

void LibraryEditor::add_to_album(const std::string& asset, const std::string& album) {
  const auto guard = library_.lock();
  const Found found = find_album(album);
  const auto index = found.zone.find_asset(asset);
  if (!index) throw std::invalid_argument("no asset " + asset + " in the album's zone");
  found.zone.add_relation(*index, found.index, library_.now_ms());
  found.zone.touch_album(found.index);
}

void LibraryEditor::remove_from_album(const std::string& asset, const std::string& album) {
  const auto guard = library_.lock();
  const Found found = find_album(album);
  const auto index = found.zone.find_asset(asset);
  if (!index) throw std::invalid_argument("no asset " + asset + " in the album's zone");
  drop_relations(found.zone, *index, found.index);
  found.zone.touch_album(found.index);
}

void LibraryEditor::delete_zone(const std::string& zone) {
  const auto guard = library_.lock();
  Zone* found = library_.find_zone(zone);
  if (found == nullptr) throw std::invalid_argument("no zone " + zone);
  found->touch_info();
  found->deleted = true;
}

void LibraryEditor::change_side(const std::string& zone, Told told) {
  const auto guard = library_.lock();
  Zone* from = library_.find_zone(zone);
  if (from == nullptr || !from->shared()) throw std::invalid_argument("no shared library " + zone);
  Zone& to = library_.zone(zone, from->database == Database::private_db ? Database::shared_db : Database::private_db);
  for (const auto& asset : from->assets) {
    if (asset.purged) continue;
    Asset copy = asset;
    Master master = from->masters[asset.master];
    master.id = from->master_id(asset.master);
    copy.master = to.add_master(std::move(master));
    if (copy.extra) copy.extra = std::make_shared<AssetExtra>(*copy.extra);
    to.add_asset(std::move(copy));
  }
  to.touch_info();
  if (told == Told::yes) from->touch_info();
  from->deleted = true;
}

}  // namespace emulator::icloud
