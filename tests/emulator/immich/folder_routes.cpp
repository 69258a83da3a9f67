// The folder view (docs/protocol/immich.md §9.5): folders of what the timeline shows, then what lies in one of them.

#include <algorithm>
#include <set>

#include "emulator/immich/patterns.hpp"
#include "emulator/immich/render.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

bool shown(const Call& call, const Asset& asset) {
  return asset.owner_id == call.user->id && asset.visibility == Visibility::timeline && !asset.deleted_at;
}

Response unique_paths(Call& call) {
  std::set<std::string> folders;
  for (const auto& [id, asset] : call.world.assets)
    if (shown(call, asset)) folders.insert(asset.path.substr(0, asset.path.rfind('/')));
  return json_response(200, folders);
}

Response folder(Call& call) {
  Fields fields(call.query, call.version());
  std::string path = fields.text("path", Need::required).value_or("");
  fields.done();
  if (path.ends_with('/')) path.pop_back();
  // The end of a path is enough, and % and _ in it are wildcards: that is how the server asks its database.
  std::vector<const Asset*> found;
  for (const auto& [id, asset] : call.world.assets)
    if (shown(call, asset) && like_matches("%" + path + "/%", asset.path) &&
        !like_matches("%" + path + "/%/%", asset.path))
      found.push_back(&asset);
  const auto name = [](const Asset* asset) { return asset->path.substr(asset->path.rfind('/') + 1); };
  std::stable_sort(found.begin(), found.end(), [&](const Asset* a, const Asset* b) { return name(a) < name(b); });
  Json assets = Json::array();
  for (const Asset* const asset : found) {
    assets.push_back(render_asset(call.world, *asset));
    if (asset->exif) assets.back()["exifInfo"] = render_exif(*asset);
  }
  return json_response(200, assets);
}

}  // namespace

void add_folder_routes(Router& router) {
  const Version scoped{2, 5, 0};
  router.add({"GET", "/view/folder/unique-paths", Access::key, "folder.read", unique_paths, {1, 0, 0}, scoped});
  router.add({"GET", "/view/folder", Access::key, "folder.read", folder, {1, 0, 0}, scoped});
}

}  // namespace emulator::immich
