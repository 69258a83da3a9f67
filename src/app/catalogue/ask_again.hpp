#pragma once
// What Apple offered no file for, asked for again: a few lookups a run, however large the library is.

#include "i2i/icloud/cloudkit.hpp"
#include "i2i/ledger/catalogue.hpp"

namespace i2i::app {

/// Looks up, in batches, the masters of a zone that assets name and that never came (docs/protocol/icloud.md §7.3:
/// pages leave masters out), and the files of it that the last sync found without an address. What has come since goes
/// into the catalogue and counts as news (sync_state_decode.hpp). A record that stays out of reach is asked for again
/// in the next run. Returns how many records brought something. Errors: as CloudKit's lookup, and the ledger's.
util::Result<std::int64_t> ask_again(icloud::CloudKit& cloudkit, ledger::Ledger& ledger, const model::ZoneId& zone);

}  // namespace i2i::app
