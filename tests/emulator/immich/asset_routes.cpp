// Reading assets: one, many by checksum, counts; and jobs on assets (docs/protocol/immich.md §9, §12.2).

#include "emulator/immich/codec.hpp"
#include "emulator/immich/render.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

Response get(Call& call) {
  const Asset* const asset = call.world.accessible(call.id(), *call.user);
  if (asset == nullptr) refuse_access("asset.read");
  return json_response(200, render_full_asset(call.world, *asset));
}

Response bulk_upload_check(Call& call) {
  const Json* const list = call.fields().raw("assets");
  Fields fields = call.fields();
  if (list == nullptr || !list->is_array())
    fields.violate("assets", "assets must be an array", "invalid_type",
                   "Invalid input: expected array, received undefined");
  fields.done();
  for (const Json& item : *list) {
    Fields entry(item, call.version());
    entry.text("id", Need::required);
    entry.text("checksum", Need::required);
    entry.done();
  }
  Json results = Json::array();
  for (const Json& item : *list) {
    Json result{{"id", item["id"]}, {"action", "accept"}};
    const auto checksum = decode_checksum(item["checksum"].get<std::string>());
    const auto [from, to] = call.world.by_checksum.equal_range(checksum.value_or(std::string{}));
    for (auto it = from; it != to; ++it) {
      const Asset& asset = call.world.assets.at(it->second);
      if (asset.owner_id != call.user->id) continue;
      if (call.world.faults().bulk_check_uploads_only && !asset.library_id.empty()) continue;
      result["action"] = "reject";
      result["reason"] = "duplicate";
      result["assetId"] = asset.id;
      result["isTrashed"] = asset.deleted_at.has_value();
      break;
    }
    results.push_back(std::move(result));
  }
  return json_response(200, {{"results", results}});
}

Response statistics(Call& call) {
  Fields fields(call.query, call.version());
  const auto wanted = fields.choice("visibility", {"timeline", "archive", "hidden", "locked"});
  const auto favorite = fields.boolean("isFavorite");
  const auto trashed = fields.boolean("isTrashed");
  fields.done();
  if (wanted == "locked") refuse(401, "Elevated permission is required");
  std::int64_t images = 0, videos = 0;
  for (const auto& [id, asset] : call.world.assets) {
    const bool shown = wanted ? name_of(asset.visibility) == *wanted
                              : asset.visibility == Visibility::timeline || asset.visibility == Visibility::archive;
    if (asset.owner_id != call.user->id || !shown || asset.deleted_at.has_value() != trashed.value_or(false)) continue;
    if (favorite && asset.is_favorite != *favorite) continue;
    ++(asset.is_video ? videos : images);
  }
  return json_response(200, {{"images", images}, {"videos", videos}, {"total", images + videos}});
}

Response run_jobs(Call& call) {
  Fields fields = call.fields();
  const auto ids = fields.uuids("assetIds", Need::required);
  const auto name = fields.choice(
      "name", {"refresh-faces", "refresh-metadata", "regenerate-thumbnail", "transcode-video"}, Need::required);
  fields.done();
  for (const std::string& id : *ids)
    if (call.world.accessible(id, *call.user) == nullptr) refuse_access("asset.update");
  for (const std::string& id : *ids) {
    // Re-reads a known sidecar, discovers none (§12.2).
    if (*name == "refresh-metadata") call.world.queues.add(call.world, {JobKind::extract, id, {}});
    if (*name == "regenerate-thumbnail") call.world.queues.add(call.world, {JobKind::thumbnails, id, {}});
  }
  return no_content();
}

}  // namespace

void add_asset_routes(Router& router) {
  const Version scoped{1, 137, 0};
  router.add({"GET", "/assets/statistics", Access::key, "asset.statistics", statistics, {1, 0, 0}, scoped});
  Route check{"POST", "/assets/bulk-upload-check", Access::key, "asset.upload", bulk_upload_check, {1, 0, 0}, scoped};
  check.reads = true;
  router.add(check);
  router.add({"POST", "/assets/jobs", Access::key, "job.create", run_jobs, {1, 0, 0}, {2, 5, 0}});
  router.add({"GET", "/assets/:id", Access::key, "asset.read", get, {1, 0, 0}, scoped});
}

}  // namespace emulator::immich
