#pragma once
// How the Immich server names the photos dir, where nobody said it (docs/protocol/immich.md §7.9).

#include <string>

#include "app/import/immich_access.hpp"
#include "i2i/ledger/ledger.hpp"

namespace i2i::app {

/// The options with the path that an earlier import found, where none is given.
util::Result<ImmichOptions> with_known_root(ImmichOptions options, ledger::Ledger& ledger);

/// Looks where the server sees this volume, by its sentinel folder: at the path the access has, then at the photos
/// dir's own, then at the import paths of the owner's libraries and the folder of the photos dir's name in each. The
/// access has the right one then. immich_refused where it is at none; leaves the path as it is where the key may not
/// ask.
util::Result<void> find_root(ImmichAccess& access, const std::string& photos_dir, const std::string& sentinel);

/// The path of the last import that went through, at this Immich and as this person there; "" where there is none.
util::Result<std::string> known_root(const ImmichAccess& access, ledger::Ledger& ledger);

/// Another Immich, or another person there, has none of the albums and stacks that were sent: they are forgotten.
util::Result<void> know_whose_immich(const ImmichAccess& access, ledger::Ledger& ledger);

/// For with_known_root and known_root.
util::Result<void> remember_root(const ImmichAccess& access, ledger::Ledger& ledger);

}  // namespace i2i::app
