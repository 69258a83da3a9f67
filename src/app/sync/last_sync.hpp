#pragma once
// What a sync leaves for the next one: whether everything wanted was placed, and what was counted then.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/sync/plan.hpp"
#include "i2i/app/report.hpp"
#include "i2i/app/sync.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/ledger.hpp"

namespace i2i::app {

/// True where the last sync with these very options placed everything and nothing was queued since; the report then
/// says what was counted at that time.
util::Result<bool> is_all_done(ledger::Ledger& ledger, const SyncOptions& options, SyncReport& report);

/// What the report does not say about a sync that came to its end.
struct SyncEnd {
  bool catalogue_complete = false;
  bool deletions_done = false;               // what was gone by then was moved to the trash
  std::int64_t without_address = 0;          // contents that Apple gave no address for
  std::vector<ledger::AwaitedFile> awaited;  // to be asked for by name in each run
};

util::Result<void> remember(ledger::Ledger& ledger, const SyncOptions& options, const SyncReport& report,
                            const PlanReport& plan, const SyncEnd& end);

/// Into the report: what was selected and what was left out, by reason and by library.
void note_selected(SyncReport& report, std::int64_t selected, const std::map<std::string, std::int64_t>& excluded,
                   const std::map<std::string, std::int64_t>& excluded_by_zone);

}  // namespace i2i::app
