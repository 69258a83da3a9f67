// Albums (docs/protocol/immich.md §14).

#include <algorithm>

#include "emulator/immich/render.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

enum class Right { read, edit, own };

const std::string* role_of(const Album& album, const std::string& user_id) {
  const auto it = std::find_if(album.shared_with.begin(), album.shared_with.end(),
                               [&](const auto& member) { return member.first == user_id; });
  return it == album.shared_with.end() ? nullptr : &it->second;
}

bool may(const Album& album, const User& user, Right right) {
  if (album.owner_id == user.id) return true;
  const std::string* const role = role_of(album, user.id);
  return role != nullptr && (right == Right::read || (right == Right::edit && *role == "editor"));
}

Album& find(Call& call, const std::string& id, Right right, const std::string& permission) {
  Album* const album = call.world.album(id);
  if (album == nullptr || !may(*album, *call.user, right)) refuse_access(permission);
  return *album;
}

Response list(Call& call) {
  Fields fields(call.query, call.version());
  const bool old_query = !call.version().at_least(3);
  const auto asset_id = fields.uuid("assetId");
  const auto shared = old_query ? fields.boolean("shared") : fields.boolean("isShared");
  const auto owned = old_query ? std::nullopt : fields.boolean("isOwned");
  const auto id = old_query ? std::nullopt : fields.uuid("id");
  const auto name = old_query ? std::nullopt : fields.text("name");
  fields.done();
  Json json = Json::array();
  for (const Album& album : call.world.albums) {
    const bool mine = album.owner_id == call.user->id;
    if (!may(album, *call.user, Right::read)) continue;
    if (asset_id && !album.assets.contains(*asset_id)) continue;
    if (old_query) {
      if (!asset_id && shared && *shared == album.shared_with.empty()) continue;
      if (!asset_id && !shared.value_or(false) && !mine) continue;
    } else {
      if (owned && *owned != mine) continue;
      if (shared && *shared == album.shared_with.empty()) continue;
      if (id && album.id != *id) continue;
      if (name && album.name != *name) continue;
    }
    json.push_back(render_album(call.world, album, WithAssets::no));
  }
  return json_response(200, json);
}

Response create(Call& call) {
  Fields fields = call.fields();
  const auto name = fields.text("albumName", Need::required);
  const auto description = fields.text("description");
  const auto ids = fields.uuids("assetIds");
  const Json* const members = fields.raw("albumUsers");
  std::vector<std::pair<std::string, std::string>> shared_with;
  if (members != nullptr && members->is_array()) {
    for (const Json& member : *members) {
      Fields entry(member, call.version());
      const auto user_id = entry.uuid("userId", Need::required);
      const auto role = entry.choice("role", {"editor", "viewer"}, Need::required);
      entry.done();
      shared_with.emplace_back(*user_id, *role);
    }
  }
  fields.done();
  for (const auto& [user_id, role] : shared_with) {
    if (call.world.user(user_id) == nullptr) refuse(400, "User not found");
    if (user_id == call.user->id) refuse(400, "Cannot share album with owner");
  }
  Album album;
  album.id = call.world.new_id();
  album.owner_id = call.user->id;
  album.name = *name;
  album.description = description.value_or("");
  album.shared_with = std::move(shared_with);
  for (const std::string& id : ids.value_or(std::vector<std::string>{})) {
    if (call.world.accessible(id, *call.user) == nullptr) continue;  // dropped silently
    album.assets.insert(id);
    if (album.thumbnail_id.empty()) album.thumbnail_id = id;
  }
  album.created_at = album.updated_at = call.world.now();
  call.world.albums.push_back(std::move(album));
  return json_response(201, render_album(call.world, call.world.albums.back(), WithAssets::yes));
}

Response get(Call& call) {
  Fields fields(call.query, call.version());
  const bool without = fields.boolean("withoutAssets").value_or(false);
  fields.done();
  const Album& album = find(call, call.id(), Right::read, "album.read");
  return json_response(200, render_album(call.world, album, without ? WithAssets::no : WithAssets::yes));
}

Response change(Call& call) {
  Fields fields = call.fields();
  const auto name = fields.text("albumName");
  const auto description = fields.text("description");
  const auto thumbnail = fields.uuid("albumThumbnailAssetId");
  const auto order = fields.choice("order", {"asc", "desc"});
  const auto activity = fields.boolean("isActivityEnabled");
  fields.done();
  Album& album = find(call, call.id(), Right::own, "album.update");
  if (thumbnail && !album.assets.contains(*thumbnail)) refuse(400, "Invalid album thumbnail");
  if (thumbnail) album.thumbnail_id = *thumbnail;
  if (name) album.name = *name;
  if (description) album.description = *description;
  if (order) album.order = *order;
  if (activity) album.is_activity_enabled = *activity;
  album.updated_at = call.world.now();
  return json_response(200, render_album(call.world, album, WithAssets::no));
}

Response share(Call& call) {
  Fields fields = call.fields();
  const Json* const members = fields.raw("albumUsers");
  fields.done();
  Album& album = find(call, call.id(), Right::own, "album.share");
  for (const Json& member : members == nullptr ? Json::array() : *members) {
    Fields entry(member, call.version());
    const auto user_id = entry.uuid("userId", Need::required);
    const auto role = entry.choice("role", {"editor", "viewer"});
    entry.done();
    if (call.world.user(*user_id) == nullptr) refuse(400, "User not found");
    if (role_of(album, *user_id) != nullptr) refuse(400, "User already added");
    album.shared_with.emplace_back(*user_id, role.value_or("editor"));
  }
  album.updated_at = call.world.now();
  return json_response(200, render_album(call.world, album, WithAssets::no));
}

Response remove(Call& call) {
  const std::string id = find(call, call.id(), Right::own, "album.delete").id;
  std::erase_if(call.world.albums, [&](const Album& album) { return album.id == id; });
  if (call.version().at_least(1, 144)) return no_content();
  Response response;
  response.status = 200;
  return response;
}

/// The outcome for one id: nothing where it was added.
std::optional<std::string> add(Call& call, Album& album, const std::string& id) {
  if (album.assets.contains(id)) return "duplicate";
  if (call.world.accessible(id, *call.user) == nullptr) return "no_permission";
  album.assets.insert(id);
  if (album.thumbnail_id.empty()) album.thumbnail_id = id;
  album.updated_at = call.world.now();
  return std::nullopt;
}

Album& find_for_members(Call& call, const std::string& permission) {
  if (call.world.album(call.id()) == nullptr) refuse(400, "Album not found");  // observed §7
  return find(call, call.id(), Right::edit, permission);
}

Response add_assets(Call& call) {
  Fields fields = call.fields();
  const auto ids = fields.uuids("ids", Need::required);
  fields.done();
  Album& album = find_for_members(call, "albumAsset.create");
  Json results = Json::array();
  for (const std::string& id : *ids) {
    const auto error = add(call, album, id);
    Json result{{"id", id}, {"success", !error}};
    if (error) result["error"] = *error;
    results.push_back(std::move(result));
  }
  return json_response(200, results);
}

Response remove_assets(Call& call) {
  Fields fields = call.fields();
  const auto ids = fields.uuids("ids", Need::required);
  fields.done();
  Album& album = find_for_members(call, "albumAsset.delete");
  Json results = Json::array();
  for (const std::string& id : *ids) {
    const bool member = album.assets.erase(id) > 0;
    Json result{{"id", id}, {"success", member}};
    if (!member) result["error"] = "not_found";
    results.push_back(std::move(result));
    if (album.thumbnail_id == id) album.thumbnail_id = album.assets.empty() ? "" : *album.assets.begin();
  }
  album.updated_at = call.world.now();
  return json_response(200, results);
}

Response add_to_many(Call& call) {
  Fields fields = call.fields();
  const auto album_ids = fields.uuids("albumIds", Need::required);
  const auto asset_ids = fields.uuids("assetIds", Need::required);
  fields.done();
  bool added = false, allowed = false;
  for (const std::string& album_id : *album_ids) {
    Album* const album = call.world.album(album_id);
    if (album == nullptr || !may(*album, *call.user, Right::edit)) continue;
    for (const std::string& id : *asset_ids) {
      const auto error = add(call, *album, id);
      added = added || !error;
      allowed = allowed || error != "no_permission";
    }
  }
  if (added) return json_response(200, {{"success", true}});
  return json_response(200, {{"success", false}, {"error", allowed ? "duplicate" : "no_permission"}});
}

}  // namespace

void add_album_routes(Router& router) {
  router.add({"GET", "/albums", Access::key, "album.read", list});
  router.add({"POST", "/albums", Access::key, "album.create", create});
  router.add({"GET", "/albums/:id", Access::key, "album.read", get});
  router.add({"PATCH", "/albums/:id", Access::key, "album.update", change});
  router.add({"PUT", "/albums/:id/users", Access::key, "albumUser.create", share});
  router.add({"DELETE", "/albums/:id", Access::key, "album.delete", remove});
  router.add({"PUT", "/albums/assets", Access::key, "albumAsset.create", add_to_many, {1, 140, 0}});
  router.add({"PUT", "/albums/:id/assets", Access::key, "albumAsset.create", add_assets});
  router.add({"DELETE", "/albums/:id/assets", Access::key, "albumAsset.delete", remove_assets});
}

}  // namespace emulator::immich
