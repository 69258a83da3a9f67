#pragma once
#include "i2i/app/account.hpp"
#include "i2i/app/report.hpp"

namespace i2i::app {

/// What session file and ledger say; touches no network and changes nothing. The trash is looked into where the photos
/// dir is given ("" not) and there; else it is as the ledger remembers it.
util::Result<StatusReport> status(const RunContext& context, const std::string& photos_dir);

}  // namespace i2i::app
