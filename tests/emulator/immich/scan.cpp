// Scanning a library: crawl, import and check (docs/protocol/immich.md §7).

#include <algorithm>

#include "emulator/immich/codec.hpp"
#include "emulator/immich/jobs.hpp"
#include "emulator/immich/media_types.hpp"
#include "emulator/immich/mount.hpp"
#include "emulator/immich/patterns.hpp"
#include "emulator/immich/world.hpp"

namespace emulator::immich {
namespace {

constexpr std::size_t kBatch = 10'000;

void put_offline(World& world, Asset& asset) {
  if (asset.is_offline) return;
  asset.is_offline = true;
  if (!asset.deleted_at) asset.deleted_at = world.now();
  asset.updated_at = world.now();
}

/// The prefix test takes the import path as typed; its % and _ are wildcards (§7.6).
bool below_an_import_path(const Library& library, const std::string& path) {
  return std::any_of(library.import_paths.begin(), library.import_paths.end(),
                     [&](const std::string& p) { return like_matches(p + "%", path); });
}

Asset new_row(World& world, const Library& library, const std::string& path, const FileFacts& facts) {
  Asset asset;
  asset.id = world.new_id();
  asset.owner_id = library.owner_id;
  asset.library_id = library.id;
  asset.path = path;
  asset.file_name = path.substr(path.rfind('/') + 1);
  asset.device_id = "Library Import";
  asset.device_asset_id = asset.file_name;
  std::erase_if(asset.device_asset_id, [](char c) { return c == ' ' || c == '\t'; });
  asset.checksum = path_checksum(path);
  asset.is_video = media_kind(asset.file_name, world.version()) == MediaKind::video;
  asset.file_created_at = asset.file_modified_at = asset.local_date_time = facts.mtime_ms;
  asset.created_at = asset.updated_at = world.now();
  return asset;
}

}  // namespace

void queue_scan(World& world, const std::string& library_id) {
  Library* const library = world.library(library_id);
  if (library == nullptr) return;
  if (world.faults().overlap_loses_chunk && world.queues.concerns_library(library_id)) library->overlapping = true;
  world.queues.add(world, {JobKind::crawl, library_id, {}});
  world.queues.add(world, {JobKind::check, library_id, {}});
}

void run_scan_all(World& world) {
  for (const Library& library : world.libraries) queue_scan(world, library.id);
}

void run_crawl(World& world, const Job& job) {
  Library* const library = world.library(job.id);
  if (library == nullptr) return;
  const MountView mount(world.config);
  std::vector<std::string> valid;
  for (const std::string& path : library->import_paths)
    if (!mount.refusal(path)) valid.push_back(path);
  if (valid.empty()) return;  // refreshedAt stays
  const Walk walk = mount.walk(valid, library->exclusion_patterns);
  std::vector<std::string> batch;
  const auto flush = [&] {
    if (!batch.empty()) world.queues.add(world, {JobKind::import_files, library->id, std::move(batch)});
    batch.clear();
  };
  for (const std::string& path : walk.files) {
    if (!library->by_path.contains(path)) batch.push_back(path);
    if (batch.size() == kBatch) flush();
  }
  flush();
  if (!walk.threw) library->refreshed_at = world.now();
}

void run_import(World& world, const Job& job) {
  Library* const library = world.library(job.id);
  if (library == nullptr) return;
  Faults& faults = world.faults();
  const std::size_t chunk_size = faults.import_chunk_size != 0    ? static_cast<std::size_t>(faults.import_chunk_size)
                                 : world.version().at_least(2, 7) ? 4000U
                                                                  : 5000U;
  const MountView mount(world.config);
  for (std::size_t from = 0; from < job.items.size(); from += chunk_size) {
    const std::size_t to = std::min(job.items.size(), from + chunk_size);
    std::vector<Asset> rows;
    bool clash = library->overlapping;
    for (std::size_t i = from; i < to; ++i) {
      const auto facts = mount.stat_file(job.items[i]);
      if (!facts) continue;
      clash = clash || library->by_path.contains(job.items[i]);
      rows.push_back(new_row(world, *library, job.items[i], *facts));
    }
    if (faults.lose_import_chunks > 0 && !rows.empty()) {
      --faults.lose_import_chunks;
      clash = true;
    }
    // One insert carries the whole chunk: a single clash with the unique key loses it all (§7.3).
    if (clash) continue;
    for (Asset& row : rows) {
      const std::string id = row.id;
      world.insert(std::move(row));
      world.queues.add(world, {JobKind::sidecar_check, id, {}});
    }
  }
}

void run_check(World& world, const Job& job) {
  Library* const library = world.library(job.id);
  if (library == nullptr) return;
  std::vector<std::string> likes;
  for (const std::string& pattern : library->exclusion_patterns) likes.push_back(glob_to_like(pattern));
  std::vector<std::string> paths;
  for (const auto& [path, id] : library->by_path) paths.push_back(path);
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> rest;
  for (const std::string& path : paths) {
    Asset& asset = world.assets.at(library->by_path.at(path));
    const bool excluded = std::any_of(likes.begin(), likes.end(),
                                      [&](const std::string& like) { return like_matches(like, asset.path); });
    if (!asset.is_offline && (excluded || !below_an_import_path(*library, asset.path))) {
      put_offline(world, asset);
      continue;
    }
    rest.push_back(asset.id);
    if (rest.size() == kBatch) {
      world.queues.add(world, {JobKind::check_assets, library->id, std::move(rest)});
      rest.clear();
    }
  }
  if (!rest.empty()) world.queues.add(world, {JobKind::check_assets, library->id, std::move(rest)});
}

void run_check_assets(World& world, const Job& job) {
  Library* const library = world.library(job.id);
  if (library == nullptr) return;
  const MountView mount(world.config);
  for (const std::string& id : job.items) {
    Asset* const asset = world.asset(id);
    if (asset == nullptr) continue;
    const auto facts = mount.stat_file(asset->path);
    if (!facts) {
      put_offline(world, *asset);
      continue;
    }
    if (asset->is_offline) {
      const auto& patterns = library->exclusion_patterns;
      if (!below_an_import_path(*library, asset->path) ||
          std::any_of(patterns.begin(), patterns.end(),
                      [&](const std::string& p) { return glob_matches(p, asset->path, Case::sensitive); }))
        continue;
      // Revived as it was; a change of the file is taken over by the next scan only (observed, §7.6).
      asset->is_offline = false;
      if (asset->status != Status::trashed) asset->deleted_at.reset();
      asset->updated_at = world.now();
    } else if (facts->mtime_ms != asset->file_modified_at) {
      world.queues.add(world, {JobKind::sidecar_check, asset->id, {}});
    }
  }
}

}  // namespace emulator::immich
