#pragma once
// XMP sidecars beside the placed files, where iCloud knows more than the file says. docs/design.md §6,
// docs/decisions/0014.

#include <stop_token>

#include "i2i/app/report.hpp"
#include "i2i/app/sync.hpp"
#include "i2i/ledger/ledger.hpp"
#include "i2i/util/file.hpp"

namespace i2i::app {

struct SidecarParts {
  ledger::Ledger& ledger;
  const util::Root& root;
  const SyncOptions& options;
  bool dry_run = false;  // says in a note what would be written
  std::stop_token stop;
  Observer& observer;
};

/// Whether a run without news has nothing to do here: every file was looked at with these options. Fills in the counts
/// that stay.
util::Result<bool> are_sidecars_done(ledger::Ledger& ledger, const SyncOptions& options, SyncReport& report);

/// Before a transfer, which may take days and be cut short: does what bring_sidecars does where the last run did not
/// come to it, and notes that there is work to do until bring_sidecars is through. What fails is left to that.
util::Result<void> catch_up_with_sidecars(const SidecarParts& parts, SyncReport& report);

/// Writes the missing and the changed ones, for every placed file whatever the selection says now, and moves the time
/// of their media files on. Looks only at files whose asset changed since. Everything done is durable, whatever the
/// outcome; a file that fails is in report.failures and is tried again by the next run.
util::Result<void> bring_sidecars(const SidecarParts& parts, SyncReport& report);

}  // namespace i2i::app
