#pragma once
// What iCloud holds, as values. Field meanings: docs/protocol/icloud.md §6.2, §7.6 and §9.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "i2i/model/checksum.hpp"
#include "i2i/util/time.hpp"

namespace i2i::model {

/// Under which CloudKit database a zone was listed, and must be asked.
enum class Database { private_db, shared_db };

struct ZoneId {
  std::string name;   // "PrimarySync", "SharedSync-<UUID>"
  std::string owner;  // ownerRecordName; "" where not given
  Database database = Database::private_db;

  [[nodiscard]] bool is_primary() const { return name == "PrimarySync"; }
  [[nodiscard]] bool is_shared_library() const { return name.starts_with("SharedSync-"); }
  auto operator<=>(const ZoneId&) const = default;
};

enum class RenditionKind { original, live_video, alternative, edited, edited_video };
/// "original", "live_video", …: the words of the ledger, the reports and the logs.
const char* to_string(RenditionKind kind);
std::optional<RenditionKind> rendition_from_string(std::string_view text);

/// One downloadable file of a record.
struct Rendition {
  RenditionKind kind = RenditionKind::original;
  Checksum checksum;
  std::uint64_t size = 0;
  std::string uti;  // e.g. "public.heic"; "" unknown
  std::string url;  // short-lived, never stored; "" when the answer had none
};

struct Location {
  double latitude = 0;
  double longitude = 0;
  std::optional<double> altitude;
};

/// The imported file or files (CPLMaster).
struct Master {
  std::string name;       // record name
  std::string filename;   // as decoded, not made safe; "" missing or unreadable
  std::string item_type;  // UTI of the original; ""
  bool is_video = false;
  std::vector<Rendition> renditions;
};

/// One item of the library (CPLAsset).
struct Asset {
  std::string name;    // record name
  std::string master;  // record name of its master
  std::optional<util::UnixMillis> captured;
  std::optional<util::UnixMillis> added;
  std::optional<int> offset_s;  // seconds east of UTC at capture
  bool favorite = false;
  bool hidden = false;
  bool deleted = false;     // in Recently Deleted
  bool adjusted = false;    // adjustmentType is set: an edit exists
  std::string title;        // captionEnc
  std::string description;  // extendedDescEnc
  std::vector<std::string> keywords;
  std::optional<Location> location;
  std::string burst_id;
  std::int64_t burst_flags = 0;       // burstFlags; 0 where there are none (docs/protocol/icloud.md §9.3)
  std::vector<Rendition> renditions;  // edited, edited_video
};

struct Album {
  std::string name_id;  // record name
  std::string title;
  std::string parent;  // record name of the folder; "" at the root
  bool is_folder = false;
  std::int64_t position = 0;
};

/// An asset is in an album. name: the relation's own record name, "<asset>-IN-<album>".
struct Membership {
  std::string name;
  std::string asset;
  std::string album;
  std::int64_t position = 0;
};

/// A record that is no more; its type is known only from what the ledger has under that name.
struct Tombstone {
  std::string name;
};

/// A record that is none of the above or cannot be read; counted by reason, never silent.
struct Skipped {
  std::string name;
  std::string type;
  std::string reason;
};

using Record = std::variant<Master, Asset, Album, Membership, Tombstone, Skipped>;

/// The rendition of that kind which a master or an asset carries; nullptr where it has none.
const Rendition* rendition_of(const Record& record, RenditionKind kind);

}  // namespace i2i::model
