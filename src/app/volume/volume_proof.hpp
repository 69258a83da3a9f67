#pragma once
// A volume without its marker may still be ours: the files on it tell.

#include "i2i/ledger/ledger.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/result.hpp"

namespace i2i::app {

/// True where the files that the ledger knows lie here: of a sample over all its paths at least half are there, and
/// each of those has the ledger's size and, up to a few megabytes, its bytes. An empty mount point has none, another
/// volume has others.
util::Result<bool> holds_our_files(const util::Root& root, ledger::Ledger& ledger);

}  // namespace i2i::app
