#include "app/trash/trash.hpp"

#include <fmt/core.h>
#include <algorithm>

#include <set>

#include "app/trash/trash_listing_encode.hpp"
#include "app/trash/trash_moves.hpp"
#include "app/volume/content_check.hpp"
#include "i2i/media/sidecar.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using ledger::GoneContent;
using ledger::PlacementState;
using ledger::TrashedFile;
using util::ErrorCode;
using util::fail;
using util::Result;

constexpr std::size_t kGroup = 100;  // files in one transaction
constexpr std::size_t kNamed = 5;    // paths in a sentence

std::string number(std::size_t count) { return util::with_thousands(count); }

std::string first_paths(const std::vector<std::string>& paths) {
  std::string text;
  for (std::size_t i = 0; i < paths.size() && i < kNamed; ++i) text += (i == 0 ? "" : ", ") + paths[i];
  return paths.size() > kNamed ? text + ", …" : text;
}

/// Whether the bytes at a path are the placement's. unproven ones: by our own hash.
Result<bool> has_content(const TrashParts& parts, const std::string& path, const ledger::Placement& placement) {
  I2I_ASSIGN(const auto facts, parts.root.facts(path));
  if (!facts || !facts->is_regular || facts->size != placement.size) return false;
  I2I_ASSIGN(const auto proof, hash_file(parts.root, path, ReadPath::past_page_cache, parts.stop));
  if (!placement.sha1_hex.empty()) return proof.sha1_hex == placement.sha1_hex;
  return is_content(proof, placement.checksum, placement.size);
}

Result<bool> is_there(const TrashParts& parts, const std::string& path) {
  I2I_ASSIGN(const auto facts, parts.root.facts(path));
  return facts.has_value();
}

/// The listing is made of the ledger, so that a run that was killed leaves no line out and none twice.
Result<void> write_listing(const TrashParts& parts) {
  if (parts.dry_run) return {};
  I2I_ASSIGN(const auto files, ledger::Trash(parts.ledger).files());
  std::string text;
  for (const auto& file : files) {
    if (file.placement.state == PlacementState::trashed) text += encode_listing_line(file);
  }
  I2I_ASSIGN(const auto there, parts.root.facts(kTrashListing));
  if (!there && text.empty()) return {};
  return parts.root.write_small_file(kTrashListing, text);
}

class Returner {
 public:
  explicit Returner(const TrashParts& parts) : parts_(parts), trash_(parts.ledger), mover_(parts.root) {}

  Result<BroughtBack> run() {
    I2I_ASSIGN(const auto files, trash_.wanted_back(parts_.recently_deleted));
    for (const auto& file : files) {
      if (parts_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while bringing files back");
      I2I_TRY(one(file));
    }
    if (!files.empty()) I2I_TRY(write_listing(parts_));
    return std::move(report_);
  }

 private:
  Result<void> one(const TrashedFile& file) {
    const auto& placement = file.placement;
    I2I_ASSIGN(const bool in_trash, is_there(parts_, file.trash_path));
    I2I_ASSIGN(const bool at_path, is_there(parts_, placement.path));
    // Only intended, and not done: the file never left.
    if (placement.state == PlacementState::placed && (at_path || !in_trash)) return stayed(file);
    if (at_path) {
      I2I_ASSIGN(const bool whole, has_content(parts_, placement.path, placement));
      if (whole) return stayed(file);
      return lost(file, "its place is taken by another file");
    }
    if (!in_trash) return lost(file, "");
    I2I_ASSIGN(const bool whole, has_content(parts_, file.trash_path, placement));
    if (!whole) return lost(file, "the copy in the trash is damaged, and stays there");
    if (!parts_.dry_run) {
      I2I_TRY(mover_.move(file.trash_path, placement.path));
      I2I_TRY(restore_time(placement));
      I2I_TRY(mover_.sync());
    }
    I2I_TRY(trash_.mark_back(placement.checksum));
    ++report_.files;
    return {};
  }

  Result<void> stayed(const TrashedFile& file) {
    if (!parts_.dry_run) {
      I2I_TRY(mover_.move_sidecar(file.trash_path, file.placement.path));
      I2I_TRY(mover_.sync());
    }
    if (file.placement.state == PlacementState::trashed) ++report_.files;
    return trash_.mark_back(file.placement.checksum);
  }

  Result<void> lost(const TrashedFile& file, const std::string& why) {
    if (!why.empty()) {
      report_.notes.push_back(fmt::format("{} is in iCloud again, but {}: it is fetched.", file.placement.path, why));
      util::log_warn("{}", util::escape_for_terminal(report_.notes.back()));
    }
    if (file.placement.state == PlacementState::placed) I2I_TRY(trash_.mark_trashed({file.placement.checksum}));
    return trash_.mark_lost(file.placement.checksum);
  }

  /// The ledger's time is the file's, whoever touched it in between.
  Result<void> restore_time(const ledger::Placement& placement) {
    I2I_ASSIGN(const auto facts, parts_.root.facts(placement.path));
    if (!facts || facts->mtime_ms == placement.mtime_ms) return {};
    return parts_.root.set_mtime(placement.path, placement.mtime_ms);
  }

  const TrashParts& parts_;
  ledger::Trash trash_;
  Mover mover_;
  BroughtBack report_;
};

class Remover {
 public:
  Remover(const TrashParts& parts, std::int64_t max_deletions)
      : parts_(parts), max_deletions_(max_deletions), trash_(parts.ledger), mover_(parts.root) {}

  Result<Trashed> run() {
    if (!parts_.dry_run) I2I_TRY(finish_intended());
    I2I_ASSIGN(auto gone, trash_.gone(parts_.recently_deleted));
    I2I_ASSIGN(auto there, those_there(std::move(gone)));
    if (static_cast<std::int64_t>(there.size()) > max_deletions_) {
      report_.stop = too_many(there);
      return std::move(report_);
    }
    I2I_ASSIGN(const auto ours, those_ours(std::move(there)));
    if (parts_.dry_run) return only_said(ours);
    for (std::size_t begin = 0; begin < ours.size(); begin += kGroup) {
      if (parts_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while moving files to the trash");
      I2I_TRY(move_group({ours.begin() + static_cast<std::ptrdiff_t>(begin),
                          ours.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kGroup, ours.size()))}));
    }
    I2I_TRY(write_listing(parts_));
    return std::move(report_);
  }

 private:
  /// What a run that was killed had noted, and perhaps done.
  Result<void> finish_intended() {
    I2I_ASSIGN(const auto files, trash_.files());
    for (const auto& file : files) {
      if (file.placement.state != PlacementState::placed) continue;
      I2I_ASSIGN(const bool at_path, is_there(parts_, file.placement.path));
      I2I_ASSIGN(const bool in_trash, is_there(parts_, file.trash_path));
      if (at_path || !in_trash) {
        I2I_TRY(trash_.mark_back(file.placement.checksum));  // judged anew below
        continue;
      }
      I2I_TRY(mover_.move_sidecar(file.placement.path, file.trash_path));
      I2I_TRY(mover_.sync());
      I2I_TRY(trash_.mark_trashed({file.placement.checksum}));
      ++report_.files;
    }
    return {};
  }

  /// What is missing on the volume cannot be moved; verify tells of it.
  Result<std::vector<GoneContent>> those_there(std::vector<GoneContent> gone) {
    std::vector<GoneContent> there;
    for (auto& content : gone) {
      I2I_ASSIGN(const bool found, is_there(parts_, content.placement.path));
      if (found) there.push_back(std::move(content));
    }
    return there;
  }

  /// A file that is not as we wrote it is a person's by now. Size and time tell most; where only the time differs, the
  /// bytes do.
  Result<std::vector<GoneContent>> those_ours(std::vector<GoneContent> there) {
    std::vector<GoneContent> ours;
    std::vector<std::string> changed;
    for (auto& content : there) {
      I2I_ASSIGN(const auto facts, parts_.root.facts(content.placement.path));
      bool same = facts && facts->is_regular && facts->size == content.placement.size;
      if (same && facts->mtime_ms != content.placement.mtime_ms) {
        I2I_ASSIGN(same, has_content(parts_, content.placement.path, content.placement));
      }
      if (same) {
        ours.push_back(std::move(content));
      } else {
        changed.push_back(content.placement.path);
      }
    }
    if (!changed.empty()) {
      report_.notes.push_back(fmt::format("{} {} no longer in iCloud, but {} on the volume since; left where {}: {}",
                                          number(changed.size()), changed.size() == 1 ? "file is" : "files are",
                                          changed.size() == 1 ? "was changed" : "were changed",
                                          changed.size() == 1 ? "it is" : "they are", first_paths(changed)));
    }
    return ours;
  }

  [[nodiscard]] util::Error too_many(const std::vector<GoneContent>& there) const {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < there.size() && i <= kNamed; ++i) paths.push_back(there[i].placement.path);
    return {
        ErrorCode::safety_stop,
        fmt::format("{} files on the volume are no longer in iCloud, more than the {} that one run may move to the "
                    "trash; nothing was moved. The first: {}",
                    number(there.size()), max_deletions_, first_paths(paths)),
        fmt::format("If they were meant to go, run once with --max-deletions {}; if not, restore them from Recently "
                    "Deleted in iCloud.",
                    there.size()),
        std::nullopt};
  }

  Result<Trashed> only_said(const std::vector<GoneContent>& ours) {
    if (!ours.empty()) {
      std::vector<std::string> paths;
      paths.reserve(ours.size());
      for (const auto& content : ours) paths.push_back(content.placement.path);
      report_.notes.push_back(
          fmt::format("Dry run: {} files would move to the trash: {}", number(ours.size()), first_paths(paths)));
    }
    return std::move(report_);
  }

  /// Noted, moved, made durable, noted as done: whatever of it a killed run did, the next one finds.
  Result<void> move_group(const std::vector<GoneContent>& group) {
    std::vector<TrashedFile> files;
    std::set<std::string> taken;
    for (const auto& content : group) {
      I2I_ASSIGN(auto path, free_path(parts_.root, kTrashFolder, content.placement.path, taken));
      for (const auto& name : {path, media::sidecar_path(path)}) taken.insert(util::case_fold(name));
      files.push_back({content.placement, std::move(path), parts_.now, content.asset,
                       content.asset.empty() ? "not-in-icloud" : "recently-deleted"});
    }
    I2I_TRY(trash_.intend(files));
    std::vector<model::Checksum> done;
    done.reserve(files.size());
    for (const auto& file : files) {
      auto moved = mover_.move(file.placement.path, file.trash_path);
      if (!moved) return fail(std::move(moved).error().in("while moving " + file.placement.path + " to the trash"));
      done.push_back(file.placement.checksum);
      util::log_debug("to the trash: {}", util::escape_for_terminal(file.placement.path));
    }
    I2I_TRY(mover_.sync());
    I2I_TRY(trash_.mark_trashed(done));
    report_.files += static_cast<std::int64_t>(done.size());
    return {};
  }

  const TrashParts& parts_;
  std::int64_t max_deletions_;
  ledger::Trash trash_;
  Mover mover_;
  Trashed report_;
};

}  // namespace

Result<BroughtBack> bring_back(const TrashParts& parts) { return Returner(parts).run(); }

Result<Trashed> move_gone(const TrashParts& parts, std::int64_t max_deletions) {
  return Remover(parts, max_deletions).run();
}

Result<ledger::TrashTotals> look_into_trash(const util::Root& root) {
  ledger::TrashTotals totals;
  I2I_TRY(root.walk_below(kTrashFolder, [&](const std::string& path, const util::FileFacts& facts) -> Result<void> {
    if (!path.ends_with(media::kSidecarEnding)) ++totals.files;
    totals.bytes += static_cast<std::int64_t>(facts.size);
    return {};
  }));
  return totals;
}

}  // namespace i2i::app
