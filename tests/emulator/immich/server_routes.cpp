// Facts about the server, its users and keys (docs/protocol/immich.md §3.3, §5).

#include "emulator/immich/codec.hpp"
#include "emulator/immich/media_types.hpp"
#include "emulator/immich/render.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

Response ping(Call&) { return json_response(200, {{"res", "pong"}}); }

Response version(Call& call) {
  const Version& v = call.version();
  Json json{{"major", v.major}, {"minor", v.minor}, {"patch", v.patch}};
  if (v.at_least(3)) json["prerelease"] = nullptr;
  return json_response(200, json);
}

Response features(Call& call) {
  Json json{{"smartSearch", false},
            {"facialRecognition", false},
            {"duplicateDetection", false},
            {"map", true},
            {"reverseGeocoding", true},
            {"importFaces", false},
            {"sidecar", true},
            {"search", true},
            {"trash", !call.world.faults().trash_disabled},
            {"oauth", false},
            {"oauthAutoLaunch", false},
            {"passwordLogin", true},
            {"configFile", false},
            {"email", false}};
  if (call.version().at_least(2, 2)) json["ocr"] = false;
  if (call.version().at_least(3)) json["realtimeTranscoding"] = false;
  return json_response(200, json);
}

Response config(Call& call) {
  Json json{{"oauthButtonText", "Login with OAuth"},
            {"loginPageMessage", ""},
            {"trashDays", 30},
            {"userDeleteDelay", 7},
            {"isInitialized", true},
            {"isOnboarded", true},
            {"externalDomain", ""},
            {"publicUsers", true},
            {"mapDarkStyleUrl", "https://tiles.example.org/dark.json"},
            {"mapLightStyleUrl", "https://tiles.example.org/light.json"}};
  if (call.version().at_least(2, 3)) json["maintenanceMode"] = call.world.faults().maintenance_mode;
  if (call.version().at_least(3)) json["minFaces"] = 3;
  return json_response(200, json);
}

Response media_types(Call& call) {
  return json_response(200, {{"image", image_extensions(call.version())},
                             {"video", video_extensions(call.version())},
                             {"sidecar", Json::array({".xmp"})}});
}

Response about(Call& call) {
  const std::string text = "v" + call.version().text();
  return json_response(
      200, {{"version", text}, {"versionUrl", "https://example.org/releases/" + text}, {"licensed", false}});
}

Response storage(Call&) {
  return json_response(200, {{"diskAvailable", "50.0 GiB"},
                             {"diskAvailableRaw", 53'687'091'200},
                             {"diskSize", "100.0 GiB"},
                             {"diskSizeRaw", 107'374'182'400},
                             {"diskUsagePercentage", 50.0},
                             {"diskUse", "50.0 GiB"},
                             {"diskUseRaw", 53'687'091'200}});
}

Response statistics(Call& call) {
  Json users = Json::array();
  std::int64_t photos = 0, videos = 0, usage_photos = 0, usage_videos = 0;
  for (const User& user : call.world.config.users) {
    std::int64_t own_photos = 0, own_videos = 0, own_photo_bytes = 0, own_video_bytes = 0;
    for (const auto& [id, asset] : call.world.assets) {
      if (asset.owner_id != user.id || asset.deleted_at) continue;
      const std::int64_t size = asset.exif ? asset.exif->file_size.value_or(0) : 0;
      (asset.is_video ? own_video_bytes : own_photo_bytes) += size;
      if (asset.visibility != Visibility::hidden) ++(asset.is_video ? own_videos : own_photos);
    }
    users.push_back({{"userId", user.id},
                     {"userName", user.name},
                     {"photos", own_photos},
                     {"videos", own_videos},
                     {"usage", own_photo_bytes + own_video_bytes},
                     {"usagePhotos", own_photo_bytes},
                     {"usageVideos", own_video_bytes},
                     {"quotaSizeInBytes", nullptr}});
    photos += own_photos;
    videos += own_videos;
    usage_photos += own_photo_bytes;
    usage_videos += own_video_bytes;
  }
  return json_response(200, {{"photos", photos},
                             {"videos", videos},
                             {"usage", usage_photos + usage_videos},
                             {"usagePhotos", usage_photos},
                             {"usageVideos", usage_videos},
                             {"usageByUser", users}});
}

Response me(Call& call) { return json_response(200, render_admin_user(call.world, *call.user)); }

Response users(Call& call) {
  Json list = Json::array();
  for (const User& user : call.world.config.users) list.push_back(render_admin_user(call.world, user));
  return json_response(200, list);
}

Response my_key(Call& call) {
  return json_response(200, {{"id", call.key->id},
                             {"name", call.key->name},
                             {"createdAt", iso_z(call.world.started_at)},
                             {"updatedAt", iso_z(call.world.started_at)},
                             {"permissions", call.key->permissions}});
}

Response some_key(Call& call) {
  // Before 1.139 "me" is taken for an id here (§3.3).
  for (const ApiKey& key : call.world.config.keys)
    if (key.id == call.id() && key.owner == call.user->id)
      return json_response(200, {{"id", key.id},
                                 {"name", key.name},
                                 {"createdAt", iso_z(call.world.started_at)},
                                 {"updatedAt", iso_z(call.world.started_at)},
                                 {"permissions", key.permissions}});
  refuse(400, "API Key not found");
}

}  // namespace

void add_server_routes(Router& router) {
  const Version scoped{1, 137, 0};
  router.add({"GET", "/server/ping", Access::open, "", ping});
  router.add({"GET", "/server/version", Access::open, "", version});
  router.add({"GET", "/server/features", Access::open, "", features});
  router.add({"GET", "/server/config", Access::open, "", config});
  router.add({"GET", "/server/media-types", Access::open, "", media_types});
  router.add({"GET", "/server/about", Access::key, "server.about", about, {1, 0, 0}, scoped});
  router.add({"GET", "/server/storage", Access::key, "server.storage", storage, {1, 0, 0}, scoped});
  router.add({"GET", "/server/statistics", Access::admin, "server.statistics", statistics, {1, 0, 0}, scoped});
  router.add({"GET", "/users/me", Access::key, "user.read", me, {1, 0, 0}, scoped});
  router.add({"GET", "/admin/users", Access::admin, "adminUser.read", users, {1, 0, 0}, scoped});
  Route mine{"GET", "/api-keys/me", Access::key, "", my_key, {1, 139, 0}};
  mine.any_key = true;
  router.add(mine);
  router.add({"GET", "/api-keys/:id", Access::key, "apiKey.read", some_key});
}

}  // namespace emulator::immich
