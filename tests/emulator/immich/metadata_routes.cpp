// Key/value metadata of assets (docs/protocol/immich.md §16).

#include <set>

#include "emulator/immich/codec.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

Asset& find(Call& call, const std::string& id, const std::string& permission) {
  Asset* const asset = call.world.accessible(id, *call.user);
  if (asset == nullptr) refuse_access(permission);
  return *asset;
}

enum class Bulk { no, yes };

Json entry(const std::string& key, const std::pair<Json, std::int64_t>& held) {
  return {{"key", key}, {"value", held.first}, {"updatedAt", iso_z(held.second)}};
}

/// Checked items, or the refusal of the whole call.
Json read_items(Call& call, Bulk bulk) {
  Fields fields = call.fields();
  const Json* const items = fields.raw("items");
  if (items == nullptr || !items->is_array())
    fields.violate("items", "items must be an array", "invalid_type",
                   "Invalid input: expected array, received undefined");
  fields.done();
  std::set<std::pair<std::string, std::string>> seen;
  for (const Json& item : *items) {
    Fields one(item, call.version());
    const auto key = call.version().at_least(2, 5) ? one.text("key", Need::required)
                                                   : one.choice("key", {"mobile-app"}, Need::required);
    const auto asset_id = bulk == Bulk::yes ? one.uuid("assetId", Need::required) : call.id();
    const Json* const value = one.raw("value");
    if (value == nullptr || !value->is_object())
      one.violate("value", "value must be an object", "invalid_type", "Invalid input: expected record");
    one.done();
    if (!seen.insert({*asset_id, *key}).second) refuse(400, "Duplicate items are not allowed: \"" + *key + "\"");
  }
  return *items;
}

Response list(Call& call) {
  const Asset& asset = find(call, call.id(), "asset.read");
  Json json = Json::array();
  for (const auto& [key, held] : asset.metadata) json.push_back(entry(key, held));
  return json_response(200, json);
}

Response put(Call& call) {
  const Json items = read_items(call, Bulk::no);
  Asset& asset = find(call, call.id(), "asset.update");
  Json json = Json::array();
  for (const Json& item : items) {
    auto& held = asset.metadata[item["key"].get<std::string>()];
    held = {item["value"], call.world.now()};
    json.push_back(entry(item["key"], held));
  }
  return json_response(200, json);
}

Response get(Call& call) {
  const Asset& asset = find(call, call.id(), "asset.read");
  const auto it = asset.metadata.find(call.parts[1]);
  if (it == asset.metadata.end())
    refuse(400, "Metadata with key \"" + call.parts[1] + "\" not found for asset with id \"" + call.id() + "\"");
  return json_response(200, entry(it->first, it->second));
}

Response remove(Call& call) {
  find(call, call.id(), "asset.update").metadata.erase(call.parts[1]);
  return no_content();
}

Response put_many(Call& call) {
  const Json items = read_items(call, Bulk::yes);
  for (const Json& item : items) find(call, item["assetId"], "asset.update");
  Json json = Json::array();
  for (const Json& item : items) {
    auto& held = find(call, item["assetId"], "asset.update").metadata[item["key"].get<std::string>()];
    held = {item["value"], call.world.now()};
    Json one = entry(item["key"], held);
    one["assetId"] = item["assetId"];
    json.push_back(std::move(one));
  }
  return json_response(200, json);
}

Response remove_many(Call& call) {
  Fields fields = call.fields();
  const Json* const items = fields.raw("items");
  if (items == nullptr || !items->is_array())
    fields.violate("items", "items must be an array", "invalid_type",
                   "Invalid input: expected array, received undefined");
  fields.done();
  for (const Json& item : *items) {
    Fields one(item, call.version());
    const auto id = one.uuid("assetId", Need::required);
    const auto key = one.text("key", Need::required);
    one.done();
    find(call, *id, "asset.update").metadata.erase(*key);
  }
  return no_content();
}

}  // namespace

void add_metadata_routes(Router& router) {
  const Version seen{1, 144, 0};
  const Version bulk{2, 5, 0};
  router.add({"PUT", "/assets/metadata", Access::key, "asset.update", put_many, bulk});
  router.add({"DELETE", "/assets/metadata", Access::key, "asset.update", remove_many, bulk});
  router.add({"GET", "/assets/:id/metadata", Access::key, "asset.read", list, seen});
  router.add({"PUT", "/assets/:id/metadata", Access::key, "asset.update", put, seen});
  router.add({"GET", "/assets/:id/metadata/:key", Access::key, "asset.read", get, seen});
  router.add({"DELETE", "/assets/:id/metadata/:key", Access::key, "asset.update", remove, seen});
}

}  // namespace emulator::immich
