#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "i2i/ledger/ledger.hpp"
#include "i2i/model/selection.hpp"

namespace i2i::app {

/// How the last sync that planned ended; kept in the ledger, so that a run without news need not plan again and verify
/// knows what was wanted.
struct SyncState {
  model::Selection selection;
  std::string layout;
  bool complete = false;             // everything wanted was placed, but for what Apple offers no file for
  bool deletions_done = false;       // what was gone by then was moved to the trash
  std::int64_t selected = 0;         // assets
  std::int64_t wanted = 0;           // contents
  std::int64_t without_address = 0;  // wanted contents that Apple gave no address for
  std::int64_t unavailable = 0;
  std::map<std::string, std::int64_t> excluded;
  std::map<std::string, std::int64_t> excluded_by_zone;
};

/// The same selection gives the same text.
std::string encode_selection(const model::Selection& selection);

util::Result<std::optional<SyncState>> load_sync_state(ledger::Ledger& ledger);
util::Result<void> store_sync_state(ledger::Ledger& ledger, const SyncState& state);

/// Whether the catalogue may have changed since the last sync that placed everything. Noted before the first page of
/// news is applied, so that a run that dies in between is not taken for one without news.
util::Result<void> note_news(ledger::Ledger& ledger);
util::Result<void> clear_news(ledger::Ledger& ledger);
util::Result<bool> has_news(ledger::Ledger& ledger);

}  // namespace i2i::app
