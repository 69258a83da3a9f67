#pragma once
// Sidecars and media files as they lie on the volume.

#include <string>

#include "app/sidecars/sidecar_decision.hpp"
#include "i2i/media/embedded.hpp"
#include "i2i/model/checksum.hpp"
#include "i2i/util/file.hpp"

namespace i2i::app {

/// What the placed file says of itself. not_found where it is not there.
util::Result<media::Embedded> read_embedded_of(const util::Root& root, const std::string& media_path);

/// What lies beside a media file.
util::Result<SidecarOnDisk> read_sidecar(const util::Root& root, const std::string& media_path);

/// Written in the dot folder, made durable, then renamed: old or new content, never half. replaces: over what is there,
/// else refused where something is.
util::Result<void> place_sidecar(const util::Root& root, const model::Checksum& checksum, const std::string& media_path,
                                 const std::string& text, bool replaces);

/// Moves a media file's time on by a second, so that Immich looks at it and its sidecar again. Returns what the file
/// system keeps. Done twice it is done once: from is what the ledger has.
util::Result<util::UnixMillis> touch_media(const util::Root& root, const std::string& media_path,
                                           util::UnixMillis from);

}  // namespace i2i::app
