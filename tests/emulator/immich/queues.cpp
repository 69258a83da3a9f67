#include "emulator/immich/queues.hpp"

#include <algorithm>
#include <array>

#include "emulator/immich/jobs.hpp"
#include "emulator/immich/world.hpp"

namespace emulator::immich {
namespace {

// Downstream first: a child waits at least one step before it becomes active.
constexpr std::array<const char*, 4> kWorked{"thumbnailGeneration", "metadataExtraction", "sidecar", "library"};
constexpr std::size_t kConcurrency = 5;

const char* queue_of(JobKind kind) {
  switch (kind) {
    case JobKind::scan_all:
    case JobKind::crawl:
    case JobKind::import_files:
    case JobKind::check:
    case JobKind::check_assets:
      return "library";
    case JobKind::sidecar_all:
    case JobKind::sidecar_check:
    case JobKind::sidecar_write:
      return "sidecar";
    case JobKind::extract_all:
    case JobKind::extract:
      return "metadataExtraction";
    case JobKind::thumbnails:
      break;
  }
  return "thumbnailGeneration";
}

bool dead(const Faults& faults, const std::string& queue) {
  return faults.dead_worker || faults.dead_queues.contains(queue);
}

}  // namespace

std::vector<std::string> queue_names(const Version& version) {
  std::vector<std::string> names{"thumbnailGeneration",
                                 "metadataExtraction",
                                 "videoConversion",
                                 "faceDetection",
                                 "facialRecognition",
                                 "smartSearch",
                                 "duplicateDetection",
                                 "backgroundTask",
                                 "storageTemplateMigration",
                                 "migration",
                                 "search",
                                 "sidecar",
                                 "library",
                                 "notifications",
                                 "backupDatabase"};
  if (version.at_least(2, 2)) names.emplace_back("ocr");
  if (version.at_least(2, 3)) names.emplace_back("workflow");
  if (version.at_least(3)) names.emplace_back("integrityCheck");
  if (version.at_least(2, 5)) names.emplace_back("editor");
  return names;
}

std::string job_name(JobKind kind, const Version& version) {
  const bool kebab = !version.at_least(1, 136);
  switch (kind) {
    case JobKind::scan_all:
      return kebab ? "library-queue-scan-all" : "LibraryScanQueueAll";
    case JobKind::crawl:
      return kebab ? "library-queue-sync-files" : "LibrarySyncFilesQueueAll";
    case JobKind::import_files:
      return kebab ? "library-sync-files" : "LibrarySyncFiles";
    case JobKind::check:
      return kebab ? "library-queue-sync-assets" : "LibraryScanAssetsQueueAll";
    case JobKind::check_assets:
      return kebab ? "library-sync-assets" : "LibrarySyncAssets";
    case JobKind::sidecar_all:
      return kebab ? "queue-sidecar" : "SidecarQueueAll";
    case JobKind::sidecar_check:
      return kebab ? "sidecar-discovery" : "SidecarCheck";
    case JobKind::sidecar_write:
      return kebab ? "sidecar-write" : "SidecarWrite";
    case JobKind::extract_all:
      return kebab ? "queue-metadata-extraction" : "AssetExtractMetadataQueueAll";
    case JobKind::extract:
      return kebab ? "metadata-extraction" : "AssetExtractMetadata";
    case JobKind::thumbnails:
      break;
  }
  return kebab ? "generate-thumbnails" : "AssetGenerateThumbnails";
}

void Queues::add(World& world, Job job) {
  job.number = ++last_number_;
  job.timestamp = world.now();
  Queue& queue = queues_[queue_of(job.kind)];
  queue.waiting.push_back(std::move(job));
}

void Queues::run_active(World& world, Queue& queue) {
  // A job may add to its own queue: only waiting grows, active stays as it is.
  for (Job& job : queue.active) {
    if (job.ran) continue;
    job.ran = true;
    run_job(world, job);
  }
}

void Queues::tick(World& world) {
  Faults& faults = world.faults();
  if (faults.foreign_load_drains && !faults.dead_worker)
    for (auto& [name, load] : faults.foreign_load)
      if (load > 0 && !faults.dead_queues.contains(name)) --load;
  for (const char* const name : kWorked) {
    if (dead(faults, name)) continue;
    Queue& queue = queues_[name];
    std::erase_if(queue.active, [](const Job& job) { return job.ran; });
    run_active(world, queue);
    if (paused_.contains(name)) continue;
    while (queue.active.size() < kConcurrency && !queue.waiting.empty()) {
      // Workers race each other: which asset is read first is nobody's promise (§13).
      const bool any_order = queue.waiting.front().kind == JobKind::extract;
      const std::size_t at = any_order ? world.pick(std::min(kConcurrency, queue.waiting.size())) : 0;
      queue.active.push_back(std::move(queue.waiting[at]));
      queue.waiting.erase(queue.waiting.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  for (Library& library : world.libraries)
    if (library.overlapping && !concerns_library(library.id)) library.overlapping = false;
}

void Queues::drain(World& world, const std::string& name) {
  if (dead(world.faults(), name)) return;
  Queue& queue = queues_[name];
  run_active(world, queue);
  queue.active.clear();
  while (!paused_.contains(name) && !queue.waiting.empty()) {
    Job job = std::move(queue.waiting.front());
    queue.waiting.pop_front();
    run_job(world, job);
  }
}

Counts Queues::counts(const World& world, const std::string& name) const {
  Counts counts;
  if (const auto it = queues_.find(name); it != queues_.end()) {
    counts.active = it->second.active.size();
    (paused_.contains(name) ? counts.paused : counts.waiting) = it->second.waiting.size();
  }
  const Faults& faults = world.config.faults;
  if (const auto it = faults.foreign_load.find(name); it != faults.foreign_load.end() && it->second > 0) {
    if (paused_.contains(name)) {
      counts.paused += it->second;
    } else if (dead(faults, name)) {
      counts.waiting += it->second;
    } else {
      counts.active += 1;
      counts.waiting += it->second - 1;
    }
  }
  return counts;
}

void Queues::empty(const std::string& name) { queues_[name].waiting.clear(); }

std::vector<const Job*> Queues::jobs(const std::string& name, bool active) const {
  std::vector<const Job*> result;
  const auto it = queues_.find(name);
  if (it == queues_.end()) return result;
  if (active) {
    for (const Job& job : it->second.active) result.push_back(&job);
  } else {
    for (const Job& job : it->second.waiting) result.push_back(&job);
  }
  return result;
}

std::uint64_t Queues::backlog() const {
  std::uint64_t total = 0;
  for (const auto& [name, queue] : queues_) total += queue.waiting.size() + queue.active.size();
  return total;
}

bool Queues::concerns_library(const std::string& library_id) const {
  const auto it = queues_.find("library");
  if (it == queues_.end()) return false;
  const auto concerns = [&](const Job& job) { return job.id == library_id || job.kind == JobKind::scan_all; };
  return std::any_of(it->second.waiting.begin(), it->second.waiting.end(), concerns) ||
         std::any_of(it->second.active.begin(), it->second.active.end(), concerns);
}

}  // namespace emulator::immich
