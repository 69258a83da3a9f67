#include "i2i/app/sync.hpp"

#include <fmt/core.h>

#include "app/adopt/adopt.hpp"
#include "app/catalogue/mirror.hpp"
#include "app/run/run_scope.hpp"
#include "app/selection/selection_names.hpp"
#include "app/sidecars/sidecars.hpp"
#include "app/sync/fetch.hpp"
#include "app/sync/last_sync.hpp"
#include "app/sync/plan.hpp"
#include "app/trash/trash.hpp"
#include "app/volume/volume.hpp"
#include "i2i/app/exit_code.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

class Sync {
 public:
  Sync(const RunContext& context, const SyncOptions& options, Observer& observer)
      : context_(context), options_(options), observer_(observer) {}

  SyncOutcome run() {
    if (options_.rebuild) {
      if (auto there = check_not_empty(options_.photos_dir); !there) {
        return {std::move(report_), std::move(there).error()};
      }
    }
    auto opened = RunScope::open(context_, "sync", options_.rebuild ? LedgerNeed::made_anew : LedgerNeed::may_be_new);
    if (!opened) return {std::move(report_), std::move(opened).error()};
    scope_ = *std::move(opened);
    SyncOutcome outcome;
    if (auto done = steps(); !done) outcome.error = std::move(done).error();
    if (!outcome.error) outcome.error = zone_error_ ? zone_error_ : safety_stop_;
    report_.requests = scope_->http().counts();
    report_.files.failed = static_cast<std::int64_t>(report_.failures.size()) - report_.sidecars.failed;
    outcome.report = std::move(report_);
    const auto& files = outcome.report.files;
    scope_->note_end(exit_code_for(outcome),
                     outcome.error ? outcome.error->message
                                   : fmt::format("{} files fetched, {} there already, {} recognised, {} failed",
                                                 files.downloaded, files.present, files.adopted, files.failed),
                     outcome.error);
    return outcome;
  }

 private:
  Result<void> steps() {
    I2I_ASSIGN(const auto layout, media::Layout::parse(options_.layout));
    I2I_TRY(scope_->sign_in());
    const auto use = context_.options.dry_run ? VolumeUse::read : VolumeUse::write;
    I2I_ASSIGN(const auto root, open_volume(options_.photos_dir, scope_->ledger(), scope_->session().dsid, use));
    auto cloudkit = scope_->make_cloudkit(options_.jobs);

    I2I_ASSIGN(auto mirrored, mirror(cloudkit, scope_->ledger(),
                                     options_.full ? MirrorWay::list_anew : MirrorWay::changes_where_possible,
                                     options_.selection, observer_));
    report_.libraries = std::move(mirrored.libraries);
    report_.skipped = std::move(mirrored.skipped);
    report_.notes = std::move(mirrored.notes);
    if (const auto& aside = scope_->set_aside())
      report_.notes.push_back("The ledger before this one is kept as " + *aside);
    I2I_TRY(note_unknown_names(scope_->ledger(), options_.selection, report_.notes));
    for (const auto& library : report_.libraries) {
      if (library.error && !zone_error_) zone_error_ = library.error;
    }
    if (!zone_error_) {
      I2I_ASSIGN(const bool nothing_to_do, is_all_done(scope_->ledger(), options_, report_));
      if (nothing_to_do) return {};
    }
    I2I_TRY(restore_from_trash(root));
    I2I_TRY(adopt(root, layout));
    I2I_ASSIGN(const auto plan, make_plan(scope_->ledger(), root, options_.selection, layout, context_.clock.now(),
                                          context_.stop, observer_));
    take_over(plan);
    end_.awaited = plan.awaited;
    const SidecarParts sidecars{scope_->ledger(), root, options_, context_.options.dry_run, context_.stop, observer_};
    if (!context_.options.dry_run && plan.to_fetch > 0) {
      I2I_TRY(catch_up_with_sidecars(sidecars, report_));
      I2I_TRY(fetch({context_, options_, *scope_, cloudkit, root, observer_}, plan, report_, end_));
    }
    I2I_TRY(bring_sidecars(sidecars, report_));
    if (context_.options.dry_run) {
      report_.notes.push_back(fmt::format("Dry run: {} files ({}) would be fetched.", plan.to_fetch,
                                          util::human_bytes(static_cast<std::uint64_t>(plan.bytes_to_fetch))));
    }
    I2I_TRY(move_to_trash(root, mirrored.complete));
    if (context_.options.dry_run) return {};
    if (!root.is_still_at_its_path()) {
      return fail(util::ErrorCode::volume,
                  options_.photos_dir + " is not the folder any more that this run began to write to",
                  "Something was mounted over it, or it was unmounted. Mount the right volume, then run again.");
    }
    end_.catalogue_complete = mirrored.complete;
    return remember(scope_->ledger(), options_, report_, plan, end_);
  }

  Result<void> adopt(const util::Root& root, const media::Layout& layout) {
    I2I_ASSIGN(auto volume_id, known_volume_id(scope_->ledger()));
    I2I_ASSIGN(report_.adoption,
               adopt_files({scope_->ledger(), root, options_.selection, layout,
                            options_.rebuild ? AdoptWish::now : options_.adopt, options_.jobs, std::move(volume_id),
                            scope_->paths().adoption_list(), context_.clock, context_.stop, observer_}));
    return {};
  }

  [[nodiscard]] TrashParts trash_parts(const util::Root& root) {
    const auto recently_deleted =
        options_.selection.include_deleted ? ledger::RecentlyDeleted::is_there : ledger::RecentlyDeleted::is_gone;
    return {scope_->ledger(), root, recently_deleted, context_.clock.now(), context_.stop, context_.options.dry_run};
  }

  /// Whatever --deleted says by now: a rename costs less than a download.
  Result<void> restore_from_trash(const util::Root& root) {
    I2I_ASSIGN(const auto back, bring_back(trash_parts(root)));
    if (back.files > 0) {
      report_.notes.push_back(fmt::format("{} files that are in iCloud again {} from the trash, without a download.",
                                          back.files, context_.options.dry_run ? "would come back" : "came back"));
    }
    report_.notes.insert(report_.notes.end(), back.notes.begin(), back.notes.end());
    return {};
  }

  Result<void> move_to_trash(const util::Root& root, bool catalogue_complete) {
    if (options_.deleted == DeletedFiles::keep) return {};
    if (!catalogue_complete || zone_error_) {
      report_.notes.push_back(
          "Nothing was moved to the trash: iCloud's catalogue could not be read as a whole this time.");
      return {};
    }
    I2I_ASSIGN(const auto trashed, move_gone(trash_parts(root), options_.max_deletions));
    report_.files.trashed = trashed.files;
    report_.notes.insert(report_.notes.end(), trashed.notes.begin(), trashed.notes.end());
    safety_stop_ = trashed.stop;
    end_.deletions_done = !trashed.stop;
    return {};
  }

  void take_over(const PlanReport& plan) {
    report_.files.wanted = plan.wanted;
    report_.files.adopted = plan.adopted + (report_.adoption ? report_.adoption->matched : 0);
    report_.files.present = plan.wanted - plan.to_fetch - report_.files.adopted;
    report_.files.unavailable = plan.unavailable;
    note_selected(report_, plan.selected, plan.excluded, plan.excluded_by_zone);
  }

  const RunContext& context_;
  const SyncOptions& options_;
  Observer& observer_;
  std::unique_ptr<RunScope> scope_;
  SyncReport report_;
  std::optional<util::Error> zone_error_;
  std::optional<util::Error> safety_stop_;
  SyncEnd end_;
};

}  // namespace

SyncOutcome sync(const RunContext& context, const SyncOptions& options, Observer& observer) {
  return Sync(context, options, observer).run();
}

}  // namespace i2i::app
