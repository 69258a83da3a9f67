// The search by properties (docs/protocol/immich.md §9.3).

#include <algorithm>
#include <tuple>

#include "emulator/immich/codec.hpp"
#include "emulator/immich/patterns.hpp"
#include "emulator/immich/render.hpp"
#include "emulator/immich/routes.hpp"

namespace emulator::immich {
namespace {

/// Inclusive bounds of one time.
struct Span {
  std::optional<std::int64_t> after, before;
  [[nodiscard]] bool given() const { return after || before; }
  [[nodiscard]] bool holds(std::int64_t at) const { return (!after || at >= *after) && (!before || at <= *before); }
};

/// A text that must be equal; a null asks for the missing.
struct Exactly {
  bool asked = false;
  std::optional<std::string> value;
  [[nodiscard]] bool holds(const std::optional<std::string>& actual) const { return !asked || actual == value; }
};

struct Filter {
  std::optional<std::string> id, library_id, type, path, file_name, description, device_id, device_asset_id;
  std::optional<std::string> checksum;  // raw bytes
  std::optional<Visibility> visibility;
  std::optional<bool> favorite, offline, motion, encoded, not_in_album, stacked;
  std::vector<std::string> albums, tags, people;
  Span taken, created, updated, trashed;
  Exactly city, state, country, make, model, lens_model;
  bool rating_asked = false;
  std::optional<std::int64_t> rating;
  bool with_deleted = false, with_exif = false, with_people = false;
};

Exactly exactly(Fields& fields, const std::string& name) {
  return {fields.has(name) || fields.is_null(name), fields.text(name)};
}

Filter read_filter(Fields& fields, const Version& version) {
  Filter f;
  f.id = fields.uuid("id");
  f.library_id = fields.uuid("libraryId");
  f.type = fields.choice("type", {"IMAGE", "VIDEO", "AUDIO", "OTHER"});
  f.path = fields.non_empty_text("originalPath");
  f.file_name = fields.non_empty_text("originalFileName");
  f.description = fields.non_empty_text("description");
  if (const auto text = fields.non_empty_text("checksum")) f.checksum = decode_checksum(*text).value_or(std::string{});
  if (!version.at_least(3)) {
    f.device_id = fields.non_empty_text("deviceId");
    f.device_asset_id = fields.non_empty_text("deviceAssetId");
  }
  if (const auto name = fields.choice("visibility", {"archive", "timeline", "hidden", "locked"}))
    f.visibility = parse_visibility(*name);
  f.favorite = fields.boolean("isFavorite");
  f.offline = fields.boolean("isOffline");
  f.motion = fields.boolean("isMotion");
  f.encoded = fields.boolean("isEncoded");
  f.not_in_album = fields.boolean("isNotInAlbum");
  f.stacked = fields.boolean("withStacked");
  f.albums = fields.uuids("albumIds").value_or(std::vector<std::string>{});
  f.tags = fields.uuids("tagIds").value_or(std::vector<std::string>{});
  f.people = fields.uuids("personIds").value_or(std::vector<std::string>{});
  const auto span = [&](const std::string& name) {
    return Span{fields.date_time(name + "After"), fields.date_time(name + "Before")};
  };
  f.taken = span("taken");
  f.created = span("created");
  f.updated = span("updated");
  f.trashed = span("trashed");
  f.city = exactly(fields, "city");
  f.state = exactly(fields, "state");
  f.country = exactly(fields, "country");
  f.make = exactly(fields, "make");
  f.model = exactly(fields, "model");
  f.lens_model = exactly(fields, "lensModel");
  f.rating_asked = fields.has("rating") || fields.is_null("rating");
  f.rating = fields.integer("rating", -1, 5);
  f.with_deleted = fields.boolean("withDeleted").value_or(false) || f.offline.value_or(false) || f.trashed.given();
  f.with_exif = fields.boolean("withExif").value_or(false);
  f.with_people = fields.boolean("withPeople").value_or(false);
  return f;
}

bool wants_exif_row(const Filter& f) {
  return f.with_exif || f.description || f.city.asked || f.state.asked || f.country.asked || f.make.asked ||
         f.model.asked || f.lens_model.asked || f.rating_asked;
}

bool shown_by_default(const Asset& asset, const Version& version) {
  return version.at_least(3) ? asset.visibility != Visibility::locked : asset.visibility == Visibility::timeline;
}

bool exif_matches(const Asset& asset, const Filter& f) {
  if (!wants_exif_row(f)) return true;
  if (!asset.exif) return false;  // the join drops what was never extracted
  const Exif& exif = *asset.exif;
  if (f.description && !contains_folded(*f.description, exif.description)) return false;
  if (f.rating_asked && exif.rating != f.rating) return false;
  // No place names are made up here, so only a null finds something.
  if (!f.city.holds(std::nullopt) || !f.state.holds(std::nullopt) || !f.country.holds(std::nullopt)) return false;
  return f.make.holds(exif.make) && f.model.holds(exif.model) && f.lens_model.holds(exif.lens_model);
}

bool groups_match(const World& world, const Asset& asset, const Filter& f) {
  for (const std::string& id : f.albums) {
    const auto album =
        std::find_if(world.albums.begin(), world.albums.end(), [&](const Album& a) { return a.id == id; });
    if (album == world.albums.end() || !album->assets.contains(asset.id)) return false;
  }
  for (const std::string& id : f.tags)
    if (!asset.tags.contains(id)) return false;
  if (!f.people.empty()) return false;
  if (f.not_in_album.value_or(false))
    for (const Album& album : world.albums)
      if (album.assets.contains(asset.id)) return false;
  return true;
}

bool matches(const World& world, const Asset& asset, const Filter& f, const User& user) {
  const Version& version = world.version();
  // From 3.0 a search by album is not restricted to own assets.
  if (asset.owner_id != user.id && !(version.at_least(3) && !f.albums.empty())) return false;
  if (f.visibility ? asset.visibility != *f.visibility : !shown_by_default(asset, version)) return false;
  if (asset.deleted_at && !f.with_deleted) return false;
  if (f.id && asset.id != *f.id) return false;
  if (f.library_id && asset.library_id != *f.library_id) return false;
  if (f.type && *f.type != (asset.is_video ? "VIDEO" : "IMAGE")) return false;
  if (f.path && !contains_folded(*f.path, asset.path)) return false;
  if (f.file_name && !contains_folded(*f.file_name, asset.file_name)) return false;
  if (f.checksum && asset.checksum != *f.checksum) return false;
  if (f.device_id && *f.device_id != asset.device_id) return false;
  if (f.device_asset_id && *f.device_asset_id != asset.device_asset_id) return false;
  if (f.favorite && asset.is_favorite != *f.favorite) return false;
  if (f.offline && asset.is_offline != *f.offline) return false;
  if (f.motion && asset.live_video_id.empty() == *f.motion) return false;
  if (f.encoded.value_or(false)) return false;
  if (f.stacked && !*f.stacked && !asset.stack_id.empty()) return false;
  if (!f.taken.holds(asset.file_created_at) || !f.created.holds(asset.created_at) || !f.updated.holds(asset.updated_at))
    return false;
  if (f.trashed.given() && (!asset.deleted_at || !f.trashed.holds(*asset.deleted_at))) return false;
  return exif_matches(asset, f) && groups_match(world, asset, f);
}

void check_access(Call& call, const Filter& f) {
  if (f.visibility == Visibility::locked) refuse(401, "Elevated permission is required");
  for (const std::string& id : f.albums) {
    const Album* const album = call.world.album(id);
    if (!call.version().at_least(3)) continue;
    const bool mine =
        album != nullptr && (album->owner_id == call.user->id ||
                             std::any_of(album->shared_with.begin(), album->shared_with.end(),
                                         [&](const auto& member) { return member.first == call.user->id; }));
    if (!mine) refuse_access("album.read");
  }
}

std::vector<const Asset*> found(Call& call, const Filter& filter) {
  std::vector<const Asset*> assets;
  for (const auto& [id, asset] : call.world.assets)
    if (matches(call.world, asset, filter, *call.user)) assets.push_back(&asset);
  return assets;
}

void sort(World& world, std::vector<const Asset*>& assets, bool ascending) {
  const bool stable = world.version().at_least(3, 1);
  // Up to 3.0 the database may give equal times in any order, and in another one for the next page.
  if (!stable) std::shuffle(assets.begin(), assets.end(), world.random);
  std::stable_sort(assets.begin(), assets.end(), [&](const Asset* a, const Asset* b) {
    if (!ascending) std::swap(a, b);
    if (!stable) return a->file_created_at < b->file_created_at;
    return std::tie(a->file_created_at, a->id) < std::tie(b->file_created_at, b->id);
  });
}

Response metadata(Call& call) {
  Fields fields = call.fields();
  const Filter filter = read_filter(fields, call.version());
  const auto size = static_cast<std::size_t>(fields.integer("size", 1, 1000).value_or(250));
  const auto page = static_cast<std::size_t>(fields.integer("page", 1, 1'000'000'000).value_or(1));
  const auto order = fields.choice("order", {"asc", "desc"});
  fields.done();
  check_access(call, filter);
  auto assets = found(call, filter);
  sort(call.world, assets, order == "asc");
  Json items = Json::array();
  const std::size_t from = std::min(assets.size(), (page - 1) * size);
  const std::size_t to = std::min(assets.size(), from + size);
  for (std::size_t i = from; i < to; ++i) {
    Json item = render_asset(call.world, *assets[i]);
    if (filter.with_exif) item["exifInfo"] = render_exif(*assets[i]);
    if (filter.with_people) item["people"] = Json::array();
    items.push_back(std::move(item));
  }
  const Json next = to < assets.size() ? Json(std::to_string(page + 1)) : Json();
  const Json none{{"total", 0}, {"count", 0}, {"items", Json::array()}, {"facets", Json::array()}};
  return json_response(200, {{"albums", none},
                             {"assets",
                              {{"total", items.size()},
                               {"count", items.size()},
                               {"items", items},
                               {"facets", Json::array()},
                               {"nextPage", next}}}});
}

Response statistics(Call& call) {
  Fields fields = call.fields();
  Filter filter = read_filter(fields, call.version());
  fields.done();
  check_access(call, filter);
  filter.with_exif = false;
  return json_response(200, {{"total", found(call, filter).size()}});
}

}  // namespace

void add_search_routes(Router& router) {
  const Version scoped{1, 137, 0};
  Route search{"POST", "/search/metadata", Access::key, "asset.read", metadata, {1, 0, 0}, scoped};
  search.reads = true;
  router.add(search);
  Route count{"POST", "/search/statistics", Access::key, "asset.statistics", statistics, {1, 135, 0}, scoped};
  count.reads = true;
  router.add(count);
}

}  // namespace emulator::immich
