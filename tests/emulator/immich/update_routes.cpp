// Changing assets, one or many (docs/protocol/immich.md §11, §13.1).

#include "emulator/immich/codec.hpp"
#include "emulator/immich/render.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

struct Change {
  std::optional<bool> favorite;
  std::optional<Visibility> visibility;
  std::optional<std::string> description, date_text, duplicate_id, live_video_id;
  bool clear_duplicate = false, clear_live = false, clear_rating = false;
  std::optional<std::int64_t> date, rating, relative_minutes;
  std::optional<double> latitude, longitude;
  [[nodiscard]] bool of_files() const {
    return description || date || rating || clear_rating || latitude || relative_minutes;
  }
};

Change read_change(Fields& fields, const Version& version) {
  Change change;
  change.favorite = fields.boolean("isFavorite");
  if (const auto name = fields.choice("visibility", {"archive", "timeline", "hidden", "locked"}))
    change.visibility = parse_visibility(*name);
  change.description = fields.text("description");
  change.date = fields.date_time("dateTimeOriginal");
  if (change.date) change.date_text = fields.text("dateTimeOriginal");
  change.latitude = fields.number("latitude", -90, 90);
  change.longitude = fields.number("longitude", -180, 180);
  if (fields.has("latitude") != fields.has("longitude")) {
    const std::string missing = fields.has("latitude") ? "longitude" : "latitude";
    fields.violate(missing, missing + " should not be empty", "custom",
                   "Latitude and longitude must be provided together");
  }
  change.rating = fields.integer("rating", -1, 5);
  if (change.rating == 0 && version.at_least(3)) {
    fields.violate("rating", "", "custom", "Rating must be -1, 1 to 5, or null");
  } else if (change.rating == 0 || fields.is_null("rating")) {
    change.rating.reset();
    change.clear_rating = true;
  }
  change.duplicate_id = fields.text("duplicateId");
  change.clear_duplicate = fields.is_null("duplicateId");
  if (version.at_least(1, 138)) change.relative_minutes = fields.integer("dateTimeRelative", -10'000'000, 10'000'000);
  return change;
}

void apply(World& world, Asset& asset, const Change& change) {
  if (change.favorite) asset.is_favorite = *change.favorite;
  if (change.visibility) asset.visibility = *change.visibility;
  if (change.duplicate_id) asset.duplicate_id = *change.duplicate_id;
  if (change.clear_duplicate) asset.duplicate_id.clear();
  asset.updated_at = world.now();
  if (!change.of_files()) return;
  if (!asset.exif) asset.exif.emplace();
  Exif& exif = *asset.exif;
  if (change.description) {
    exif.description = *change.description;
    asset.pending.description = *change.description;
  }
  if (change.rating || change.clear_rating) {
    exif.rating = change.rating;
    asset.pending.rating = change.rating ? Json(*change.rating) : Json();
  }
  if (change.latitude && change.longitude) {
    exif.latitude = change.latitude;
    exif.longitude = change.longitude;
    asset.pending.position = {*change.latitude, *change.longitude};
  }
  if (change.date || change.relative_minutes) {
    const std::int64_t base = change.date ? *change.date : exif.date_time_original.value_or(asset.file_created_at);
    exif.date_time_original = base + change.relative_minutes.value_or(0) * 60'000;
    asset.pending.date_time_original =
        change.relative_minutes ? iso_z(*exif.date_time_original) : change.date_text.value_or(iso_z(base));
  }
}

void queue_write(World& world, const std::string& id) { world.queues.add(world, {JobKind::sidecar_write, id, {}}); }

Response update_many(Call& call) {
  Fields fields = call.fields();
  const auto ids = fields.uuids("ids", Need::required);
  const Change change = read_change(fields, call.version());
  fields.done();
  World& world = call.world;
  for (const std::string& id : *ids)
    if (world.accessible(id, *call.user) == nullptr) refuse_access("asset.update");
  // From 1.144 every id gets a job, whatever was changed; before, only changes of file-held values (§11.1).
  const bool always = call.version().at_least(1, 144);
  for (const std::string& id : *ids) {
    apply(world, world.assets.at(id), change);
    if (change.visibility == Visibility::locked) world.leave_albums(id);
    if (always || change.of_files()) queue_write(world, id);
  }
  return no_content();
}

void change_live_link(Call& call, Asset& still, const Change& change) {
  World& world = call.world;
  if (change.live_video_id) {
    Asset* const video = world.asset(*change.live_video_id);
    if (video == nullptr) refuse(400, "Live photo video not found");
    if (!video->is_video) refuse(400, "Live photo video must be a video");
    if (video->owner_id != still.owner_id) refuse(400, "Live photo video does not belong to the user");
    world.link_live(still, *video);
  } else if (change.clear_live && !still.live_video_id.empty()) {
    if (Asset* const video = world.asset(still.live_video_id)) video->visibility = still.visibility;
    still.live_video_id.clear();
  }
}

Response update_one(Call& call) {
  Fields fields = call.fields();
  Change change = read_change(fields, call.version());
  change.live_video_id = fields.uuid("livePhotoVideoId");
  change.clear_live = fields.is_null("livePhotoVideoId");
  fields.done();
  Asset* const asset = call.world.accessible(call.id(), *call.user);
  if (asset == nullptr) refuse_access("asset.update");
  change_live_link(call, *asset, change);
  apply(call.world, *asset, change);
  if (change.of_files()) queue_write(call.world, asset->id);
  return json_response(200, render_full_asset(call.world, *asset));
}

}  // namespace

void add_update_routes(Router& router) {
  const Version scoped{1, 137, 0};
  Route many{"PUT", "/assets", Access::key, "asset.update", update_many, {1, 0, 0}, scoped};
  many.patch_twin = true;
  router.add(many);
  Route one{"PUT", "/assets/:id", Access::key, "asset.update", update_one, {1, 0, 0}, scoped};
  one.patch_twin = true;
  router.add(one);
}

}  // namespace emulator::immich
