#pragma once
// A catalogue and a volume in memory's reach: real ledger, real folder, no network.

#include <map>
#include <string>
#include <vector>

#include "i2i/app/report.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/model/checksum.hpp"
#include "i2i/util/file.hpp"
#include "unit/ledger/ledger_fixture.hpp"
#include "unit/util/temp_folder.hpp"

namespace app_test {

using i2i::model::Checksum;
using i2i::model::RenditionKind;
using ledger_test::kPrimary;
using ledger_test::kShared;
using ledger_test::must;

inline constexpr i2i::util::UnixMillis kMay6 = 1'714'953'600'000;  // 2024-05-06T00:00:00Z
inline constexpr i2i::util::UnixMillis kDay = 86'400'000;

inline i2i::model::ContentProof proof_of(const std::string& bytes) {
  i2i::model::ContentHasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}
inline Checksum checksum_of(const std::string& bytes) { return proof_of(bytes).checksum; }

inline i2i::model::Rendition rendition(RenditionKind kind, const std::string& bytes, const std::string& uti) {
  i2i::model::Rendition made;
  made.kind = kind;
  made.checksum = checksum_of(bytes);
  made.size = bytes.size();
  made.uti = uti;
  return made;
}

/// An asset with its master, as few words as possible.
struct Photo {
  std::string name;
  std::string filename;
  std::string bytes;  // of the original; "" = none at Apple
  std::string uti = "public.heic";
  std::vector<i2i::model::Rendition> master_renditions = {};  // beside the original
  std::vector<i2i::model::Rendition> asset_renditions = {};
  std::optional<i2i::util::UnixMillis> captured = kMay6;
  std::int64_t added = 1000;
  bool hidden = false;
  bool deleted = false;
  bool video = false;
  std::string master = {};  // default: one of its own
};

class NoObserver : public i2i::app::Observer {
 public:
  void progress(const i2i::app::Progress&) override {}
};

class Library {
 public:
  Library() : ledger(ledger_test::open_new(dir_)) {}

  void add(const Photo& photo, const i2i::model::ZoneId& zone = kPrimary) {
    i2i::model::Master master;
    master.name = photo.master.empty() ? "M-" + photo.name : photo.master;
    master.filename = photo.filename;
    master.item_type = photo.uti;
    master.is_video = photo.video;
    if (!photo.bytes.empty()) master.renditions = {rendition(RenditionKind::original, photo.bytes, photo.uti)};
    master.renditions.insert(master.renditions.end(), photo.master_renditions.begin(), photo.master_renditions.end());
    i2i::model::Asset asset;
    asset.name = photo.name;
    asset.master = master.name;
    asset.captured = photo.captured;
    asset.added = photo.added;
    asset.hidden = photo.hidden;
    asset.deleted = photo.deleted;
    asset.renditions = photo.asset_renditions;
    put(zone, {master, asset});
  }
  void add_to_album(const std::string& album, const std::string& title, const std::string& asset) {
    i2i::model::Album record;
    record.name_id = album;
    record.title = title;
    put(kPrimary, {record, i2i::model::Membership{asset + "-IN-" + album, asset, album, 0}});
  }
  void put(const i2i::model::ZoneId& zone, const std::vector<i2i::model::Record>& records) {
    i2i::ledger::Catalogue catalogue(ledger);
    must(catalogue.put_changes(zone, records, "token"));
  }

  [[nodiscard]] std::optional<i2i::ledger::Placement> placement(const std::string& bytes) {
    return must(i2i::ledger::Placements(ledger).find(checksum_of(bytes)));
  }
  /// Path of a content; "" where it has none.
  [[nodiscard]] std::string path_of(const std::string& bytes) {
    const auto found = placement(bytes);
    return found ? found->path : std::string{};
  }
  /// As a finished download leaves it.
  void place(const std::string& path, const std::string& bytes) {
    i2i::ledger::Placements placements(ledger);
    i2i::ledger::Placement row;
    row.checksum = checksum_of(bytes);
    row.path = path;
    row.size = bytes.size();
    row.sha1_hex = proof_of(bytes).sha1_hex;
    row.proven = true;
    must(placements.reserve(row));
    must(placements.mark_placed({row}));
  }

 private:
  ledger_test::TempDir dir_;

 public:
  i2i::ledger::Ledger ledger;
};

}  // namespace app_test
