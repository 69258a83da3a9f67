// Uploading one file (docs/protocol/immich.md §18, immich-observed.md §7).

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "emulator/immich/codec.hpp"
#include "emulator/immich/media_types.hpp"
#include "emulator/immich/mount.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

const FormPart* find_part(const Call& call, const std::string& name) {
  const auto& form = call.request.form;
  const auto found = std::find_if(form.begin(), form.end(), [&](const FormPart& part) { return part.name == name; });
  return found == form.end() ? nullptr : &*found;
}

/// The text parts as a body of fields. Numbers and JSON come as text in a form; the server reads them as what they
/// must be.
Json form_fields(const Call& call) {
  Json fields = Json::object();
  for (const FormPart& part : call.request.form) {
    if (part.name == "assetData" || part.name == "sidecarData") continue;
    const std::string& text = part.content;
    if (text == "true" || text == "false") {
      fields[part.name] = text == "true";
    } else if (part.name == "metadata" || (part.name == "duration" && call.version().at_least(3))) {
      const Json read = Json::parse(text, nullptr, false);
      fields[part.name] = read.is_discarded() ? Json(text) : read;
    } else {
      fields[part.name] = text;
    }
  }
  return fields;
}

struct Upload {
  std::int64_t created_at = 0, modified_at = 0, duration_ms = 0;
  std::string file_name, device_id, device_asset_id;
  bool favorite = false;
  Visibility visibility = Visibility::timeline;
  std::optional<std::string> live_video_id;
  Json metadata = Json::array();
};

/// "0:00:12.34500" of 2.x; nothing where it is none.
std::int64_t duration_of(const std::string& text) {
  int hours = 0, minutes = 0;
  double seconds = 0;
  if (std::sscanf(text.c_str(), "%d:%d:%lf", &hours, &minutes, &seconds) != 3) return 0;
  return (hours * 60LL + minutes) * 60'000 + static_cast<std::int64_t>(seconds * 1000);
}

Upload read_upload(const Call& call, const FormPart& file) {
  const Version& version = call.version();
  const Json body = form_fields(call);
  Fields fields(body, version);
  Upload upload;
  upload.created_at = fields.date_time("fileCreatedAt", Need::required).value_or(0);
  upload.modified_at = fields.date_time("fileModifiedAt", Need::required).value_or(0);
  if (!version.at_least(3)) {
    upload.device_asset_id = fields.text("deviceAssetId", Need::required).value_or("");
    upload.device_id = fields.text("deviceId", Need::required).value_or("");
    upload.duration_ms = duration_of(fields.text("duration").value_or(""));
  } else {
    upload.duration_ms = fields.integer("duration", 0, 9'007'199'254'740'991).value_or(0);
  }
  const auto name = fields.text("filename");
  upload.file_name = name && !name->empty() ? *name : file.file_name;
  upload.favorite = fields.boolean("isFavorite").value_or(false);
  if (const auto visibility = fields.choice("visibility", {"archive", "timeline", "hidden", "locked"}))
    upload.visibility = parse_visibility(*visibility).value_or(Visibility::timeline);
  upload.live_video_id = fields.uuid("livePhotoVideoId");
  if (const Json* const items = fields.raw("metadata"); items != nullptr && version.at_least(1, 144)) {
    const auto good = [](const Json& item) {
      return item.is_object() && item.contains("key") && item["key"].is_string() && item.contains("value") &&
             item["value"].is_object();
    };
    if (!items->is_array() || !std::all_of(items->begin(), items->end(), good)) {
      fields.violate("metadata", "metadata must be an array", "invalid_type", "Invalid input: expected array");
    } else {
      upload.metadata = *items;
    }
  }
  fields.done();
  return upload;
}

/// The user's own upload of that content; external assets are never looked at.
const Asset* duplicate_of(const Call& call, const std::string& checksum) {
  const auto [from, to] = call.world.by_checksum.equal_range(checksum);
  for (auto it = from; it != to; ++it) {
    const Asset& asset = call.world.assets.at(it->second);
    if (asset.owner_id == call.user->id && asset.library_id.empty()) return &asset;
  }
  return nullptr;
}

Response answer(int status, const std::string& id, const char* what) {
  return json_response(status, {{"id", id}, {"status", what}});
}

void store(const Call& call, const std::string& container_path, const std::string& bytes) {
  const auto file = MountView(call.world.config).real_path(container_path);
  if (!file) throw std::runtime_error("the practice Immich has no media folder");
  std::filesystem::create_directories(file->parent_path());
  std::ofstream out(*file, std::ios::binary | std::ios::trunc);
  if (!(out << bytes).flush()) throw std::runtime_error("cannot write " + file->string());
}

void set_mtime(const Call& call, const std::string& container_path, std::int64_t ms) {
  const auto file = MountView(call.world.config).real_path(container_path);
  const timespec at{ms / 1000, ms % 1000 * 1'000'000};
  const timespec times[2] = {at, at};
  if (file) ::utimensat(AT_FDCWD, file->c_str(), times, 0);
}

Asset* live_video(const Call& call, const Upload& upload) {
  if (!upload.live_video_id) return nullptr;
  Asset* const video = call.world.asset(*upload.live_video_id);
  if (video == nullptr) refuse(400, "Live photo video not found");
  if (!video->is_video) refuse(400, "Live photo video must be a video");
  if (video->owner_id != call.user->id) refuse(400, "Live photo video does not belong to the user");
  return video;
}

Response upload(Call& call) {
  if (const auto told = call.request.headers.get("x-immich-checksum")) {
    const Asset* const known = duplicate_of(call, decode_checksum(*told).value_or(std::string{}));
    if (known != nullptr) return answer(200, known->id, "duplicate");
  }
  const FormPart* const file = find_part(call, "assetData");
  if (file == nullptr) refuse(400, "Field(s) assetData should not be empty");
  const MediaKind kind = media_kind(file->file_name, call.version());
  if (kind == MediaKind::none)
    refuse(400, "Unsupported file type " + std::filesystem::path(file->file_name).extension().string());
  if (file->content.empty() && call.version().at_least(3)) refuse(400, "File is empty");
  const Upload wanted = read_upload(call, *file);
  World& world = call.world;
  const std::string checksum = sha1(file->content);
  if (const Asset* const known = duplicate_of(call, checksum)) return answer(200, known->id, "duplicate");
  Asset* const video = live_video(call, wanted);

  Asset asset;
  asset.id = world.new_id();
  asset.owner_id = call.user->id;
  asset.path =
      fmt::format("{}/{}/{}/{}/{}{}", kUploadFolder, call.user->id, asset.id.substr(0, 2), asset.id.substr(2, 2),
                  asset.id, std::filesystem::path(file->file_name).extension().string());
  asset.file_name = wanted.file_name;
  asset.checksum = checksum;
  asset.is_video = kind == MediaKind::video;
  asset.file_created_at = asset.local_date_time = wanted.created_at;
  asset.file_modified_at = wanted.modified_at;
  asset.created_at = asset.updated_at = world.now();
  asset.duration_ms = wanted.duration_ms;
  asset.is_favorite = wanted.favorite;
  asset.visibility = wanted.visibility;
  asset.device_id = wanted.device_id;
  asset.device_asset_id = wanted.device_asset_id;
  for (const Json& item : wanted.metadata)
    asset.metadata[item["key"].get<std::string>()] = {item["value"], world.now()};
  store(call, asset.path, file->content);
  set_mtime(call, asset.path, wanted.modified_at);
  if (const FormPart* const sidecar = find_part(call, "sidecarData")) {
    asset.sidecar_path = asset.path + ".xmp";
    store(call, asset.sidecar_path, sidecar->content);
  }
  Asset& kept = world.insert(std::move(asset));
  if (video != nullptr) world.link_live(kept, *video);
  world.queues.add(world, {JobKind::extract, kept.id, {}});
  return answer(201, kept.id, "created");
}

}  // namespace

void add_upload_routes(Router& router) {
  router.add({"POST", "/assets", Access::key, "asset.upload", upload, {1, 0, 0}, {1, 137, 0}});
}

}  // namespace emulator::immich
