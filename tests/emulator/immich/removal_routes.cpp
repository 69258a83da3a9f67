// What people do and our client never does: keys of their own, the trash, deleting a library (docs/protocol/immich.md
// §3.3, §6, §17). The service answers these only where its configuration allows removal; elsewhere it counts them as
// forbidden.

#include <algorithm>

#include "emulator/immich/codec.hpp"
#include "emulator/immich/render.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

Response create_key(Call& call) {
  Fields fields = call.fields();
  const auto name = fields.text("name");
  const Json* const wanted = fields.raw("permissions");
  if (wanted == nullptr || !wanted->is_array() || wanted->empty())
    fields.violate("permissions", "permissions must contain at least 1 elements", "too_small", "Too small");
  fields.done();
  ApiKey key;
  key.id = call.world.new_id();
  key.secret = "practice-" + call.world.new_id();
  key.owner = call.user->id;
  key.name = name.value_or("API Key");
  key.permissions = wanted->get<std::vector<std::string>>();
  const std::string now = iso_z(call.world.now());
  const Json told{
      {"id", key.id}, {"name", key.name}, {"createdAt", now}, {"updatedAt", now}, {"permissions", key.permissions}};
  Json answer{{"secret", key.secret}, {"apiKey", told}};
  call.world.config.keys.push_back(std::move(key));  // last: call.key points into the list
  return json_response(201, answer);
}

Response remove_key(Call& call) {
  const std::size_t gone = std::erase_if(
      call.world.config.keys, [&](const ApiKey& key) { return key.id == call.id() && key.owner == call.user->id; });
  if (gone == 0) refuse(400, "API Key not found");
  return no_content();
}

Response remove_library(Call& call) {
  World& world = call.world;
  Library* const library = world.library(call.id());
  if (library == nullptr) refuse(400, "Library not found");
  std::vector<std::string> paths;
  for (const auto& [path, id] : library->by_path) paths.push_back(path);
  for (const std::string& path : paths) world.forget(path);
  std::erase_if(world.libraries, [&](const Library& other) { return other.id == call.id(); });
  return no_content();
}

/// Without force only: with it the server deletes originals from the disk, which nobody here should try.
Response trash(Call& call) {
  Fields fields = call.fields();
  const auto ids = fields.uuids("ids", Need::required);
  const bool force = fields.boolean("force").value_or(false);
  fields.done();
  if (force) refuse(500, "The practice service deletes no files");
  for (const std::string& id : *ids)
    if (call.world.accessible(id, *call.user) == nullptr) refuse_access("asset.delete");
  for (const std::string& id : *ids) {
    Asset& asset = call.world.assets.at(id);
    asset.status = Status::trashed;
    asset.deleted_at = asset.updated_at = call.world.now();
  }
  return no_content();
}

Response restore(Call& call) {
  Fields fields = call.fields();
  const auto ids = fields.uuids("ids", Need::required);
  fields.done();
  std::int64_t count = 0;
  for (const std::string& id : *ids) {
    Asset* const asset = call.world.accessible(id, *call.user);
    if (asset == nullptr) refuse_access("asset.delete");
    if (asset->status != Status::trashed) continue;  // offline ones stay (§7.7)
    asset->status = Status::active;
    if (!asset->is_offline) asset->deleted_at.reset();
    asset->updated_at = call.world.now();
    ++count;
  }
  return json_response(200, {{"count", count}});
}

}  // namespace

void add_removal_routes(Router& router) {
  router.add({"POST", "/api-keys", Access::key, "apiKey.create", create_key});
  router.add({"DELETE", "/api-keys/:id", Access::key, "apiKey.delete", remove_key});
  router.add({"DELETE", "/libraries/:id", Access::admin, "library.delete", remove_library});
  router.add({"DELETE", "/assets", Access::key, "asset.delete", trash});
  router.add({"POST", "/trash/restore/assets", Access::key, "asset.delete", restore});
}

}  // namespace emulator::immich
