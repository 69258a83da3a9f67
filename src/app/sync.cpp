#include "i2i/app/sync.hpp"

#include <fmt/core.h>

#include "app/adopt.hpp"
#include "app/mirror.hpp"
#include "app/plan.hpp"
#include "app/run_scope.hpp"
#include "app/selection_names.hpp"
#include "app/sidecars.hpp"
#include "app/sync_state_decode.hpp"
#include "app/transfer.hpp"
#include "app/trash.hpp"
#include "app/volume.hpp"
#include "app/wanted.hpp"
#include "i2i/app/exit_code.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

/// Feeds the transfer with what is planned but not there.
class WorkFeeder : public WantedVisitor {
 public:
  WorkFeeder(ledger::Ledger& ledger, Transfer& transfer) : placements_(ledger), transfer_(transfer) {}

  Result<void> wanted(const ledger::AssetView& view, const std::vector<model::Rendition>& renditions,
                      const std::vector<std::string>&) override {
    for (const auto& rendition : renditions) {
      I2I_ASSIGN(const auto placement, placements_.find(rendition.checksum));
      if (!placement || placement->state == ledger::PlacementState::placed) continue;
      const bool on_asset = ledger::is_of_asset(rendition.kind);
      const auto slash = placement->path.rfind('/');
      I2I_TRY(transfer_.add({*placement, view.zone, on_asset ? view.asset.name : view.master.name, rendition.kind,
                             view.asset.name,
                             slash == std::string::npos ? placement->path : placement->path.substr(slash + 1)}));
    }
    return {};
  }
  Result<void> excluded(const ledger::AssetView&, const std::string&) override { return {}; }
  Result<void> unavailable(const ledger::AssetView&) override { return {}; }

 private:
  ledger::Placements placements_;
  Transfer& transfer_;
};

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
      I2I_ASSIGN(const bool nothing_to_do, is_all_done());
      if (nothing_to_do) return {};
    }
    I2I_TRY(restore_from_trash(root));
    I2I_TRY(adopt(root, layout));
    I2I_ASSIGN(const auto plan, make_plan(scope_->ledger(), root, options_.selection, layout, context_.clock.now(),
                                          context_.stop, observer_));
    take_over(plan);
    awaited_ = plan.awaited;
    const SidecarParts sidecars{scope_->ledger(), root, options_, context_.options.dry_run, context_.stop, observer_};
    if (!context_.options.dry_run && plan.to_fetch > 0) {
      I2I_TRY(catch_up_with_sidecars(sidecars, report_));
      I2I_TRY(transfer(cloudkit, root, plan));
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
    return remember(plan, mirrored.complete);
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
    deletions_done_ = !trashed.stop;
    return {};
  }

  /// True where the last sync with this very selection placed everything and nothing was queued since.
  Result<bool> is_all_done() {
    if (options_.rebuild || options_.adopt == AdoptWish::now) return false;
    I2I_ASSIGN(const auto state, load_sync_state(scope_->ledger()));
    I2I_ASSIGN(const bool news, has_news(scope_->ledger()));
    if (news || !state || !state->complete || state->layout != options_.layout ||
        encode_selection(state->selection) != encode_selection(options_.selection) ||
        (options_.deleted == DeletedFiles::trash && !state->deletions_done)) {
      return false;
    }
    I2I_ASSIGN(const auto totals, ledger::Placements(scope_->ledger()).totals());
    if (totals.damaged > 0) return false;
    I2I_ASSIGN(const bool sidecars_done, are_sidecars_done(scope_->ledger(), options_, report_));
    if (!sidecars_done) return false;
    report_.files.wanted = state->wanted;
    report_.files.present = state->wanted - state->without_address;
    report_.files.unavailable = state->unavailable;
    report_.selected = state->selected;
    report_.excluded = state->excluded;
    set_excluded_by_zone(state->excluded_by_zone);
    return true;
  }

  void take_over(const PlanReport& plan) {
    report_.files.wanted = plan.wanted;
    report_.files.adopted = plan.adopted + (report_.adoption ? report_.adoption->matched : 0);
    report_.files.present = plan.wanted - plan.to_fetch - report_.files.adopted;
    report_.files.unavailable = plan.unavailable;
    report_.selected = plan.selected;
    report_.excluded = plan.excluded;
    set_excluded_by_zone(plan.excluded_by_zone);
  }

  void set_excluded_by_zone(const std::map<std::string, std::int64_t>& excluded) {
    for (auto& library : report_.libraries) {
      const auto it = excluded.find(library.zone);
      if (it != excluded.end()) library.excluded = it->second;
    }
  }

  Result<void> transfer(icloud::CloudKit& cloudkit, const util::Root& root, const PlanReport& plan) {
    I2I_TRY(enough_space(root, plan.bytes_to_fetch));
    Progress expected{Progress::Phase::transferring, 0, plan.to_fetch, 0, plan.bytes_to_fetch};
    Transfer transfer({scope_->http(), cloudkit, scope_->ledger(), root, context_.clock, context_.stop, options_.jobs,
                       reserve_beside(root), observer_, expected});
    // While a person's consent is waited for, files whose address is known are fetched.
    const ProtectedAccess::Meanwhile meanwhile(scope_->protected_access(), [&transfer] { return transfer.go_on(); });
    WorkFeeder feeder(scope_->ledger(), transfer);
    auto outcome = walk_wanted(scope_->ledger(), options_.selection, AlbumPaths::not_needed, feeder);
    if (outcome) outcome = transfer.finish();
    if (!outcome) transfer.abandon();
    const auto& done = transfer.report();
    awaited_.insert(awaited_.end(), done.awaited.begin(), done.awaited.end());
    without_address_ = done.unavailable;
    report_.files.downloaded = done.downloaded;
    report_.files.unavailable += done.unavailable;
    report_.bytes_downloaded = done.bytes;
    report_.failures = done.failures;
    return outcome;
  }

  /// What the ledger may still need where it lies on the volume too.
  [[nodiscard]] std::uint64_t reserve_beside(const util::Root& root) const {
    constexpr std::uint64_t kForLedger = std::uint64_t{32} << 20;
    return root.holds_file_system_of(scope_->paths().folder) ? kForLedger : 0;
  }

  Result<void> enough_space(const util::Root& root, std::int64_t bytes) {
    I2I_ASSIGN(const auto space, root.space());
    if (static_cast<std::uint64_t>(bytes) <= space.first) return {};
    // Said beforehand, but not an end: what fits is worth having, and some file systems grow or compress.
    report_.notes.push_back(fmt::format("{} are to be fetched, but only {} are free on {}.",
                                        util::human_bytes(static_cast<std::uint64_t>(bytes)),
                                        util::human_bytes(space.first), options_.photos_dir));
    util::log_warn("{}", report_.notes.back());
    return {};
  }

  Result<void> remember(const PlanReport& plan, bool catalogue_complete) {
    std::vector<ledger::Runs::LeftOver> left_overs;
    for (const auto& failure : report_.failures) {
      I2I_ASSIGN(const auto placement, ledger::Placements(scope_->ledger()).at_path(failure.path));
      if (placement) left_overs.push_back({placement->checksum, failure.error.message});
    }
    I2I_TRY(ledger::Runs(scope_->ledger()).set_left_overs(left_overs));
    SyncState state;
    state.selection = options_.selection;
    state.layout = options_.layout;
    // What has no address is asked for by name in each run (ask_again.hpp): no plan is needed to find it.
    I2I_TRY(ledger::Catalogue(scope_->ledger()).set_awaited_files(awaited_));
    state.complete =
        catalogue_complete && report_.failures.empty() && report_.files.downloaded + without_address_ == plan.to_fetch;
    state.without_address = without_address_;
    state.deletions_done = deletions_done_;
    state.selected = plan.selected;
    state.wanted = plan.wanted;
    state.unavailable = report_.files.unavailable;
    state.excluded = plan.excluded;
    state.excluded_by_zone = plan.excluded_by_zone;
    I2I_TRY(store_sync_state(scope_->ledger(), state));
    return state.complete ? clear_news(scope_->ledger()) : Result<void>{};
  }

  const RunContext& context_;
  const SyncOptions& options_;
  Observer& observer_;
  std::unique_ptr<RunScope> scope_;
  SyncReport report_;
  std::optional<util::Error> zone_error_;
  std::optional<util::Error> safety_stop_;
  bool deletions_done_ = false;
  std::vector<ledger::AwaitedFile> awaited_;
  std::int64_t without_address_ = 0;
};

}  // namespace

SyncOutcome sync(const RunContext& context, const SyncOptions& options, Observer& observer) {
  return Sync(context, options, observer).run();
}

}  // namespace i2i::app
