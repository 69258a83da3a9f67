#pragma once
// What a library is made of: docs/protocol/icloud.md §7.6, §9. Values only; zone.hpp keeps them.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/icloud/photos/blob.hpp"
#include "emulator/icloud/photos/plist.hpp"

namespace emulator::icloud {

/// The families of fields a file can stand under (§9.4).
enum class ResourceKind : std::uint8_t {
  original,
  original_alt,
  original_video,
  jpeg_full,
  vid_full,
  jpeg_med,
  jpeg_thumb,
  vid_med,
  vid_small,
  sidecar
};

/// "resOriginal", "resJPEGFull", ...
std::string_view field_prefix(ResourceKind kind);

struct Resource {
  ResourceKind kind = ResourceKind::original;
  BlobPtr blob{};
  std::string uti{};
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  // Oddities on purpose (§9.6, §13.5 item 18).
  bool without_url = false;
  std::optional<std::uint64_t> announced_size{};
  std::optional<std::string> announced_checksum{};
};

/// Fields given word for word as JSON, replacing what the record would say; "null" leaves the field out.
using RawFields = std::map<std::string, std::string>;

struct Master {
  std::string id{};  // record name; empty: the original's checksum, filled in when first needed
  std::string filename{};
  std::string item_type{};  // UTI
  std::vector<Resource> resources{};
  std::vector<Resource> previews{};  // made when first listed
  std::int64_t created_ms = 0;
  std::int64_t modified_ms = 0;
  std::uint64_t change = 0;
  std::int64_t expunge_ms = 0;  // not 0: in Recently Deleted until then
  std::int32_t orientation = 1;
  bool video = false;
  bool purged = false;
  std::shared_ptr<RawFields> raw{};

  [[nodiscard]] const Resource* find(ResourceKind kind) const;
};

/// What most assets do not have.
struct AssetExtra {
  std::vector<Resource> resources{};  // the edit
  std::string adjustment_type{};
  std::string caption{};
  std::string description{};
  std::vector<std::string> keywords{};
  bool has_keywords = false;
  std::optional<Place> place{};
  std::string burst_id{};
  std::int64_t burst_flags = 0;
  std::string contributor{};  // shared zones
  std::optional<std::int64_t> trash_reason{};
  std::string time_zone_name{};
  RawFields raw{};
};

struct Asset {
  std::string id{};
  std::uint32_t master = 0;  // index in the zone
  std::int64_t date_ms = 0;
  std::int64_t added_ms = 0;
  std::int64_t modified_ms = 0;
  std::int64_t expunge_ms = 0;  // not 0: in Recently Deleted until then
  std::int64_t duration_ms = 0;
  std::uint64_t change = 0;
  std::optional<std::int32_t> tz_offset_s{};
  std::int32_t subtype = 0;
  std::int32_t subtype_v2 = 0;
  bool favorite = false;
  bool hidden = false;
  bool purged = false;
  std::shared_ptr<AssetExtra> extra{};

  [[nodiscard]] bool deleted() const { return expunge_ms != 0; }
  [[nodiscard]] bool visible() const { return !purged && !hidden && expunge_ms == 0; }
  AssetExtra& more() {
    if (!extra) extra = std::make_shared<AssetExtra>();
    return *extra;
  }
  [[nodiscard]] const Resource* find(ResourceKind kind) const;
};

struct Album {
  std::string id{};
  std::string name{};
  std::string parent{};   // record name of the folder; empty: root
  std::int32_t type = 0;  // 0 album, 3 folder
  std::int64_t position = 0;
  std::int64_t created_ms = 0;
  std::int64_t modified_ms = 0;
  std::uint64_t change = 0;
  bool without_name = false;  // the two root folders
  bool purged = false;
};

struct Relation {
  std::uint32_t asset = 0;
  std::uint32_t album = 0;
  std::int64_t position = 0;
  std::int64_t created_ms = 0;
  std::uint64_t change = 0;
  bool key_asset = false;
  bool purged = false;
};

enum class RecordType : std::uint8_t { master, asset, album, relation, info };

}  // namespace emulator::icloud
