#include "emulator/immich/render.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/immich/codec.hpp"
#include "emulator/immich/media_types.hpp"

namespace emulator::immich {
namespace {

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

template <typename T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json time_or_null(const std::optional<std::int64_t>& ms) { return ms ? Json(iso_offset(*ms)) : Json(); }

std::string clock_text(std::int64_t ms) {
  return fmt::format("{}:{:02}:{:02}.{:03}00", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

bool turned(const Exif& exif) {
  return exif.orientation && exif.orientation->size() == 1 && exif.orientation->front() >= '5' &&
         exif.orientation->front() <= '8';
}

}  // namespace

bool commonly_visible(const Asset& asset) {
  return !asset.deleted_at && (asset.visibility == Visibility::timeline || asset.visibility == Visibility::archive);
}

Json render_user(const User& user) {
  return {{"id", user.id},
          {"name", user.name},
          {"email", user.email},
          {"profileImagePath", ""},
          {"avatarColor", user.is_admin ? "orange" : "blue"},
          {"profileChangedAt", "2025-01-01T00:00:00.000Z"}};
}

Json render_admin_user(const World& world, const User& user) {
  Json json = render_user(user);
  json.update({{"storageLabel", user.is_admin ? Json("admin") : Json()},
               {"shouldChangePassword", false},
               {"isAdmin", user.is_admin},
               {"createdAt", iso_z(world.started_at)},
               {"deletedAt", nullptr},
               {"updatedAt", iso_z(world.started_at)},
               {"oauthId", ""},
               {"quotaSizeInBytes", nullptr},
               {"quotaUsageInBytes", 0},
               {"status", "active"},
               {"license", nullptr}});
  return json;
}

Json render_library(const Library& library) {
  return {{"id", library.id},
          {"ownerId", library.owner_id},
          {"name", library.name},
          {"createdAt", iso_z(library.created_at)},
          {"updatedAt", iso_z(library.updated_at)},
          {"refreshedAt", library.refreshed_at ? Json(iso_z(*library.refreshed_at)) : Json()},
          {"assetCount", 0},  // always (§6)
          {"importPaths", library.import_paths},
          {"exclusionPatterns", library.exclusion_patterns}};
}

Json render_exif(const Asset& asset) {
  const Exif& exif = *asset.exif;
  return {{"make", value_or_null(exif.make)},
          {"model", value_or_null(exif.model)},
          {"exifImageWidth", value_or_null(exif.width)},
          {"exifImageHeight", value_or_null(exif.height)},
          {"fileSizeInByte", value_or_null(exif.file_size)},
          {"orientation", value_or_null(exif.orientation)},
          {"dateTimeOriginal", time_or_null(exif.date_time_original)},
          {"modifyDate", time_or_null(exif.modify_date ? exif.modify_date : asset.file_modified_at)},
          {"timeZone", value_or_null(exif.time_zone)},
          {"lensModel", value_or_null(exif.lens_model)},
          {"fNumber", value_or_null(exif.f_number)},
          {"focalLength", value_or_null(exif.focal_length)},
          {"iso", value_or_null(exif.iso)},
          {"exposureTime", value_or_null(exif.exposure_time)},
          {"latitude", value_or_null(exif.latitude)},
          {"longitude", value_or_null(exif.longitude)},
          {"city", nullptr},
          {"state", nullptr},
          {"country", nullptr},
          {"description", exif.description},
          {"projectionType", nullptr},
          {"rating", value_or_null(exif.rating)}};
}

Json render_tag(const Tag& tag) {
  Json json{{"id", tag.id},
            {"name", tag.value.substr(tag.value.rfind('/') + 1)},
            {"value", tag.value},
            {"createdAt", iso_z(tag.created_at)},
            {"updatedAt", iso_z(tag.updated_at)}};
  if (!tag.parent_id.empty()) json["parentId"] = tag.parent_id;
  return json;
}

Json render_asset(const World& world, const Asset& asset) {
  const Version& version = world.version();
  Json json{{"id", asset.id},
            {"ownerId", asset.owner_id},
            {"libraryId", text_or_null(asset.library_id)},
            {"type", asset.is_video ? "VIDEO" : "IMAGE"},
            {"originalPath", asset.path},
            {"originalFileName", asset.file_name},
            {"originalMimeType", mime_type(asset.file_name)},
            {"thumbhash", text_or_null(asset.thumbhash)},
            {"checksum", base64(asset.checksum)},
            {"fileCreatedAt", iso_z(asset.file_created_at)},
            {"fileModifiedAt", iso_z(asset.file_modified_at)},
            {"localDateTime", iso_z(asset.local_date_time)},
            {"updatedAt", iso_z(asset.updated_at)},
            {"isFavorite", asset.is_favorite},
            {"isArchived", asset.visibility == Visibility::archive},
            {"isTrashed", asset.deleted_at.has_value()},
            {"isOffline", asset.is_offline},
            {"visibility", name_of(asset.visibility)},
            {"livePhotoVideoId", text_or_null(asset.live_video_id)},
            {"hasMetadata", true},
            {"duplicateId", text_or_null(asset.duplicate_id)},
            {"resized", true}};
  if (version.at_least(2, 2)) json["createdAt"] = iso_z(asset.created_at);
  if (version.at_least(3)) {
    json["duration"] = asset.is_video && asset.exif ? Json(asset.duration_ms) : Json();
  } else {
    json["duration"] = clock_text(asset.duration_ms);
    json["deviceAssetId"] = asset.device_asset_id;
    json["deviceId"] = asset.device_id;
  }
  if (version.at_least(2, 5)) {
    const Exif exif = asset.exif.value_or(Exif{});
    json["width"] = value_or_null(turned(exif) ? exif.height : exif.width);
    json["height"] = value_or_null(turned(exif) ? exif.width : exif.height);
    json["isEdited"] = asset.is_edited;
  }
  return json;
}

Json render_full_asset(World& world, const Asset& asset) {
  Json json = render_asset(world, asset);
  if (asset.exif) json["exifInfo"] = render_exif(asset);
  if (const User* const owner = world.user(asset.owner_id)) json["owner"] = render_user(*owner);
  json["people"] = Json::array();
  if (!world.version().at_least(3)) json["unassignedFaces"] = Json::array();
  json["tags"] = Json::array();
  for (const Tag& tag : world.tags)
    if (asset.tags.contains(tag.id)) json["tags"].push_back(render_tag(tag));
  json["stack"] = nullptr;
  if (const auto it = world.stacks.find(asset.stack_id); it != world.stacks.end()) {
    const auto shown = std::count_if(it->second.assets.begin(), it->second.assets.end(),
                                     [&](const std::string& id) { return commonly_visible(world.assets.at(id)); });
    json["stack"] = {{"id", it->first}, {"primaryAssetId", it->second.primary_id}, {"assetCount", shown}};
  }
  return json;
}

Json render_stack(World& world, const Stack& stack) {
  Json json{{"id", stack.id}, {"primaryAssetId", stack.primary_id}, {"assets", Json::array()}};
  for (const std::string& id : stack.assets) {
    const Asset& asset = world.assets.at(id);
    if (!commonly_visible(asset)) continue;
    Json entry = render_asset(world, asset);
    if (asset.exif) entry["exifInfo"] = render_exif(asset);
    json["assets"].push_back(std::move(entry));
  }
  return json;
}

Json render_album(World& world, const Album& album, WithAssets with_assets) {
  const bool old_shape = !world.version().at_least(3);
  std::vector<const Asset*> shown;
  for (const std::string& id : album.assets)
    if (const Asset& asset = world.assets.at(id); commonly_visible(asset)) shown.push_back(&asset);
  std::sort(shown.begin(), shown.end(), [&](const Asset* a, const Asset* b) {
    return album.order == "asc" ? a->file_created_at < b->file_created_at : a->file_created_at > b->file_created_at;
  });
  const User* const owner = world.user(album.owner_id);
  Json json{{"id", album.id},
            {"albumName", album.name},
            {"description", album.description},
            {"albumThumbnailAssetId", text_or_null(album.thumbnail_id)},
            {"albumUsers", Json::array()},
            {"shared", !album.shared_with.empty()},
            {"hasSharedLink", false},
            {"isActivityEnabled", album.is_activity_enabled},
            {"order", album.order},
            {"assetCount", shown.size()},
            {"createdAt", iso_z(album.created_at)},
            {"updatedAt", iso_z(album.updated_at)}};
  if (old_shape) {
    json["ownerId"] = album.owner_id;
    if (owner != nullptr) json["owner"] = render_user(*owner);
    json["assets"] = Json::array();
    if (with_assets == WithAssets::yes)
      for (const Asset* const asset : shown) json["assets"].push_back(render_asset(world, *asset));
  } else if (owner != nullptr) {
    json["albumUsers"].push_back({{"user", render_user(*owner)}, {"role", "owner"}});
  }
  for (const auto& [user_id, role] : album.shared_with)
    if (const User* const user = world.user(user_id))
      json["albumUsers"].push_back({{"user", render_user(*user)}, {"role", role}});
  if (!shown.empty()) {
    const auto [first, last] = std::minmax_element(shown.begin(), shown.end(), [](const Asset* a, const Asset* b) {
      return a->local_date_time < b->local_date_time;
    });
    const auto changed = std::max_element(shown.begin(), shown.end(),
                                          [](const Asset* a, const Asset* b) { return a->updated_at < b->updated_at; });
    json["startDate"] = iso_offset((*first)->local_date_time);
    json["endDate"] = iso_offset((*last)->local_date_time);
    json["lastModifiedAssetTimestamp"] = iso_offset((*changed)->updated_at);
  }
  return json;
}

}  // namespace emulator::immich
