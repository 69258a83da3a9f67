#pragma once
// iCloud -> catalogue in the ledger.

#include <map>
#include <string>
#include <vector>

#include "i2i/app/account.hpp"
#include "i2i/app/report.hpp"
#include "i2i/icloud/cloudkit.hpp"
#include "i2i/ledger/ledger.hpp"

namespace i2i::app {

struct MirrorReport {
  std::vector<LibraryReport> libraries;
  std::map<std::string, std::int64_t> skipped;  // records by reason
  std::vector<std::string> notes;
  bool complete = true;  // every library was read to the end and indexed
};

enum class MirrorWay { changes_where_possible, list_anew };

/// Brings the ledger's catalogue up to date. A library that fails is in the report with its error; the others go on.
/// Error: what concerns them all (zones cannot be listed, ledger).
util::Result<MirrorReport> mirror(icloud::CloudKit& cloudkit, ledger::Ledger& ledger, MirrorWay way,
                                  Observer& observer);

}  // namespace i2i::app
