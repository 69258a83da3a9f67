// Stacks and their merging (docs/protocol/immich.md §15).

#include <algorithm>
#include <set>

#include "emulator/immich/render.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

Stack& find(Call& call, const std::string& permission) {
  const auto it = call.world.stacks.find(call.id());
  if (it == call.world.stacks.end() || it->second.owner_id != call.user->id) refuse_access(permission);
  return it->second;
}

void dissolve(World& world, const std::string& id) {
  for (const std::string& member : world.stacks.at(id).assets) world.assets.at(member).stack_id.clear();
  world.stacks.erase(id);
}

Response create(Call& call) {
  Fields fields = call.fields();
  const auto ids = fields.uuids("assetIds", Need::required);
  if (ids && ids->size() < 2)
    fields.violate("assetIds", "assetIds must contain at least 2 elements", "too_small",
                   "Too small: expected array to have >=2 items");
  if (ids && std::set<std::string>(ids->begin(), ids->end()).size() != ids->size())
    fields.violate("assetIds", "All assetIds's elements must be unique", "custom", "Array must have unique items");
  fields.done();
  World& world = call.world;
  for (const std::string& id : *ids)
    if (world.accessible(id, *call.user) == nullptr) refuse_access("asset.update");
  std::vector<std::string> members = *ids;
  for (const std::string& id : *ids) {
    const auto old = world.stacks.find(world.assets.at(id).stack_id);
    if (old == world.stacks.end()) continue;
    if (old->second.primary_id == id) {
      // The primary brings its whole stack along.
      for (const std::string& other : old->second.assets)
        if (std::find(members.begin(), members.end(), other) == members.end()) members.push_back(other);
      dissolve(world, old->first);
    } else {
      std::erase(old->second.assets, id);
    }
  }
  Stack stack{world.new_id(), call.user->id, ids->front(), members};
  for (const std::string& id : members) {
    world.assets.at(id).stack_id = stack.id;
    world.assets.at(id).updated_at = world.now();
  }
  const auto it = world.stacks.emplace(stack.id, stack).first;
  return json_response(201, render_stack(world, it->second));
}

Response list(Call& call) {
  Fields fields(call.query, call.version());
  const auto primary = fields.uuid("primaryAssetId");
  fields.done();
  Json json = Json::array();
  for (const auto& [id, stack] : call.world.stacks)
    if (stack.owner_id == call.user->id && (!primary || stack.primary_id == *primary))
      json.push_back(render_stack(call.world, stack));
  return json_response(200, json);
}

Response get(Call& call) { return json_response(200, render_stack(call.world, find(call, "stack.read"))); }

Response change(Call& call) {
  Fields fields = call.fields();
  const auto primary = fields.uuid("primaryAssetId");
  fields.done();
  Stack& stack = find(call, "stack.update");
  if (primary && std::find(stack.assets.begin(), stack.assets.end(), *primary) == stack.assets.end())
    refuse(400, "Primary asset must be in the stack");
  if (primary) stack.primary_id = *primary;
  return json_response(200, render_stack(call.world, stack));
}

Response remove(Call& call) {
  dissolve(call.world, find(call, "stack.delete").id);
  return no_content();
}

Response remove_many(Call& call) {
  Fields fields = call.fields();
  const auto ids = fields.uuids("ids", Need::required);
  fields.done();
  for (const std::string& id : *ids) {
    const auto it = call.world.stacks.find(id);
    if (it == call.world.stacks.end() || it->second.owner_id != call.user->id) refuse_access("stack.delete");
  }
  for (const std::string& id : *ids)
    if (call.world.stacks.contains(id)) dissolve(call.world, id);
  return no_content();
}

Response remove_member(Call& call) {
  Stack& stack = find(call, "stack.update");
  const std::string& id = call.parts[1];
  if (std::find(stack.assets.begin(), stack.assets.end(), id) == stack.assets.end()) refuse(400, "Asset not in stack");
  if (stack.primary_id == id) refuse(400, "Cannot remove stack's primary asset");
  std::erase(stack.assets, id);
  call.world.assets.at(id).stack_id.clear();
  return no_content();
}

}  // namespace

void add_stack_routes(Router& router) {
  router.add({"POST", "/stacks", Access::key, "stack.create", create});
  router.add({"GET", "/stacks", Access::key, "stack.read", list});
  router.add({"GET", "/stacks/:id", Access::key, "stack.read", get});
  Route put{"PUT", "/stacks/:id", Access::key, "stack.update", change};
  put.patch_twin = true;
  router.add(put);
  router.add({"DELETE", "/stacks/:id", Access::key, "stack.delete", remove});
  router.add({"DELETE", "/stacks", Access::key, "stack.delete", remove_many});
  router.add({"DELETE", "/stacks/:id/assets/:assetId", Access::key, "stack.update", remove_member, {1, 136, 0}});
}

}  // namespace emulator::immich
