// External libraries (docs/protocol/immich.md §6).

#include "emulator/immich/jobs.hpp"
#include "emulator/immich/mount.hpp"
#include "emulator/immich/render.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

Library& find(Call& call) {
  Library* const library = call.world.library(call.id());
  if (library == nullptr) refuse(400, "Library not found");
  return *library;
}

Response list(Call& call) {
  Json json = Json::array();
  for (const Library& library : call.world.libraries) json.push_back(render_library(library));
  return json_response(200, json);
}

Response create(Call& call) {
  Fields fields = call.fields();
  const auto owner = fields.uuid("ownerId", Need::required);
  const auto name = fields.non_empty_text("name");
  const auto paths = fields.path_list("importPaths");
  const auto patterns = fields.path_list("exclusionPatterns");
  fields.done();
  if (call.world.user(*owner) == nullptr) refuse(500, "Internal server error");  // the foreign key
  Library library;
  library.id = call.world.new_id();
  library.owner_id = *owner;
  library.name = name.value_or("New External Library");
  library.import_paths = paths.value_or(std::vector<std::string>{});
  std::vector<std::string> defaults{"**/@eaDir/**", "**/._*", "**/#recycle/**", "**/#snapshot/**"};
  if (call.version().at_least(2, 4)) defaults.insert(defaults.end(), {"**/.stversions/**", "**/.stfolder/**"});
  library.exclusion_patterns = patterns.value_or(defaults);
  library.created_at = library.updated_at = call.world.now();
  call.world.libraries.push_back(std::move(library));
  return json_response(201, render_library(call.world.libraries.back()));
}

Response get(Call& call) { return json_response(200, render_library(find(call))); }

Response update(Call& call) {
  Fields fields = call.fields();
  const auto name = fields.non_empty_text("name");
  const auto paths = fields.path_list("importPaths");
  const auto patterns = fields.path_list("exclusionPatterns");
  fields.done();
  Library& library = find(call);
  if (paths) {
    const MountView mount(call.world.config);
    for (const std::string& path : *paths)
      if (const auto why = mount.refusal(path)) refuse(400, "Invalid import path: " + *why);
    library.import_paths = *paths;
  }
  if (name) library.name = *name;
  if (patterns) library.exclusion_patterns = *patterns;
  library.updated_at = call.world.now();
  return json_response(200, render_library(library));
}

Response validate(Call& call) {
  // The id is not looked up (§6).
  Fields fields = call.fields();
  const auto paths = fields.path_list("importPaths");
  fields.path_list("exclusionPatterns");
  fields.done();
  const MountView mount(call.world.config);
  Json results = Json::array();
  for (const std::string& path : paths.value_or(std::vector<std::string>{})) {
    Json entry{{"importPath", path}, {"isValid", true}};
    if (const auto why = mount.refusal(path)) {
      entry["isValid"] = false;
      entry["message"] = *why;
    }
    results.push_back(std::move(entry));
  }
  return json_response(200, {{"importPaths", results}});
}

Response scan(Call& call) {
  queue_scan(call.world, find(call).id);
  return no_content();
}

Response statistics(Call& call) {
  Library* const library = call.world.library(call.id());
  if (library == nullptr) refuse(400, "Library " + call.id() + " not found");
  std::int64_t photos = 0, videos = 0, usage = 0;
  for (const auto& [path, id] : library->by_path) {
    const Asset& asset = call.world.assets.at(id);
    if (asset.exif) usage += asset.exif->file_size.value_or(0);
    if (asset.visibility != Visibility::hidden) ++(asset.is_video ? videos : photos);
  }
  return json_response(200, {{"photos", photos}, {"videos", videos}, {"total", photos + videos}, {"usage", usage}});
}

}  // namespace

void add_library_routes(Router& router) {
  router.add({"GET", "/libraries", Access::admin, "library.read", list});
  router.add({"POST", "/libraries", Access::admin, "library.create", create});
  router.add({"GET", "/libraries/:id", Access::admin, "library.read", get});
  Route put{"PUT", "/libraries/:id", Access::admin, "library.update", update};
  put.patch_twin = true;
  router.add(put);
  Route check{"POST", "/libraries/:id/validate", Access::admin, "", validate};
  check.reads = true;
  router.add(check);
  router.add({"POST", "/libraries/:id/scan", Access::admin, "library.update", scan});
  router.add({"GET", "/libraries/:id/statistics", Access::admin, "library.statistics", statistics});
}

}  // namespace emulator::immich
