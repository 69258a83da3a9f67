#pragma once
// The photos dir: opened, proven to be the volume this ledger knows, with its own dot folder.

#include <string>

#include "i2i/ledger/ledger.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/result.hpp"

namespace i2i::app {

/// Names below the photos dir that are ours. A leading dot keeps Immich's crawler and our own walk out.
inline constexpr const char* kDotFolder = ".icloud2immich";
inline constexpr const char* kMarker = ".icloud2immich/volume.json";
inline constexpr const char* kPartFolder = ".icloud2immich/tmp";
inline constexpr const char* kAsideFolder = ".icloud2immich/aside";

enum class VolumeUse { read, write };

/// Opens the photos dir. Design §10.8: the volume carries a marker that the ledger knows.
/// write: a new volume gets its marker, a rebuilt ledger of the same account takes the volume over. A volume without a
/// marker on which this ledger's files lie (a person removed it, or a backup left it out) gets it back.
/// volume_foreign: an empty mount point where files should be, another account's volume, another volume.
util::Result<util::Root> open_volume(const std::string& photos_dir, ledger::Ledger& ledger, const std::string& dsid,
                                     VolumeUse use);

/// Before a ledger is set aside to be made anew: volume_foreign where the photos dir is as empty as the mount point of
/// a lost mount, since a new ledger could not tell.
util::Result<void> check_not_empty(const std::string& photos_dir);

/// The marker's id, as Immich can be asked about it: the name of an empty folder in the dot folder.
std::string sentinel_folder(const std::string& volume_id);

/// The volume id this ledger knows; "" where none.
util::Result<std::string> known_volume_id(ledger::Ledger& ledger);

}  // namespace i2i::app
