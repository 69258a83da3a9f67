#include "app/sync/last_sync.hpp"

#include "app/catalogue/sync_state_decode.hpp"
#include "app/sidecars/sidecars.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/ledger/runs.hpp"

namespace i2i::app {

using util::Result;

void note_selected(SyncReport& report, std::int64_t selected, const std::map<std::string, std::int64_t>& excluded,
                   const std::map<std::string, std::int64_t>& excluded_by_zone) {
  report.selected = selected;
  report.excluded = excluded;
  for (auto& library : report.libraries) {
    const auto it = excluded_by_zone.find(library.zone);
    if (it != excluded_by_zone.end()) library.excluded = it->second;
  }
}

Result<bool> is_all_done(ledger::Ledger& ledger, const SyncOptions& options, SyncReport& report) {
  if (options.rebuild || options.adopt == AdoptWish::now) return false;
  I2I_ASSIGN(const auto state, load_sync_state(ledger));
  I2I_ASSIGN(const bool news, has_news(ledger));
  if (news || !state || !state->complete || state->layout != options.layout ||
      encode_selection(state->selection) != encode_selection(options.selection) ||
      (options.deleted == DeletedFiles::trash && !state->deletions_done)) {
    return false;
  }
  I2I_ASSIGN(const auto totals, ledger::Placements(ledger).totals());
  if (totals.damaged > 0) return false;
  I2I_ASSIGN(const bool sidecars_done, are_sidecars_done(ledger, options, report));
  if (!sidecars_done) return false;
  report.files.wanted = state->wanted;
  report.files.present = state->wanted - state->without_address;
  report.files.unavailable = state->unavailable;
  note_selected(report, state->selected, state->excluded, state->excluded_by_zone);
  return true;
}

Result<void> remember(ledger::Ledger& ledger, const SyncOptions& options, const SyncReport& report,
                      const PlanReport& plan, const SyncEnd& end) {
  std::vector<ledger::Runs::LeftOver> left_overs;
  for (const auto& failure : report.failures) {
    I2I_ASSIGN(const auto placement, ledger::Placements(ledger).at_path(failure.path));
    if (placement) left_overs.push_back({placement->checksum, failure.error.message});
  }
  I2I_TRY(ledger::Runs(ledger).set_left_overs(left_overs));
  // What has no address is asked for by name in each run (ask_again.hpp): no plan is needed to find it.
  I2I_TRY(ledger::Catalogue(ledger).set_awaited_files(end.awaited));
  SyncState state;
  state.selection = options.selection;
  state.layout = options.layout;
  state.complete = end.catalogue_complete && report.failures.empty() &&
                   report.files.downloaded + end.without_address == plan.to_fetch;
  state.without_address = end.without_address;
  state.deletions_done = end.deletions_done;
  state.selected = plan.selected;
  state.wanted = plan.wanted;
  state.unavailable = report.files.unavailable;
  state.excluded = plan.excluded;
  state.excluded_by_zone = plan.excluded_by_zone;
  I2I_TRY(store_sync_state(ledger, state));
  return state.complete ? clear_news(ledger) : Result<void>{};
}

}  // namespace i2i::app
