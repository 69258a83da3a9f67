// Queue counters and commands (docs/protocol/immich.md §8).

#include <algorithm>

#include "emulator/immich/jobs.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

std::map<std::string, Counts> count_all(World& world) {
  std::map<std::string, Counts> counts;
  const auto count = [&](const std::string& name) { counts[name] = world.queues.counts(world, name); };
  const auto names = queue_names(world.version());
  if (world.faults().non_atomic_snapshot) {
    // Counted one by one, downstream first, while work moves on between the counts (§8.4): the jobs just left the
    // queue now counted and are in one that was counted before.
    count("metadataExtraction");
    world.queues.drain(world, "sidecar");
    count("sidecar");
    world.queues.drain(world, "library");
    count("library");
  }
  for (const std::string& name : names)
    if (!counts.contains(name)) count(name);
  return counts;
}

Json statistics(const Counts& c) {
  return {{"active", c.active}, {"completed", 0},       {"failed", 0},
          {"delayed", 0},       {"waiting", c.waiting}, {"paused", c.paused}};
}

Json legacy_status(const World& world, const std::string& name, const Counts& counts) {
  return {{"jobCounts", statistics(counts)},
          {"queueStatus", {{"isActive", counts.active > 0}, {"isPaused", world.queues.paused(name)}}}};
}

Json queue_status(const World& world, const std::string& name, const Counts& counts) {
  return {{"name", name}, {"isPaused", world.queues.paused(name)}, {"statistics", statistics(counts)}};
}

std::string queue_of_path(Call& call) {
  const Json body{{"name", call.parts.front()}};
  Fields fields(body, call.version());
  const auto name = fields.choice("name", queue_names(call.version()));
  fields.done();
  return *name;
}

Response jobs(Call& call) {
  const auto counts = count_all(call.world);
  Json json = Json::object();
  for (const auto& [name, c] : counts) json[name] = legacy_status(call.world, name, c);
  return json_response(200, json);
}

void start(Call& call, const std::string& name, bool force) {
  static const std::vector<std::string> kStartable{"videoConversion",
                                                   "storageTemplateMigration",
                                                   "migration",
                                                   "smartSearch",
                                                   "duplicateDetection",
                                                   "metadataExtraction",
                                                   "sidecar",
                                                   "thumbnailGeneration",
                                                   "faceDetection",
                                                   "facialRecognition",
                                                   "library",
                                                   "backupDatabase",
                                                   "ocr",
                                                   "integrityCheck"};
  World& world = call.world;
  if (world.queues.counts(world, name).active > 0) refuse(400, "Job is already running");
  if (std::find(kStartable.begin(), kStartable.end(), name) == kStartable.end())
    refuse(400, "Invalid job name: " + name);
  Job job;
  job.force = force;
  if (name == "library") {
    job.kind = JobKind::scan_all;
  } else if (name == "sidecar") {
    job.kind = JobKind::sidecar_all;
  } else if (name == "metadataExtraction") {
    job.kind = JobKind::extract_all;
  } else {
    return;  // nothing here that a client of libraries waits for
  }
  world.queues.add(world, job);
}

Response command(Call& call) {
  const std::string name = queue_of_path(call);
  Fields fields = call.fields();
  const auto what = fields.choice("command", {"start", "pause", "resume", "empty", "clear-failed"}, Need::required);
  const bool force = fields.boolean("force").value_or(false);
  fields.done();
  World& world = call.world;
  if (*what == "start") start(call, name, force);
  if (*what == "pause") world.queues.pause(name);
  if (*what == "resume") world.queues.resume(name);
  if (*what == "empty") world.queues.empty(name);
  return json_response(200, legacy_status(world, name, world.queues.counts(world, name)));
}

Response queues(Call& call) {
  const auto counts = count_all(call.world);
  Json json = Json::array();
  for (const std::string& name : queue_names(call.version()))
    json.push_back(queue_status(call.world, name, counts.at(name)));
  return json_response(200, json);
}

Response queue(Call& call) {
  const std::string name = queue_of_path(call);
  return json_response(200, queue_status(call.world, name, call.world.queues.counts(call.world, name)));
}

Response change_queue(Call& call) {
  const std::string name = queue_of_path(call);
  Fields fields = call.fields();
  const auto pause = fields.boolean("isPaused");
  fields.done();
  if (pause && *pause && name == "backgroundTask") refuse(400, "The BackgroundTask queue cannot be paused");
  if (pause) *pause ? call.world.queues.pause(name) : call.world.queues.resume(name);
  return queue(call);
}

Response queue_jobs(Call& call) {
  const std::string name = queue_of_path(call);
  // The last of several status parameters is all a parsed query keeps; none means all.
  const auto status = call.request.query.find("status");
  Json list = Json::array();
  for (const bool active : {true, false}) {
    if (status != call.request.query.end() && (status->second == "active") != active) continue;
    for (const Job* const job : call.world.queues.jobs(name, active)) {
      if (list.size() == 1000) break;
      const bool of_library = name == "library" && !job->id.empty();
      Json data = Json::object();
      if (!job->id.empty())
        data[of_library && job->kind != JobKind::crawl && job->kind != JobKind::check ? "libraryId" : "id"] = job->id;
      list.push_back({{"id", std::to_string(job->number)},
                      {"name", job_name(job->kind, call.version())},
                      {"data", data},
                      {"timestamp", job->timestamp}});
    }
  }
  return json_response(200, list);
}

}  // namespace

void add_queue_routes(Router& router) {
  const Version scoped{1, 137, 0};
  const Version with_queues{2, 4, 0};
  router.add({"GET", "/jobs", Access::admin, "job.read", jobs, {1, 0, 0}, scoped});
  router.add({"PUT", "/jobs/:name", Access::admin, "job.create", command, {1, 0, 0}, scoped});
  router.add({"GET", "/queues", Access::admin, "queue.read", queues, with_queues});
  router.add({"GET", "/queues/:name", Access::admin, "queue.read", queue, with_queues});
  router.add({"PUT", "/queues/:name", Access::admin, "queue.update", change_queue, with_queues});
  router.add({"GET", "/queues/:name/jobs", Access::admin, "queueJob.read", queue_jobs, with_queues});
}

}  // namespace emulator::immich
