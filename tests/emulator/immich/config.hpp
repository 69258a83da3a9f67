#pragma once
// What a practice Immich is started with, and the faults that can be switched on while it runs.

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace emulator::immich {

/// A released server version; decides shapes, permissions and defaults (docs/protocol/immich.md §20).
struct Version {
  int major = 2;
  int minor = 7;
  int patch = 5;
  auto operator<=>(const Version&) const = default;
  [[nodiscard]] bool at_least(int wanted_major, int wanted_minor = 0) const {
    return *this >= Version{wanted_major, wanted_minor, 0};
  }
  [[nodiscard]] std::string text() const;
};

/// "2.7.5", "v3.1.0" or "3.1"; nothing where it is no version.
std::optional<Version> parse_version(std::string_view text);

struct User {
  std::string id;  // version 4 UUID
  std::string email;
  std::string name;
  bool is_admin = false;
};

struct ApiKey {
  std::string secret;
  std::string owner;  // user id
  std::vector<std::string> permissions{"all"};
  std::string id;  // version 4 UUID; made from the seed where empty
  std::string name = "practice";
};

/// How jobs advance without an explicit tick().
struct AutoTick {
  bool enabled = true;
  int ticks_per_read = 1;      // on each read of the queues
  int ticks_per_second = 200;  // of the service's own clock, applied at the next request; more for a long backlog
};

/// What the container finds where the volume should be (docs/protocol/immich.md §7.7).
enum class Mount { present, missing, empty };

/// Switches of docs/protocol/immich.md §22; all off by default, except that overlapping scans lose files as they do in
/// life.
struct Faults {
  std::optional<std::uint64_t> crawl_throws_after;    // files yielded before the walk ends in an error (§7.2)
  std::uint64_t lose_import_chunks = 0;               // the next so many chunks are lost to the unique key (§7.3)
  std::uint64_t import_chunk_size = 0;                // 0: what the version uses
  bool overlap_loses_chunk = true;                    // a scan asked for while one runs loses every chunk of both
  bool dead_worker = false;                           // no job of any queue advances
  std::set<std::string> dead_queues;                  // or only of these
  std::set<std::string> paused_queues;                // paused from now on; PUT /jobs resumes them
  std::map<std::string, std::uint64_t> foreign_load;  // queue -> waiting jobs of other people
  bool foreign_load_drains = false;                   // one a tick
  bool maintenance_mode = false;
  bool bulk_check_uploads_only = false;  // as a later version might: external files are not known to it (§9.2)
  bool non_atomic_snapshot = false;      // GET /jobs and /queues count queue by queue while work moves on (§8.4)
  Mount mount = Mount::present;
  bool trash_disabled = false;
};

struct ImmichConfig {
  Version version;
  std::vector<User> users;   // empty: one admin
  std::vector<ApiKey> keys;  // empty: "practice-key" of the first user with "all"
  std::filesystem::path photos_dir;
  std::filesystem::path media_dir;  // Immich's own folder, where uploads go
  std::string container_prefix = "/external/icloud";
  bool read_only = true;  // the volume as Immich mounts it: sidecars cannot be written (§11.3)
  bool removal = false;   // answers calls that remove something, instead of counting them as forbidden
  std::uint64_t seed = 1;
  AutoTick auto_tick;
  Faults faults;
};

/// Throws std::invalid_argument, naming the member, where the JSON does not fit.
ImmichConfig config_from_json(const nlohmann::json& json);
/// Changes only the members given. Same errors.
void merge_faults(Faults& faults, const nlohmann::json& json);

}  // namespace emulator::immich
