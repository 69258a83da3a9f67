#include "emulator/immich/config.hpp"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace emulator::immich {
namespace {

using Json = nlohmann::json;

template <typename T>
void take(const Json& json, const char* name, T& value) {
  const auto it = json.find(name);
  if (it == json.end()) return;
  try {
    value = it->get<T>();
  } catch (const Json::exception& e) {
    throw std::invalid_argument(fmt::format("immich: bad value of {}: {}", name, e.what()));
  }
}

Mount parse_mount(const std::string& text) {
  if (text == "present") return Mount::present;
  if (text == "missing") return Mount::missing;
  if (text == "empty") return Mount::empty;
  throw std::invalid_argument("immich: mount is present, missing or empty, not " + text);
}

void require_object(const Json& json, const char* what) {
  if (!json.is_object()) throw std::invalid_argument(fmt::format("immich: {} must be an object", what));
}

}  // namespace

std::string Version::text() const { return fmt::format("{}.{}.{}", major, minor, patch); }

std::optional<Version> parse_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  Version version{0, 0, 0};
  int* const parts[] = {&version.major, &version.minor, &version.patch};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t i = 0; i < 3 && at != end; ++i) {
    const auto [next, error] = std::from_chars(at, end, *parts[i]);
    if (error != std::errc{}) return std::nullopt;
    at = next;
    if (at != end && *at++ != '.') return std::nullopt;
  }
  if (at != end || version.major == 0) return std::nullopt;
  return version;
}

void merge_faults(Faults& faults, const Json& json) {
  require_object(json, "faults");
  if (const auto it = json.find("crawl_throws_after"); it != json.end()) {
    if (it->is_null()) {
      faults.crawl_throws_after.reset();
    } else {
      std::uint64_t files = 0;
      take(json, "crawl_throws_after", files);
      faults.crawl_throws_after = files;
    }
  }
  take(json, "lose_import_chunks", faults.lose_import_chunks);
  take(json, "import_chunk_size", faults.import_chunk_size);
  take(json, "overlap_loses_chunk", faults.overlap_loses_chunk);
  take(json, "dead_worker", faults.dead_worker);
  take(json, "dead_queues", faults.dead_queues);
  take(json, "paused_queues", faults.paused_queues);
  take(json, "foreign_load", faults.foreign_load);
  take(json, "foreign_load_drains", faults.foreign_load_drains);
  take(json, "bulk_check_uploads_only", faults.bulk_check_uploads_only);
  take(json, "maintenance_mode", faults.maintenance_mode);
  take(json, "non_atomic_snapshot", faults.non_atomic_snapshot);
  take(json, "trash_disabled", faults.trash_disabled);
  std::string mount;
  take(json, "mount", mount);
  if (!mount.empty()) faults.mount = parse_mount(mount);
}

ImmichConfig config_from_json(const Json& json) {
  require_object(json, "configuration");
  ImmichConfig config;
  std::string text;
  take(json, "version", text);
  if (!text.empty()) {
    const auto version = parse_version(text);
    if (!version) throw std::invalid_argument("immich: not a version: " + text);
    config.version = *version;
  }
  for (const Json& entry : json.value("users", Json::array())) {
    require_object(entry, "user");
    User user;
    take(entry, "id", user.id);
    take(entry, "email", user.email);
    take(entry, "name", user.name);
    take(entry, "is_admin", user.is_admin);
    config.users.push_back(std::move(user));
  }
  for (const Json& entry : json.value("keys", Json::array())) {
    require_object(entry, "key");
    ApiKey key;
    take(entry, "secret", key.secret);
    take(entry, "owner", key.owner);
    take(entry, "permissions", key.permissions);
    take(entry, "id", key.id);
    take(entry, "name", key.name);
    config.keys.push_back(std::move(key));
  }
  text.clear();
  take(json, "photos_dir", text);
  config.photos_dir = text;
  text.clear();
  take(json, "media_dir", text);
  config.media_dir = text;
  take(json, "container_prefix", config.container_prefix);
  take(json, "read_only", config.read_only);
  take(json, "removal", config.removal);
  take(json, "seed", config.seed);
  if (const auto it = json.find("auto_tick"); it != json.end()) {
    if (it->is_boolean()) {
      config.auto_tick.enabled = it->get<bool>();
    } else {
      require_object(*it, "auto_tick");
      take(*it, "enabled", config.auto_tick.enabled);
      take(*it, "ticks_per_read", config.auto_tick.ticks_per_read);
      take(*it, "ticks_per_second", config.auto_tick.ticks_per_second);
    }
  }
  if (const auto it = json.find("faults"); it != json.end()) merge_faults(config.faults, *it);
  return config;
}

}  // namespace emulator::immich
