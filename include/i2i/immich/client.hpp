#pragma once
// Immich's REST interface, as far as this tool needs it (docs/protocol/immich.md §2-15, immich-observed.md). Blocks.
// Errors: unreachable (no connection, 5xx, maintenance mode), throttled (429 beyond patience), refused (401, 403, 400
// and other 4xx; message names the permission and the server's own words), not_found (404, and 400 where one id is
// asked for: Immich answers so for unknown ones), bad_answer, cancelled. Connection errors, 429, 502, 503 and 504 are
// tried again, 500 only where nothing is written; a scan and what creates something are sent once.

#include <cstdint>
#include <functional>
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

struct SearchQuery;

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
  std::vector<std::string> exclusion_patterns;
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
struct LibraryStatistics {
  std::int64_t photos = 0;
  std::int64_t videos = 0;  // without motion parts of live photos
  std::int64_t total = 0;   // trashed and offline ones count
  std::uint64_t bytes = 0;  // grows while extraction runs
};
struct AssetInfo {
  std::string id;
  std::string library_id;  // "" = uploaded
  std::string path;
  bool offline = false;
  bool trashed = false;  // by a person or with what became offline; a person did when !offline
  bool favorite = false;
  std::string visibility;             // timeline, archive, hidden, locked
  std::string live_video_id;          // ""
  std::string stack_id;               // "" = none; only where one asset is asked for
  std::optional<std::uint64_t> size;  // at extraction
};
struct Album {
  std::string id;
  std::string name;
  std::string description;
  std::int64_t asset_count = 0;
};

struct Stack {
  std::string id;
  std::string primary_id;
  std::vector<std::string> asset_ids;  // without trashed and hidden ones
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
  struct NewLibrary {
    std::string owner_id;
    std::string name;
    std::string import_path;
    std::vector<std::string> exclusion_patterns;  // instead of the server's defaults
  };
  util::Result<Library> create_library(const NewLibrary& library);
  util::Result<Library> library(const std::string& id);
  /// Every given path is checked by the server first; refused with its reason where one is bad. Changes nothing then.
  util::Result<void> set_import_paths(const std::string& id, const std::vector<std::string>& paths);
  /// refused where the key may not (needs `all`).
  util::Result<PathCheck> validate_path(const std::string& path);
  /// Only puts the scan into Immich's queue: see scan_and_wait.
  util::Result<void> scan(const std::string& library_id);
  util::Result<LibraryStatistics> statistics(const std::string& library_id);
  /// library, sidecar, metadataExtraction.
  util::Result<std::map<std::string, QueueState>> queues();

  /// Whether an external asset exists, by the container path; answers in the order of paths; batches inside.
  util::Result<std::vector<Presence>> presence(const std::vector<std::string>& container_paths);
  /// The same by one search per path and visibility, should the bulk answer ever be wrong. Locked assets are not found.
  util::Result<std::vector<Presence>> presence_by_search(const std::vector<std::string>& container_paths);
  /// Whether the key's user uploaded a content, by its SHA-1 in hex; answers in their order; batches inside. External
  /// assets are none: their checksum is of the path (§7.3).
  util::Result<std::vector<Presence>> uploads(const std::vector<std::string>& sha1s_hex);
  util::Result<AssetInfo> asset(const std::string& id);
  /// Every asset of a library whose metadata was extracted, timeline, archive and hidden, offline and trashed ones too;
  /// a thousand a request, each from the last one's time on, so that a later page costs the server no more than the
  /// first. An asset may come twice; up to 3.0 one of more than a thousand with the same time may be left out (§9.3):
  /// ask for those one by one.
  util::Result<void> for_each_asset(const std::string& library_id,
                                    const std::function<util::Result<void>(const AssetInfo&)>& visit);
  /// The same of the offline ones, extracted or not. "": of every library of the key's user.
  util::Result<void> for_each_offline(const std::string& library_id,
                                      const std::function<util::Result<void>(const AssetInfo&)>& visit);
  /// What changed in the library since then (by the server's clock), offline and trashed ones too, and what is offline
  /// in it; nullopt where one visibility has more than a page of them. Locked ones are not seen.
  util::Result<std::optional<std::vector<AssetInfo>>> changed_if_few(const std::string& library_id,
                                                                     util::UnixMillis since);
  util::Result<std::optional<std::vector<AssetInfo>>> offline_if_few(const std::string& library_id);
  util::Result<void> set_favorite(const std::string& id, bool favorite);
  util::Result<void> set_visibility(const std::string& id, const std::string& visibility);
  /// Makes a video the moving part of a photo (§13.1); "" unlinks.
  util::Result<void> set_live_video(const std::string& photo_id, const std::string& video_id);

  /// Those of the key's user only.
  util::Result<std::vector<Album>> albums();
  /// Every member but locked ones, offline and trashed ones too, as for_each_asset: one may come twice. not_found where
  /// there is no such album.
  util::Result<void> for_each_album_asset(const std::string& id,
                                          const std::function<util::Result<void>(const AssetInfo&)>& visit);
  util::Result<Album> create_album(const std::string& name, const std::string& description,
                                   const std::vector<std::string>& asset_ids);
  util::Result<void> rename_album(const std::string& id, const std::string& name);
  /// Ids really added (already there counts as added); batches inside.
  util::Result<std::size_t> add_to_album(const std::string& id, const std::vector<std::string>& asset_ids);
  /// Ids really removed (not there counts as removed).
  util::Result<std::size_t> remove_from_album(const std::string& id, const std::vector<std::string>& asset_ids);

  util::Result<Stack> stack(const std::string& id);
  /// The first shows. What is the first of an older stack brings that whole one along (§15). not_found where one of
  /// them is locked or gone.
  util::Result<Stack> create_stack(const std::vector<std::string>& asset_ids);
  util::Result<void> set_stack_primary(const std::string& id, const std::string& asset_id);
  /// Not the first one. Does nothing where the server cannot (takes_out_of_stacks).
  util::Result<void> take_out_of_stack(const std::string& id, const std::string& asset_id);

  /// The server's clock at its last answer, to the second; nullopt where it does not say.
  [[nodiscard]] std::optional<util::UnixMillis> server_time() const { return server_time_; }

  /// Calls that change something at the server, so far.
  [[nodiscard]] std::uint64_t write_calls() const { return write_calls_; }

 private:
  /// read: nothing changes at the server. write: the same request twice does what it does once. once: never sent again.
  enum class Effect { read, write, once };
  /// What 400 says about the request.
  enum class BadRequest { refused, not_found };
  struct Call {
    net::Method method = net::Method::get;
    std::string path = {};  // below …/api
    std::string body = {};  // JSON, "" for none
    Effect effect = Effect::read;
    BadRequest bad_request = BadRequest::refused;
    std::string needs = {};  // the permission, for the message where the server does not name it
  };
  util::Result<net::Response> exchange(const Call& call);
  util::Result<std::string> call(const Call& call);
  util::Result<net::Response> attempt(const Call& call);
  util::Result<std::vector<Presence>> known_checksums(const std::vector<std::string>& checksums_hex);
  util::Result<std::size_t> change_members(net::Method method, const std::string& id,
                                           const std::vector<std::string>& asset_ids);
  /// Each visibility in turn, the oldest first, each page from the last one's time on.
  util::Result<void> search_all(SearchQuery query, const std::function<util::Result<void>(const AssetInfo&)>& visit);
  util::Result<std::optional<std::vector<AssetInfo>>> search_if_few(SearchQuery query);
  util::Result<std::optional<AssetInfo>> search_path(const std::string& container_path);
  [[nodiscard]] util::Error error_of(const Call& call, const net::Response& response) const;
  Parts parts_;
  std::string base_;
  std::optional<Version> version_;
  std::optional<util::UnixMillis> server_time_;
  std::uint64_t write_calls_ = 0;
};

/// "https://host", "https://host/", "https://host/api" -> "https://host/api".
std::string api_base(std::string_view url);
/// SHA-1("path:" + path) in hex: how Immich identifies an external asset (§7.3).
std::string path_checksum(const std::string& container_path);

}  // namespace i2i::immich
