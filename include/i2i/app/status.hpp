#pragma once
#include "i2i/app/account.hpp"
#include "i2i/app/report.hpp"

namespace i2i::app {

struct StatusOptions {
  std::string photos_dir;  // "": the trash is told as the ledger remembers it; else it is looked into where it is there
  std::string manifest;    // "": none; else the file that the list of all files goes to
};

/// What session file and ledger say; touches no network and changes nothing but the manifest. usage: a manifest is
/// wanted of a library that was never brought.
util::Result<StatusReport> status(const RunContext& context, const StatusOptions& options);

}  // namespace i2i::app
