#pragma once
#include "i2i/app/account.hpp"
#include "i2i/app/report.hpp"

namespace i2i::app {

/// What session file and ledger say; touches no network and changes nothing.
util::Result<StatusReport> status(const RunContext& context);

}  // namespace i2i::app
