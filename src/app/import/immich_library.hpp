#pragma once
// The external library: found or made, proven to see the volume, scanned.

#include <string>

#include "app/import/immich_access.hpp"
#include "i2i/immich/scan.hpp"

namespace i2i::app {

struct FoundLibrary {
  immich::Library library;
  bool created = false;
};

/// By import path first, then the owner's by one above it (a second library would show every file twice), then by name
/// among the owner's, else created.
util::Result<FoundLibrary> find_or_create_library(ImmichAccess& access, const std::string& name);

/// That the server does not see the volume where it should, and its reason.
util::Error not_seen(const ImmichAccess& access, const std::string& reason);

std::string without_slash(std::string path);

/// Proves that the server sees this very volume: its sentinel folder, not only the path (a lost mount leaves an empty
/// folder, and a scan of that takes every asset offline). Works with a restricted key too
/// (docs/protocol/immich-observed.md §3).
util::Result<void> prove_mount(ImmichAccess& access, const immich::Library& library, const std::string& sentinel);

}  // namespace i2i::app
