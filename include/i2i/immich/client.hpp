#pragma once
// Immich's REST interface, as far as this tool needs it (docs/protocol/immich.md §2-15, immich-observed.md). Blocks.
// Errors: unreachable (no connection, 502, 503, 504, maintenance mode), refused (401, 403, version; message names the permission),
// not_found, bad_answer, cancelled.

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "i2i/net/http.hpp"
#include "i2i/net/retry.hpp"
#include "i2i/util/result.hpp"
#include "i2i/util/secret.hpp"
#include "i2i/util/time.hpp"

namespace i2i::immich {

struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  auto operator<=>(const Version&) const = default;
};

struct KeyInfo {
  std::vector<std::string> permissions;
};
struct User {
  std::string id;
  std::string name;
  bool is_admin = false;
};
struct Library {
  std::string id;
  std::string owner_id;
  std::string name;
  std::vector<std::string> import_paths;
  std::string refreshed_at;  // "" = never crawled
};
struct PathCheck {
  bool valid = false;
  std::string message;
};
struct QueueState {
  std::int64_t busy = 0;  // active + waiting + delayed + paused
  bool paused = false;
};
struct Presence {
  std::string asset_id;  // "" = not there
  bool trashed = false;  // by a person, or offline
};
struct AssetInfo {
  std::string id;
  std::string path;
  bool offline = false;
  bool trashed = false;
  bool favorite = false;
  std::string visibility;          // timeline, archive, hidden, locked
  std::string live_video_id;       // ""
  std::optional<std::uint64_t> size;  // at extraction
};
struct Album {
  std::string id;
  std::string name;
  std::int64_t asset_count = 0;
};

class Client {
 public:
  struct Parts {
    net::HttpClient& http;
    util::Clock& clock;
    std::stop_token stop;
    std::string url;  // with or without /api
    util::Secret key;
    net::Backoff backoff;
  };
  explicit Client(Parts parts);

  util::Result<Version> version();
  /// nullopt where this server cannot tell (below 1.139).
  util::Result<std::optional<KeyInfo>> key_info();
  util::Result<User> me();
  /// Lower-case extensions with dot, images and videos together.
  util::Result<std::vector<std::string>> media_extensions();

  util::Result<std::vector<Library>> libraries();
  util::Result<Library> create_library(const std::string& owner_id, const std::string& name, const std::string& import_path);
  util::Result<Library> library(const std::string& id);
  /// Every given path is checked by the server first; refused with its reason where one is bad. Changes nothing then.
  util::Result<void> set_import_paths(const std::string& id, const std::vector<std::string>& paths);
  /// refused where the key may not (needs `all`).
  util::Result<PathCheck> validate_path(const std::string& path);
  util::Result<void> scan(const std::string& library_id);
  /// library, sidecar, metadataExtraction.
  util::Result<std::map<std::string, QueueState>> queues();

  /// Whether an external asset exists, by the container path; answers in the order of paths; batches inside.
  util::Result<std::vector<Presence>> presence(const std::vector<std::string>& container_paths);
  util::Result<AssetInfo> asset(const std::string& id);
  util::Result<void> set_favorite(const std::string& id, bool favorite);
  util::Result<void> set_visibility(const std::string& id, const std::string& visibility);

  util::Result<std::vector<Album>> albums();
  util::Result<Album> create_album(const std::string& name, const std::vector<std::string>& asset_ids);
  util::Result<void> rename_album(const std::string& id, const std::string& name);
  /// Ids really added (already there counts as added); batches inside.
  util::Result<std::size_t> add_to_album(const std::string& id, const std::vector<std::string>& asset_ids);
  util::Result<std::size_t> remove_from_album(const std::string& id, const std::vector<std::string>& asset_ids);

  /// Calls that change something at the server, so far.
  [[nodiscard]] std::uint64_t write_calls() const { return write_calls_; }

 private:
  enum class Effect { read, write };
  util::Result<std::string> call(net::Method method, const std::string& path, const std::string& body, Effect effect);
  Parts parts_;
  std::uint64_t write_calls_ = 0;
};

/// "https://host", "https://host/", "https://host/api" -> "https://host/api".
std::string api_base(std::string_view url);
/// SHA-1("path:" + path) in hex: how Immich identifies an external asset (§7.3).
std::string path_checksum(const std::string& container_path);

}  // namespace i2i::immich
