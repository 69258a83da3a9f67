// Tags (docs/protocol/immich.md §16).

#include <algorithm>

#include "emulator/immich/render.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

Response upsert(Call& call) {
  Fields fields = call.fields();
  const Json* const values = fields.raw("tags");
  if (values == nullptr || !values->is_array())
    fields.violate("tags", "tags must be an array", "invalid_type",
                   "Invalid input: expected array, received undefined");
  fields.done();
  Json json = Json::array();
  for (const Json& value : *values) {
    if (!value.is_string()) {
      fields.violate("tags", "each value in tags must be a string", "invalid_type", "Invalid input: expected string");
      fields.done();
    }
    json.push_back(render_tag(call.world.upsert_tag(call.user->id, value.get<std::string>())));
  }
  return json_response(200, json);
}

Response list(Call& call) {
  Json json = Json::array();
  for (const Tag& tag : call.world.tags)
    if (tag.owner_id == call.user->id) json.push_back(render_tag(tag));
  return json_response(200, json);
}

Response tag_assets(Call& call) {
  Fields fields = call.fields();
  const auto tag_ids = fields.uuids("tagIds", Need::required);
  const auto asset_ids = fields.uuids("assetIds", Need::required);
  fields.done();
  World& world = call.world;
  std::int64_t count = 0;
  for (const std::string& id : *asset_ids) {
    Asset* const asset = world.accessible(id, *call.user);
    if (asset == nullptr) continue;
    bool changed = false;
    for (const Tag& tag : world.tags)
      if (tag.owner_id == call.user->id && std::find(tag_ids->begin(), tag_ids->end(), tag.id) != tag_ids->end() &&
          asset->tags.insert(tag.id).second) {
        ++count;
        changed = true;
      }
    if (!changed) continue;
    asset->pending.tags = true;
    world.queues.add(world, {JobKind::sidecar_write, id, {}});
  }
  return json_response(200, {{"count", count}});
}

}  // namespace

void add_tag_routes(Router& router) {
  router.add({"PUT", "/tags", Access::key, "tag.create", upsert});
  router.add({"GET", "/tags", Access::key, "tag.read", list});
  router.add({"PUT", "/tags/assets", Access::key, "tag.asset", tag_assets});
}

}  // namespace emulator::immich
