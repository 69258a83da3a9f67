#pragma once
// A library of real files, described by a manifest (tests/media/README.md, tests/emulator/README.md).

#include <string>

#include "emulator/icloud/photos/library.hpp"

namespace emulator::icloud {

/// Adds everything the manifest names; paths in it are relative to it. Throws std::runtime_error or
/// std::invalid_argument naming what is wrong.
void load_manifest(Library& library, const std::string& file);
/// The same from a manifest already read; folder: what its paths are relative to.
void add_manifest(Library& library, const nlohmann::json& manifest, const std::string& folder);

}  // namespace emulator::icloud
