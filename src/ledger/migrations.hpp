#pragma once
#include "i2i/util/result.hpp"

namespace i2i::ledger {

class Connection;

/// "i2iL": marks the file as ours in SQLite's header.
inline constexpr int kApplicationId = 0x6932694C;

/// The schema version this program writes: the number of its migrations.
int newest_schema();

/// Brings a file (or an empty one) to newest_schema(), each step in a transaction of its own. ledger_newer where the
/// file is beyond it; ledger_damaged where it is some other program's database.
util::Result<void> migrate(Connection& connection);

}  // namespace i2i::ledger
