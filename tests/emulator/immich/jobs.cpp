#include "emulator/immich/jobs.hpp"

#include "emulator/immich/codec.hpp"
#include "emulator/immich/world.hpp"

namespace emulator::immich {

void run_job(World& world, const Job& job) {
  switch (job.kind) {
    case JobKind::scan_all:
      return run_scan_all(world);
    case JobKind::crawl:
      return run_crawl(world, job);
    case JobKind::import_files:
      return run_import(world, job);
    case JobKind::check:
      return run_check(world, job);
    case JobKind::check_assets:
      return run_check_assets(world, job);
    case JobKind::sidecar_check:
      return run_sidecar_check(world, job);
    case JobKind::sidecar_write:
      return run_sidecar_write(world, job);
    case JobKind::extract:
      return run_extract(world, job);
    case JobKind::sidecar_all:
      for (const auto& [id, asset] : world.assets)
        if (job.force || asset.sidecar_path.empty()) world.queues.add(world, {JobKind::sidecar_check, id, {}});
      return;
    case JobKind::extract_all:
      for (const auto& [id, asset] : world.assets)
        if (job.force || !asset.exif) world.queues.add(world, {JobKind::extract, id, {}});
      return;
    case JobKind::thumbnails:
      break;
  }
  // A broken or empty file gets none, and nothing in the API says so (observed §3).
  Asset* const asset = world.asset(job.id);
  if (asset != nullptr && asset->exif && asset->exif->file_size.value_or(0) > 0)
    asset->thumbhash = base64(asset->checksum);
}

}  // namespace emulator::immich
