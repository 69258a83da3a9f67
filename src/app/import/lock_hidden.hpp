#pragma once
// What is hidden in iCloud, into Immich's locked folder (import --hidden lock). The last step of a run: nothing can be
// done afterwards to what is locked (docs/protocol/immich.md §3.1).

#include "app/import/immich_access.hpp"
#include "i2i/app/report.hpp"
#include "i2i/ledger/ledger.hpp"

namespace i2i::app {

util::Result<void> lock_hidden(ImmichAccess& access, ledger::Ledger& ledger, const std::stop_token& stop,
                               ImportReport& report);

}  // namespace i2i::app
