#pragma once
// Catalogue + selection - placements -> work, with one path reserved for every content, for ever.

#include <map>
#include <string>
#include <vector>

#include "i2i/app/report.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/ledger.hpp"
#include "i2i/media/naming.hpp"
#include "i2i/model/selection.hpp"
#include "i2i/util/file.hpp"

namespace i2i::app {

struct PlanReport {
  std::int64_t selected = 0;  // assets
  std::int64_t wanted = 0;    // distinct contents
  std::int64_t to_fetch = 0;
  std::int64_t bytes_to_fetch = 0;
  std::int64_t adopted = 0;  // found whole at their planned path
  std::int64_t unavailable = 0;
  std::vector<ledger::AwaitedFile> awaited;      // the originals of those assets
  std::map<std::string, std::int64_t> excluded;  // assets by reason
  std::map<std::string, std::int64_t> excluded_by_zone;
};

/// Reserves a path for every wanted content that has none, in the catalogue's stable order, and adopts what already
/// lies whole at a planned path (a file renamed just before a crash). adopt: false (--no-adopt) still looks at planned
/// paths.
util::Result<PlanReport> make_plan(ledger::Ledger& ledger, const util::Root& root, const model::Selection& selection,
                                   const media::Layout& layout, util::UnixMillis now, const std::stop_token& stop,
                                   Observer& observer);

/// The modification time a new file gets: the capture time, else the date added, else now; kept within what file
/// systems hold.
util::UnixMillis first_mtime(const model::Asset& asset, util::UnixMillis now);

}  // namespace i2i::app
