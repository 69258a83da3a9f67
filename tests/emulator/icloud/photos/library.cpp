#include "emulator/icloud/photos/library.hpp"

#include <fmt/format.h>

#include "emulator/common/codec.hpp"
#include "emulator/icloud/photos/tokens.hpp"

namespace emulator::icloud {
namespace {

constexpr const char* kOwner = "_bfc60123456789abcdef0123456789ab";
constexpr const char* kOtherOwner = "_0ddba11c0ffee0123456789abcdef012";

std::size_t slot(Database database) { return database == Database::private_db ? 0 : 1; }

void publish_all(Library& library, const std::vector<Resource>& resources) {
  for (const auto& resource : resources) library.publish(resource.blob);
}

}  // namespace

Library::Library(Now now)
    : now_(std::move(now)), token_bytes_{token_owner("private database"), token_owner("shared database")} {
  zone("PrimarySync");
}

Zone& Library::zone(const std::string& name, Database database) {
  const auto guard = lock();
  if (Zone* known = find_zone(database, name)) return *known;
  const std::string owner = database == Database::private_db ? kOwner : kOtherOwner;
  return zones_.emplace_back(name, database, owner, &counters_[slot(database)]);
}

Zone& Library::zone(const std::string& name) {
  const auto guard = lock();
  Zone* known = find_zone(name);
  return known != nullptr ? *known : zone(name, Database::private_db);
}

Zone* Library::find_zone(Database database, const std::string& name) {
  const auto guard = lock();
  for (auto& zone : zones_) {
    if (zone.database == database && zone.name == name && !zone.deleted) return &zone;
  }
  return nullptr;
}

Zone* Library::find_zone(const std::string& name) {
  Zone* found = find_zone(Database::private_db, name);
  return found != nullptr ? found : find_zone(Database::shared_db, name);
}

std::vector<Zone*> Library::zones() {
  const auto guard = lock();
  std::vector<Zone*> all;
  for (auto& zone : zones_) all.push_back(&zone);
  return all;
}

std::uint64_t Library::database_counter(Database database) const {
  const auto guard = lock();
  return counters_[slot(database)];
}

const std::string& Library::database_token_bytes(Database database) const { return token_bytes_[slot(database)]; }

std::string Library::new_id() {
  const auto guard = lock();
  return uuid_from(0x1c10d, ++ids_);
}

void Library::clear() {
  const auto guard = lock();
  zones_.clear();
  blobs_.clear();
  zone("PrimarySync");
}

void Library::generate(const GeneratedLibrary& wanted) {
  const auto guard = lock();
  Zone& target = zone(wanted.zone);
  // Fixed dates, so that the same seed is the same library: one photo every ten minutes from 2015 on.
  constexpr std::int64_t kStart = 1420070400000;
  for (std::uint64_t i = 0; i < wanted.assets; ++i) {
    const bool live = wanted.live_every != 0 && i % wanted.live_every == 0;
    const std::uint64_t key = mix64(wanted.seed) ^ (i << 8U);
    const std::int64_t date = kStart + static_cast<std::int64_t>(i) * 600000;
    Master master{.filename = fmt::format("IMG_{:04}.JPG", i % 10000),
                  .item_type = "public.jpeg",
                  .created_ms = date + 5000,
                  .modified_ms = date + 5000};
    master.resources.push_back({.kind = ResourceKind::original,
                                .blob = blob_generated(key, wanted.size_bytes),
                                .uti = "public.jpeg",
                                .width = 4032,
                                .height = 3024});
    if (live) {
      master.resources.push_back({.kind = ResourceKind::original_video,
                                  .blob = blob_generated(key + 1, wanted.size_bytes * 2),
                                  .uti = "com.apple.quicktime-movie",
                                  .width = 1920,
                                  .height = 1440});
    }
    target.add_asset({.id = uuid_from(wanted.seed, i),
                      .master = target.add_master(std::move(master)),
                      .date_ms = date,
                      .added_ms = date + 3000,
                      .modified_ms = date + 5000,
                      .tz_offset_s = 3600,
                      .subtype_v2 = live ? 2 : 0});
  }
  target.touch_info();
}

void Library::publish(const BlobPtr& blob) {
  const std::string checksum = blob->checksum();
  const auto guard = lock();
  blobs_.try_emplace(checksum, blob);
}

BlobPtr Library::find_blob(const std::string& checksum) {
  const auto guard = lock();
  if (const auto found = blobs_.find(checksum); found != blobs_.end()) return found->second;
  return nullptr;
}

nlohmann::json Library::state() {
  using nlohmann::json;
  const auto guard = lock();
  json files = json::array();
  json albums = json::array();
  json names = json::array();
  std::size_t visible = 0;
  for (auto& zone : zones_) {
    names.push_back({{"name", zone.name},
                     {"database", zone.database == Database::private_db ? "private" : "shared"},
                     {"deleted", zone.deleted}});
    if (zone.deleted) continue;
    for (auto& asset : zone.assets) {
      if (asset.purged) continue;
      visible += asset.visible() ? 1 : 0;
      const Master& master = zone.masters[asset.master];
      const auto add = [&](const Resource& resource, const char* rendition) {
        publish_all(*this, {resource});
        files.push_back({{"zone", zone.name},
                         {"asset", asset.id},
                         {"master", zone.master_id(asset.master)},
                         {"rendition", rendition},
                         {"filename", master.filename},
                         {"uti", resource.uti},
                         {"checksum", resource.blob->checksum()},
                         {"size", resource.blob->size()},
                         {"sha1", resource.blob->sha1_hex()},
                         {"favorite", asset.favorite},
                         {"hidden", asset.hidden},
                         {"deleted", asset.deleted()}});
      };
      const bool live = master.find(ResourceKind::original_video) != nullptr;
      const std::pair<ResourceKind, const char*> of_master[] = {{ResourceKind::original, "original"},
                                                                {ResourceKind::original_video, "live_video"},
                                                                {ResourceKind::original_alt, "alternative"}};
      for (const auto& [kind, rendition] : of_master) {
        if (const Resource* resource = master.find(kind)) add(*resource, rendition);
      }
      if (const Resource* edit = asset.find(ResourceKind::jpeg_full)) add(*edit, "edited");
      if (const Resource* edit = asset.find(ResourceKind::vid_full)) {
        add(*edit, live ? "edited_live_video" : "edited_video");
      }
    }
    for (auto& album : zone.albums) {
      if (album.purged || album.without_name) continue;
      json members = json::array();
      for (const auto relation : zone.index(Index::album_by_position, album.id)) {
        members.push_back(zone.assets[zone.relations[relation].asset].id);
      }
      albums.push_back({{"zone", zone.name},
                        {"id", album.id},
                        {"name", album.name},
                        {"parent", album.parent},
                        {"type", album.type},
                        {"assets", std::move(members)}});
    }
  }
  return {
      {"zones", std::move(names)}, {"files", std::move(files)}, {"albums", std::move(albums)}, {"visible", visible}};
}

}  // namespace emulator::icloud
