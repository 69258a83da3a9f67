#include "emulator/immich/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "emulator/immich/codec.hpp"

namespace emulator::immich {

const char* name_of(Visibility visibility) {
  switch (visibility) {
    case Visibility::timeline:
      return "timeline";
    case Visibility::archive:
      return "archive";
    case Visibility::hidden:
      return "hidden";
    case Visibility::locked:
      break;
  }
  return "locked";
}

std::optional<Visibility> parse_visibility(std::string_view text) {
  for (const Visibility v : {Visibility::timeline, Visibility::archive, Visibility::hidden, Visibility::locked})
    if (text == name_of(v)) return v;
  return std::nullopt;
}

World::World(ImmichConfig start, Now clock) : config(std::move(start)), now(std::move(clock)), random(config.seed) {
  if (!now)
    now = [] {
      const auto since = std::chrono::system_clock::now().time_since_epoch();
      return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
    };
  started_at = now();
  if (config.users.empty()) config.users.push_back({"", "admin@example.org", "Admin", true});
  for (User& user : config.users)
    if (user.id.empty()) user.id = new_id();
  if (config.keys.empty()) config.keys.push_back({"practice-key", "", {"all"}, "", "practice"});
  for (ApiKey& key : config.keys) {
    if (key.owner.empty()) key.owner = config.users.front().id;
    if (key.id.empty()) key.id = new_id();
  }
  while (config.container_prefix.size() > 1 && config.container_prefix.back() == '/')
    config.container_prefix.pop_back();
  queues.pause_only(config.faults.paused_queues);
}

std::string World::new_id() {
  const std::uint64_t high = (random() & 0xFFFFFFFFFFFF0FFFULL) | 0x4000ULL;
  const std::uint64_t low = (random() & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xFFFFU, high & 0xFFFFU,
                     low >> 48U, low & 0xFFFFFFFFFFFFULL);
}

std::size_t World::pick(std::size_t below) { return below < 2 ? 0 : static_cast<std::size_t>(random() % below); }

const User* World::user(const std::string& id) const {
  const auto it = std::find_if(config.users.begin(), config.users.end(), [&](const User& u) { return u.id == id; });
  return it == config.users.end() ? nullptr : &*it;
}

Library* World::library(const std::string& id) {
  const auto it = std::find_if(libraries.begin(), libraries.end(), [&](const Library& l) { return l.id == id; });
  return it == libraries.end() ? nullptr : &*it;
}

Asset* World::asset(const std::string& id) {
  const auto it = assets.find(id);
  return it == assets.end() ? nullptr : &it->second;
}

Asset* World::accessible(const std::string& id, const User& owner) {
  Asset* found = asset(id);
  return found != nullptr && found->owner_id == owner.id && found->visibility != Visibility::locked ? found : nullptr;
}

Album* World::album(const std::string& id) {
  const auto it = std::find_if(albums.begin(), albums.end(), [&](const Album& a) { return a.id == id; });
  return it == albums.end() ? nullptr : &*it;
}

Tag& World::upsert_tag(const std::string& owner_id, const std::string& value) {
  std::string parent;
  for (std::size_t slash = 0; slash != std::string::npos;) {
    slash = value.find('/', slash == 0 ? 0 : slash + 1);
    const std::string part = value.substr(0, slash);
    const auto it =
        std::find_if(tags.begin(), tags.end(), [&](const Tag& t) { return t.owner_id == owner_id && t.value == part; });
    if (it != tags.end()) {
      if (slash == std::string::npos) return *it;
      parent = it->id;
      continue;
    }
    tags.push_back({new_id(), owner_id, part, parent, now(), now()});
    parent = tags.back().id;
  }
  return tags.back();
}

Asset& World::insert(Asset asset) {
  const std::string id = asset.id;
  by_checksum.emplace(asset.checksum, id);
  if (Library* const home = library(asset.library_id)) home->by_path[asset.path] = id;
  return assets.emplace(id, std::move(asset)).first->second;
}

void World::set_content_id(Asset& asset, const std::string& content_id) {
  if (asset.content_id == content_id) return;
  const auto [from, to] = by_content_id.equal_range(asset.content_id);
  for (auto it = from; it != to; ++it)
    if (it->second == asset.id) {
      by_content_id.erase(it);
      break;
    }
  asset.content_id = content_id;
  if (!content_id.empty()) by_content_id.emplace(content_id, asset.id);
}

void World::leave_albums(const std::string& asset_id) {
  for (Album& album : albums) {
    album.assets.erase(asset_id);
    if (album.thumbnail_id == asset_id) album.thumbnail_id = album.assets.empty() ? "" : *album.assets.begin();
  }
}

bool World::forget(const std::string& path) {
  const auto gone =
      std::find_if(assets.begin(), assets.end(), [&](const auto& item) { return item.second.path == path; });
  if (gone == assets.end()) return false;
  Asset& asset = gone->second;
  const std::string id = asset.id;
  leave_albums(id);
  set_content_id(asset, "");
  for (auto& [other_id, other] : assets)
    if (other.live_video_id == id) other.live_video_id.clear();
  // A stack whose primary goes is dissolved with it.
  if (const auto stack = stacks.find(asset.stack_id); stack != stacks.end()) {
    std::erase(stack->second.assets, id);
    if (stack->second.primary_id == id) {
      for (const std::string& member : stack->second.assets) assets.at(member).stack_id.clear();
      stacks.erase(stack);
    }
  }
  std::erase_if(by_checksum, [&](const auto& item) { return item.second == id; });
  if (Library* const home = library(asset.library_id)) home->by_path.erase(path);
  assets.erase(gone);
  return true;
}

void World::link_live(Asset& still, Asset& video) {
  still.live_video_id = video.id;
  still.updated_at = now();
  if (video.visibility != Visibility::locked) video.visibility = Visibility::hidden;
  video.updated_at = now();
  leave_albums(video.id);
}

}  // namespace emulator::immich
