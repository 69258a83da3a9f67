#pragma once
// The job queues: what waits, what runs, what is paused (docs/protocol/immich.md §7.1, §8). What a job does is in
// jobs.hpp.

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "emulator/immich/config.hpp"

namespace emulator::immich {

struct World;

enum class JobKind {
  scan_all,       // library: scan of every library
  crawl,          // library: find new files
  import_files,   // library: rows for up to 10 000 paths
  check,          // library: find gone, returned and changed files
  check_assets,   // library: up to 10 000 ids
  sidecar_all,    // sidecar: of every asset
  sidecar_check,  // sidecar: one asset
  sidecar_write,  // sidecar: one asset
  extract_all,    // metadataExtraction: of every asset
  extract,        // metadataExtraction: one asset
  thumbnails,     // thumbnailGeneration: one asset
};

struct Job {
  JobKind kind = JobKind::crawl;
  std::string id;                  // of the library or the asset, after the kind
  std::vector<std::string> items;  // paths or asset ids
  bool force = false;
  std::uint64_t number = 0;
  std::int64_t timestamp = 0;
  bool ran = false;
};

/// Counters as on the wire; completed and failed are always 0 (§8.3).
struct Counts {
  std::uint64_t active = 0, waiting = 0, paused = 0;
  [[nodiscard]] bool idle() const { return active + waiting + paused == 0; }
};

/// Names of the queues of a version, in the order of the wire.
std::vector<std::string> queue_names(const Version& version);
/// "LibrarySyncFilesQueueAll" and so on; kebab-case in 1.135.
std::string job_name(JobKind kind, const Version& version);

class Queues {
 public:
  void add(World& world, Job job);
  /// One step: finished jobs leave, active ones do their work (their children are queued while they are still active),
  /// waiting ones become active up to the queue's concurrency.
  void tick(World& world);
  /// Every job of that queue, those it adds to itself included, is done at once.
  void drain(World& world, const std::string& queue);
  [[nodiscard]] Counts counts(const World& world, const std::string& queue) const;
  [[nodiscard]] bool paused(const std::string& queue) const { return paused_.contains(queue); }
  void pause(const std::string& queue) { paused_.insert(queue); }
  void resume(const std::string& queue) { paused_.erase(queue); }
  void pause_only(const std::set<std::string>& queues) { paused_ = queues; }
  void empty(const std::string& queue);
  [[nodiscard]] std::vector<const Job*> jobs(const std::string& queue, bool active) const;
  /// Jobs of our own that wait or run, in all queues.
  [[nodiscard]] std::uint64_t backlog() const;
  /// Whether a job of that library waits or runs.
  [[nodiscard]] bool concerns_library(const std::string& library_id) const;

 private:
  struct Queue {
    std::deque<Job> waiting;
    std::vector<Job> active;
  };
  void run_active(World& world, Queue& queue);

  std::map<std::string, Queue> queues_;
  std::set<std::string> paused_;
  std::uint64_t last_number_ = 0;
};

}  // namespace emulator::immich
