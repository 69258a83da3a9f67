#pragma once
// The steps of adopt_files, each over the ledger's list of the volume's files.

#include <optional>

#include "app/adopt/adopt.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/ledger/volume_files.hpp"

namespace i2i::app {

/// Of each kind of file, so many are named in the report; the list names all.
inline constexpr std::size_t kNamedInReport = 1000;

/// Commits writes to the ledger in groups. Many reads are quicker in it, too: outside a transaction each locks the file
/// anew.
class WriteGroup {
 public:
  explicit WriteGroup(ledger::Ledger& ledger) : ledger_(ledger) {}
  /// Before a write, or one of many reads.
  util::Result<void> next();
  util::Result<void> close();

 private:
  static constexpr std::size_t kSize = 500;
  ledger::Ledger& ledger_;
  std::optional<ledger::Transaction> transaction_;
  std::size_t writes_ = 0;
};

/// True where the content's file is still to be found: it has no placement, a path that is only reserved, or a damaged
/// one with nothing at its path any more.
util::Result<bool> wants_file(const std::optional<ledger::Placement>& placement, const util::Root& root);

/// Makes a file the placement of a content. False where it is not, after all: the file changed since it was read, or
/// its path is another content's.
util::Result<bool> adopt_one(const AdoptParts& parts, const model::Rendition& rendition,
                             const ledger::VolumeFile& file);

/// Reads the files to read that were not read yet, several at once.
util::Result<void> read_candidates(const AdoptParts& parts, AdoptionReport& report);
/// Adopts what is a wanted content, and tells copies and what is left out from what no content is.
util::Result<void> match_contents(const AdoptParts& parts, AdoptionReport& report);
/// Of what is left: files at the place and under the name of a wanted content.
util::Result<void> look_at_leftovers(const AdoptParts& parts, AdoptionReport& report);
/// Counts and names what is left, in the report and in the list.
util::Result<void> tell_leftovers(const AdoptParts& parts, AdoptionReport& report);

}  // namespace i2i::app
