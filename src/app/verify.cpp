#include "i2i/app/verify.hpp"

#include <fmt/core.h>

#include <set>
#include <unordered_map>
#include <unordered_set>

#include "app/immich_access.hpp"
#include "app/immich_root.hpp"
#include "app/mirror.hpp"
#include "app/presence.hpp"
#include "app/run_scope.hpp"
#include "app/sizes_in_immich.hpp"
#include "app/sync_state_decode.hpp"
#include "app/volume.hpp"
#include "app/volume_check.hpp"
#include "app/wanted.hpp"
#include "i2i/app/exit_code.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::fail;
using util::Result;

/// What iCloud shows, against the ledger's placements: every wanted content is placed, or pending, and nothing is
/// uncounted.
class Inventory : public WantedVisitor {
 public:
  Inventory(ledger::Ledger& ledger, VerifyReport& report) : placements_(ledger), catalogue_(ledger), report_(report) {}

  Result<void> know_awaited() {
    I2I_ASSIGN(const auto files, catalogue_.awaited_files());
    awaited_ = {files.begin(), files.end()};
    return {};
  }

  Result<void> wanted(const ledger::AssetView& view, const std::vector<model::Rendition>& renditions,
                      const std::vector<std::string>&) override {
    ++report_.icloud.assets;
    for (const auto& rendition : renditions) {
      I2I_ASSIGN(const auto placement, placements_.find(rendition.checksum));
      if (!placement || placement->state == ledger::PlacementState::planned) {
        const bool of_asset = ledger::is_of_asset(rendition.kind);
        // Apple had no address for it in the last sync, and has brought no news of it since.
        if (awaited_.contains({view.zone, of_asset ? view.asset.name : view.master.name, rendition.kind})) {
          unavailable_.insert(rendition.checksum);
          continue;
        }
      }
      // Not placed: newer than the last sync, or left over by it. A damaged one is judged by the look at the volume.
      const bool pending = !placement || placement->state == ledger::PlacementState::planned ||
                           placement->state == ledger::PlacementState::trashed;
      contents_.add(rendition.checksum, rendition.size,
                    pending ? DistinctContents::Is::to_come : DistinctContents::Is::here);
    }
    return {};
  }
  Result<void> excluded(const ledger::AssetView&, const std::string& reason) override {
    ++report_.excluded[reason];
    ++report_.icloud.assets;
    return {};
  }
  Result<void> unavailable(const ledger::AssetView&) override {
    ++report_.unavailable;
    return {};
  }
  void finish() {
    const auto totals = contents_.totals();
    report_.icloud.files = totals.count;
    report_.pending = totals.to_come;
    report_.unavailable += static_cast<std::int64_t>(unavailable_.size());
  }

 private:
  ledger::Placements placements_;
  ledger::Catalogue catalogue_;
  VerifyReport& report_;
  DistinctContents contents_;
  std::set<ledger::AwaitedFile> awaited_;
  std::set<model::Checksum> unavailable_;
};

class Verify {
 public:
  Verify(const RunContext& context, const VerifyOptions& options, Observer& observer)
      : context_(context), options_(options), observer_(observer) {}

  VerifyOutcome run() {
    auto opened = RunScope::open(context_, "verify", LedgerNeed::must_exist);
    if (!opened) return {std::move(report_), std::move(opened).error()};
    scope_ = *std::move(opened);
    VerifyOutcome outcome;
    if (auto done = steps(); !done) outcome.error = std::move(done).error();
    report_.finished = !outcome.error;
    outcome.report = std::move(report_);
    scope_->note_end(exit_code_for(outcome),
                     outcome.error
                         ? outcome.error->message
                         : fmt::format("{} of {} files proven, {} differences", outcome.report.volume.matching,
                                       outcome.report.icloud.files, outcome.report.differences.size()),
                     outcome.error);
    return outcome;
  }

 private:
  Result<void> steps() {
    I2I_ASSIGN(const auto before, load_sync_state(scope_->ledger()));
    const model::Selection selection = before ? before->selection : model::Selection{};
    if (options_.against_icloud) {
      I2I_TRY(scope_->sign_in());
      auto cloudkit = scope_->make_cloudkit();
      I2I_ASSIGN(const auto mirrored,
                 mirror(cloudkit, scope_->ledger(), MirrorWay::changes_where_possible, selection, observer_));
      for (const auto& library : mirrored.libraries) {
        if (library.error) return fail(*library.error);
      }
    }
    Inventory inventory(scope_->ledger(), report_);
    I2I_TRY(inventory.know_awaited());
    I2I_TRY(walk_wanted(scope_->ledger(), selection, AlbumPaths::not_needed, inventory));
    inventory.finish();
    if (options_.against_volume) I2I_TRY(check_files());
    if (options_.immich) I2I_TRY(check_immich());
    return {};
  }

  Result<void> check_files() {
    I2I_ASSIGN(const auto dsid, scope_->dsid());
    I2I_ASSIGN(const auto root, open_volume(options_.photos_dir, scope_->ledger(), dsid, VolumeUse::read));
    std::vector<model::Checksum> bad;
    std::int64_t rows = 0;
    I2I_TRY(check_volume({root, scope_->ledger(), options_.quick, context_.stop, observer_},
                         [&](const CheckedFile& file) -> Result<void> {
                           ++rows;
                           count(file, bad);
                           return {};
                         }));
    if (options_.repair) {
      for (const auto& checksum : bad) I2I_TRY(ledger::Placements(scope_->ledger()).mark_damaged(checksum));
      report_.queued_for_repair = static_cast<std::int64_t>(bad.size());
    }
    return count_extra(root);
  }

  void count(const CheckedFile& file, std::vector<model::Checksum>& bad) {
    switch (file.state) {
      case FileState::matching:
        ++report_.volume.matching;
        return;
      case FileState::unproven:
        ++report_.volume.unproven;
        return;
      case FileState::missing:
        ++report_.volume.missing;
        break;
      case FileState::damaged:
        ++report_.volume.damaged;
        break;
    }
    bad.push_back(file.placement.checksum);
    damaged_paths_.insert(file.placement.path);
    report_.differences.push_back({file.placement.path, "", "volume", file.what,
                                   options_.repair ? "Queued: the next sync fetches it again."
                                                   : "icloud2immich verify --repair, then icloud2immich sync"});
  }

  /// Files that no placement names. Said, not a difference: people may keep files of their own there.
  Result<void> count_extra(const util::Root& root) {
    ledger::Placements placements(scope_->ledger());
    // A folder that nobody may read (lost+found) is no reason to prove nothing.
    return root.scan({[](const std::string& path) -> Result<bool> { return path.ends_with(".xmp"); },
                      [&](const std::string& path, const util::FileFacts&) -> Result<void> {
                        I2I_ASSIGN(const auto placement, placements.at_path(path));
                        if (!placement || placement->state == ledger::PlacementState::trashed) ++report_.volume.extra;
                        return {};
                      },
                      [](const std::string&, const util::Error& error) {
                        util::log_warn("{}", util::escape_for_terminal(error.message));
                      }});
  }

  Result<void> check_immich() {
    I2I_ASSIGN(const auto immich, with_known_root(*options_.immich, scope_->ledger()));
    I2I_ASSIGN(const auto access,
               ImmichAccess::open(context_, scope_->http(), immich, options_.photos_dir, ImmichAccess::Need::reading));
    report_.immich.asked = true;
    SizesInImmich sizes(access->owner());
    I2I_ASSIGN(const auto totals,
               for_each_presence(*access, scope_->ledger(), [&](const PresentFile& file) -> Result<void> {
                 if (!file.presence.asset_id.empty() && !file.presence.trashed) return judge_size(sizes, file);
                 return judge_absent(*access, file);
               }));
    report_.immich.not_importable = totals.not_importable;
    return {};
  }

  Result<void> judge_size(SizesInImmich& sizes, const PresentFile& file) {
    I2I_ASSIGN(const auto size, of_immich(sizes.of(file.presence.asset_id)));
    if (size.state == SizeInImmich::State::unread) {
      ++report_.immich.unread;
    } else if (size.state == SizeInImmich::State::known && size.bytes != file.placement.size) {
      ++report_.immich.different;
      add_immich(file,
                 fmt::format("Immich knows it with {} bytes, the file has {}: it was another file when Immich read it",
                             size.bytes, file.placement.size),
                 "In Immich, choose 'Refresh metadata' for it.");
    } else {
      ++report_.immich.present;
    }
    return {};
  }

  Result<void> judge_absent(ImmichAccess& access, const PresentFile& file) {
    if (file.presence.asset_id.empty()) {
      ++report_.immich.missing;
      add_immich(file, "Immich does not have it", "icloud2immich import");
      return {};
    }
    I2I_ASSIGN(const auto asset, of_immich(access.owner().asset(file.presence.asset_id)));
    if (asset.offline) {
      ++report_.immich.offline;
      add_immich(file, "Immich shows it as offline: it does not see the file",
                 "Check that the photos dir is mounted into Immich, then icloud2immich import");
    } else {
      ++report_.immich.trashed;
      add_immich(file, "a person moved it to Immich's trash", "Restore it there if that was a mistake.");
    }
    return {};
  }

  void add_immich(const PresentFile& file, std::string what, std::string remedy) {
    // A file that is not on the volume is told once.
    if (damaged_paths_.contains(file.placement.path)) return;
    report_.differences.push_back({file.placement.path, "", "immich", std::move(what), std::move(remedy)});
  }

  const RunContext& context_;
  const VerifyOptions& options_;
  Observer& observer_;
  std::unique_ptr<RunScope> scope_;
  std::unordered_set<std::string> damaged_paths_;
  VerifyReport report_;
};

}  // namespace

VerifyOutcome verify(const RunContext& context, const VerifyOptions& options, Observer& observer) {
  return Verify(context, options, observer).run();
}

}  // namespace i2i::app
