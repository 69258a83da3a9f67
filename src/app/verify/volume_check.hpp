#pragma once
// Every placed file against its content: read past the page cache and hashed, several at once.

#include <functional>

#include "i2i/app/report.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/util/file.hpp"

namespace i2i::app {

enum class FileState { matching, unproven, missing, damaged };

struct CheckedFile {
  ledger::Placement placement;
  FileState state = FileState::matching;
  std::string what;   // for missing and damaged: one sentence
  bool read = false;  // every byte of it
};

struct VolumeCheckParts {
  const util::Root& root;
  ledger::Ledger& ledger;
  bool quick = false;  // size and modification time instead of every byte
  /// This part is read, those first whose proof is the oldest; with quick the others are looked at, else left alone.
  std::optional<double> subset;
  /// What was proven since then is looked at, not read again: the run goes on with one that was interrupted.
  std::optional<util::UnixMillis> proven_since;
  std::stop_token stop;
  Observer& observer;
};

/// Calls visit for every placed or damaged row that is looked at, on the calling thread, in no particular order.
util::Result<void> check_volume(const VolumeCheckParts& parts,
                                const std::function<util::Result<void>(const CheckedFile&)>& visit);

}  // namespace i2i::app
