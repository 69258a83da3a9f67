#pragma once
// iCloud -> catalogue in the ledger.

#include <map>
#include <string>
#include <vector>

#include "i2i/app/account.hpp"
#include "i2i/app/report.hpp"
#include "i2i/icloud/cloudkit.hpp"
#include "i2i/ledger/ledger.hpp"
#include "i2i/model/selection.hpp"

namespace i2i::app {

struct MirrorReport {
  std::vector<LibraryReport> libraries;
  std::map<std::string, std::int64_t> skipped;  // records by reason
  std::vector<std::string> notes;
  /// Every library was read to its end, is indexed, and holds what Apple counts: what is not in the catalogue is gone.
  bool complete = true;
};

enum class MirrorWay { changes_where_possible, list_anew };

/// Brings the ledger's catalogue up to date. A library that fails is in the report with its error; the others go on. So
/// does a personal library that the account does not have, unless selection leaves it out anyway (account_action).
/// Error: what concerns them all (zones cannot be listed, ledger).
util::Result<MirrorReport> mirror(icloud::CloudKit& cloudkit, ledger::Ledger& ledger, MirrorWay way,
                                  const model::Selection& selection, Observer& observer);

}  // namespace i2i::app
