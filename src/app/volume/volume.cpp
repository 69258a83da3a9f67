#include "app/volume/volume.hpp"

#include <fcntl.h>

#include "app/volume/volume_marker_decode.hpp"
#include "app/volume/volume_proof.hpp"
#include "i2i/ledger/trash.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

constexpr const char* kVolumeFact = "volume_id";

/// Never through a link: a marker that lies elsewhere says nothing about this volume.
Result<std::string> read_beneath(const util::Root& root, const std::string& relative) {
  I2I_ASSIGN(const auto fd, root.open_file(relative, O_RDONLY));
  std::string text(std::size_t{64} << 10, '\0');
  I2I_ASSIGN(const std::size_t count, util::read_some(fd, text, relative));
  text.resize(count);
  return text;
}

Result<std::optional<VolumeMarker>> read_marker(const util::Root& root) {
  I2I_ASSIGN(const auto facts, root.facts(kMarker));
  if (!facts) return std::optional<VolumeMarker>{};
  I2I_ASSIGN(const auto text, read_beneath(root, kMarker));
  I2I_ASSIGN(auto marker, decode_marker(text));
  return std::optional<VolumeMarker>(std::move(marker));
}

Result<util::Root> open_root(const std::string& photos_dir) {
  auto root = util::Root::open(photos_dir);
  if (!root && root.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::volume, "there is no folder " + photos_dir,
                "Mount the volume, or make the folder if it is a new one, or give its path with --photos-dir.");
  }
  return root;
}

Result<void> make_dot_folder(const util::Root& root, const std::string& volume_id) {
  I2I_TRY(root.make_directories(kPartFolder, 0755));
  I2I_TRY(root.make_directories(kAsideFolder, 0755));
  return root.make_directories(sentinel_folder(volume_id), 0755);
}

Result<void> adopt_volume(const util::Root& root, ledger::Ledger& ledger, const std::string& volume_id) {
  I2I_TRY(ledger.set_fact(kVolumeFact, volume_id));
  return make_dot_folder(root, volume_id);
}

Result<void> create_marker(const util::Root& root, ledger::Ledger& ledger, const VolumeMarker& marker) {
  I2I_TRY(make_dot_folder(root, marker.volume_id));
  I2I_TRY(root.write_small_file(kMarker, encode_marker(marker)));
  return adopt_volume(root, ledger, marker.volume_id);
}

}  // namespace

std::string sentinel_folder(const std::string& volume_id) { return std::string(kDotFolder) + "/mounted-" + volume_id; }

Result<std::string> known_volume_id(ledger::Ledger& ledger) {
  I2I_ASSIGN(const auto id, ledger.fact(kVolumeFact));
  return id.value_or("");
}

Result<void> check_not_empty(const std::string& photos_dir) {
  if (photos_dir.empty()) return {};  // open_volume says so
  I2I_ASSIGN(const auto root, util::Root::open(photos_dir));
  I2I_ASSIGN(const auto marker, root.facts(kMarker));
  if (marker) return {};
  bool any = false;
  const auto stop_at_first = [&](const std::string&) -> Result<bool> {
    any = true;
    return fail(ErrorCode::cancelled, "seen enough");
  };
  const auto scanned =
      root.scan({stop_at_first, [](const std::string&, const util::FileFacts&) { return Result<void>{}; },
                 [](const std::string&, const util::Error&) {}});
  if (any) return {};
  I2I_TRY(scanned);
  return fail(ErrorCode::volume_foreign, photos_dir + " is empty, so a ledger made anew from it would fetch everything",
              "The volume is probably not mounted. Mount it, or give its path with --photos-dir.");
}

Result<util::Root> open_volume(const std::string& photos_dir, ledger::Ledger& ledger, const std::string& dsid,
                               VolumeUse use) {
  if (photos_dir.empty()) {
    return fail(ErrorCode::usage, "no photos dir is given", "Say where the files go with --photos-dir DIR.");
  }
  I2I_ASSIGN(auto root, open_root(photos_dir));
  const std::string account = util::hex_encode(util::sha256("icloud2immich account " + dsid));
  I2I_ASSIGN(const auto marker, read_marker(root));
  I2I_ASSIGN(const auto known, known_volume_id(ledger));

  if (marker && marker->account != account) {
    return fail(ErrorCode::volume_foreign, photos_dir + " belongs to another iCloud account",
                "Give each account a photos dir of its own.");
  }
  if (marker && known == marker->volume_id) {
    if (use == VolumeUse::write) I2I_TRY(make_dot_folder(root, known));
    return root;
  }
  if (marker && known.empty()) {
    if (use == VolumeUse::write) I2I_TRY(adopt_volume(root, ledger, marker->volume_id));
    return root;
  }
  if (marker) {
    return fail(ErrorCode::volume_foreign, photos_dir + " is not the volume this account's files were written to",
                "Mount the right volume, or give its path with --photos-dir.");
  }
  I2I_ASSIGN(const auto totals, ledger::Placements(ledger).totals());
  I2I_ASSIGN(const auto trash, ledger::Trash(ledger).totals());
  if (!known.empty() && totals.placed + totals.damaged + trash.files > 0) {
    I2I_ASSIGN(const bool ours, holds_our_files(root, ledger));
    if (ours) {
      util::log_warn("{} has lost its marker {}, but the files on it are this account's{}", photos_dir, kMarker,
                     use == VolumeUse::write ? "; the marker is written anew" : "");
      if (use == VolumeUse::write) I2I_TRY(create_marker(root, ledger, {known, account}));
      return root;
    }
    return fail(ErrorCode::volume_foreign,
                photos_dir + " does not carry the marker " + kMarker + ", but " +
                    util::with_thousands(static_cast<std::uint64_t>(totals.placed)) + " files should be there",
                "The volume is probably not mounted. Mount it, or give its path with --photos-dir.");
  }
  if (use == VolumeUse::write) I2I_TRY(create_marker(root, ledger, {util::random_uuid(), account}));
  return root;
}

}  // namespace i2i::app
