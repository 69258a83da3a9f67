#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "i2i/app/account.hpp"
#include "i2i/app/report.hpp"
#include "i2i/util/secret.hpp"

namespace i2i::app {

struct ImmichOptions {
  std::string url;
  util::Secret key;        // the library owner's
  util::Secret admin_key;  // for libraries and queues; empty: the same key
  std::string path;        // how the server sees the photos dir; "" = the photos dir
};

struct ImportOptions {
  std::string photos_dir;
  ImmichOptions immich;
  std::string library_name = "iCloud";
  bool albums = true;
  bool favorites = true;
  bool stacks = true;
  bool live_links = true;
  bool lock_hidden = false;  // the locked folder instead of the archive
  bool accept_move = false;  // goes on where the volume's new path in Immich costs what was set there by hand
  bool wait = true;
  std::chrono::seconds timeout{6 * 3600};
};

struct ImportOutcome {
  ImportReport report;
  std::optional<util::Error> error;
};

/// Library, mount probe, scan, wait, presence, favourites, archive for hidden, stacks, albums, live photos, lock for
/// hidden. Only differences are sent.
ImportOutcome import_library(const RunContext& context, const ImportOptions& options, Observer& observer);

}  // namespace i2i::app
