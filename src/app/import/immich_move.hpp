#pragma once
// Immich sees the volume at another path than at the last import (docs/decisions/0032-a-moved-mount.md).

#include <optional>
#include <string>

#include "app/import/immich_access.hpp"
#include "i2i/ledger/ledger.hpp"

namespace i2i::app {

struct MovedLibrary {
  immich::Library library;
  std::string from;  // the import path that is to give way, without a slash at its end
};

/// A library of the owner's that has the volume under another path than access.container_root(), and none has it under
/// this one. Where the server sees the volume at that other path still, the access takes it, and nothing moves: note
/// says so to a person. from_before: the path of the last import, "" where none is known; only that one is ever taken
/// for moved, since what else is not there may be another volume that is away.
/// Probing: what a key that may not validate does instead; by_update asks by an update that is taken back.
enum class Probing { never, by_update };
util::Result<std::optional<MovedLibrary>> find_moved(ImmichAccess& access, const std::string& from_before,
                                                     const std::string& sentinel, Probing probing, std::string& note);

/// Gives the library the new path instead of the old one. immich_refused where the server does not see the volume
/// there, or the library is not ours alone to change; safety_stop where what a person made of the photos in Immich
/// would be lost, unless that is accepted. Nothing is changed then.
enum class Losses { stop, accept };
util::Result<void> move_library(ImmichAccess& access, ledger::Ledger& ledger, MovedLibrary& moved,
                                const std::string& sentinel, Losses losses);

/// What the move means, for a person.
std::string note_of_move(const std::string& from, const std::string& to);

}  // namespace i2i::app
