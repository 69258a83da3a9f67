#pragma once
// What is planned and not there yet is fetched: the plan's contents handed to the transfer, in the catalogue's order.

#include "app/run/run_scope.hpp"
#include "app/sync/last_sync.hpp"
#include "app/sync/plan.hpp"
#include "i2i/app/sync.hpp"

namespace i2i::app {

struct FetchParts {
  const RunContext& context;
  const SyncOptions& options;
  RunScope& scope;
  icloud::CloudKit& cloudkit;
  const util::Root& root;
  Observer& observer;
};

/// Into the report: what came, what did not and why; into the end: what Apple gave no address for. Both hold what was
/// done by then where an error ends it.
util::Result<void> fetch(const FetchParts& parts, const PlanReport& plan, SyncReport& report, SyncEnd& end);

}  // namespace i2i::app
