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
  std::string what;  // for missing and damaged: one sentence
};

struct VolumeCheckParts {
  const util::Root& root;
  ledger::Ledger& ledger;
  bool quick = false;  // size and modification time instead of every byte
  std::stop_token stop;
  Observer& observer;
};

/// Calls visit for every placed or damaged row, on the calling thread, in no particular order.
util::Result<void> check_volume(const VolumeCheckParts& parts,
                                const std::function<util::Result<void>(const CheckedFile&)>& visit);

}  // namespace i2i::app
