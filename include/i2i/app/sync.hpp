#pragma once
#include <optional>
#include <string>

#include "i2i/app/account.hpp"
#include "i2i/app/report.hpp"
#include "i2i/model/selection.hpp"

namespace i2i::app {

enum class AdoptWish {
  never,        // only planned paths are looked at
  when_useful,  // the volume is walked where some wanted content was never looked for on it
  now,          // the volume is walked in any case
};
/// What happens to a file whose content is gone from iCloud.
enum class DeletedFiles { keep, trash };

struct SyncOptions {
  std::string photos_dir;
  model::Selection selection;
  std::string layout = "{year}/{month}/{day}";
  std::size_t jobs = 8;
  AdoptWish adopt = AdoptWish::when_useful;
  bool rebuild = false;  // sets the ledger aside and makes it anew from iCloud and the volume; adopts now
  bool full = false;
  bool sidecars = true;
  bool sidecar_rating = false;  // a favourite is rating 5
  DeletedFiles deleted = DeletedFiles::keep;
  std::int64_t max_deletions = 100;  // above it nothing is moved, and the run ends in safety_stop
};

struct SyncOutcome {
  SyncReport report;
  std::optional<util::Error> error;  // why the run could not be finished; the report says how far it came
};

/// Mirrors the catalogue, plans, transfers. Everything done is durable, whatever the outcome.
SyncOutcome sync(const RunContext& context, const SyncOptions& options, Observer& observer);

}  // namespace i2i::app
