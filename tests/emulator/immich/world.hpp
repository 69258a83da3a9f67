#pragma once
// Everything one practice Immich knows (docs/protocol/immich.md §22, "State model per asset").

#include <cstdint>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "emulator/common/http.hpp"
#include "emulator/immich/config.hpp"
#include "emulator/immich/queues.hpp"

namespace emulator::immich {

using Json = nlohmann::json;

enum class Visibility { timeline, archive, hidden, locked };
const char* name_of(Visibility visibility);
std::optional<Visibility> parse_visibility(std::string_view text);

enum class Status { active, trashed };

/// What extraction found; times in milliseconds since 1970 UTC.
struct Exif {
  std::optional<std::string> make, model, lens_model, orientation, time_zone, exposure_time;
  std::optional<std::int64_t> width, height, file_size, iso, rating, date_time_original, modify_date;
  std::optional<double> f_number, focal_length, latitude, longitude;
  std::string description;
};

/// Values set through the API that wait to be written into a sidecar (§11.3). A JSON null clears.
struct PendingWrite {
  std::optional<std::string> description, date_time_original;
  std::optional<Json> rating;
  std::optional<std::pair<double, double>> position;
  bool tags = false;
  [[nodiscard]] bool any() const { return description || date_time_original || rating || position || tags; }
};

struct Asset {
  std::string id, owner_id, path, file_name;
  std::string library_id;  // empty: uploaded
  std::string checksum;    // 20 raw bytes: of the path, of an upload's content
  bool is_video = false;
  std::int64_t file_created_at = 0, file_modified_at = 0, local_date_time = 0, created_at = 0, updated_at = 0;
  bool is_favorite = false, is_offline = false, is_edited = false;
  Visibility visibility = Visibility::timeline;
  std::optional<std::int64_t> deleted_at;
  Status status = Status::active;
  std::string live_video_id, stack_id, sidecar_path, content_id, duplicate_id, thumbhash;
  std::string device_id, device_asset_id;  // as up to 2.x every asset has them
  std::optional<Exif> exif;
  std::int64_t duration_ms = 0;
  std::set<std::string> tags;
  std::map<std::string, std::pair<Json, std::int64_t>> metadata;  // key -> value, updatedAt
  PendingWrite pending;
};

struct Library {
  std::string id, owner_id, name;
  std::vector<std::string> import_paths, exclusion_patterns;
  std::int64_t created_at = 0, updated_at = 0;
  std::optional<std::int64_t> refreshed_at;
  std::unordered_map<std::string, std::string> by_path;  // originalPath -> asset id
  bool overlapping = false;                              // two scans run into each other
};

struct Album {
  std::string id, owner_id, name, description, thumbnail_id, order = "desc";
  bool is_activity_enabled = true;
  std::vector<std::pair<std::string, std::string>> shared_with;  // user id, role
  std::set<std::string> assets;
  std::int64_t created_at = 0, updated_at = 0;
};

struct Stack {
  std::string id, owner_id, primary_id;
  std::vector<std::string> assets;
};

struct Tag {
  std::string id, owner_id, value, parent_id;
  std::int64_t created_at = 0, updated_at = 0;
};

struct World {
  World(ImmichConfig start, Now clock);

  ImmichConfig config;
  Now now;
  std::mt19937_64 random;
  Queues queues;
  std::vector<Library> libraries;
  std::map<std::string, Asset> assets;
  std::unordered_multimap<std::string, std::string> by_checksum;    // raw checksum -> asset id
  std::unordered_multimap<std::string, std::string> by_content_id;  // live-photo id -> asset id
  std::vector<Album> albums;
  std::map<std::string, Stack> stacks;
  std::vector<Tag> tags;
  std::int64_t started_at = 0;

  [[nodiscard]] const Version& version() const { return config.version; }
  [[nodiscard]] Faults& faults() { return config.faults; }
  std::string new_id();
  [[nodiscard]] std::size_t pick(std::size_t below);

  [[nodiscard]] const User* user(const std::string& id) const;
  [[nodiscard]] Library* library(const std::string& id);
  [[nodiscard]] Asset* asset(const std::string& id);
  /// The asset if it is the user's own and not locked: what a key may see and change (§3.1, §9.4).
  [[nodiscard]] Asset* accessible(const std::string& id, const User& owner);
  [[nodiscard]] Album* album(const std::string& id);
  [[nodiscard]] Tag& upsert_tag(const std::string& owner_id, const std::string& value);
  Asset& insert(Asset asset);
  void set_content_id(Asset& asset, const std::string& content_id);
  void leave_albums(const std::string& asset_id);
  /// Deletes the asset of that path, and all that names it; false where there is none.
  bool forget(const std::string& path);
  /// The video becomes the still's motion part: hidden and out of all albums (§13).
  void link_live(Asset& still, Asset& video);
};

}  // namespace emulator::immich
