#pragma once
// Files that lie on the volume already become the placements of the contents they are, wherever they lie and whatever
// they are called (docs/decisions/0011-adoption.md).

#include <optional>
#include <stop_token>
#include <string>

#include "i2i/app/report.hpp"
#include "i2i/app/sync.hpp"
#include "i2i/ledger/ledger.hpp"
#include "i2i/media/naming.hpp"
#include "i2i/model/selection.hpp"
#include "i2i/util/file.hpp"

namespace i2i::app {

struct AdoptParts {
  ledger::Ledger& ledger;
  const util::Root& root;
  const model::Selection& selection;
  const media::Layout& layout;
  AdoptWish wish = AdoptWish::when_useful;
  std::size_t jobs = 8;
  std::string volume_id;  // "" not known yet
  std::string list_path;  // where the files that were not recognised are named; outside the volume
  util::Clock& clock;
  std::stop_token stop;
  Observer& observer;
};

/// Walks the volume where that is of use or wished, reads what has the size of a wanted content without a file, and
/// makes placements of what matches. Moves and writes nothing on the volume. nullopt: it was not walked.
/// Killed in between, the next run reads only the rest. Errors: volume, cancelled, the ledger's.
util::Result<std::optional<AdoptionReport>> adopt_files(const AdoptParts& parts);

}  // namespace i2i::app
