#pragma once
// What the library has besides our files, and why (docs/decisions/0033-extras-and-exclusions.md).

#include "app/import/immich_access.hpp"
#include "i2i/app/report.hpp"
#include "i2i/ledger/ledger.hpp"
#include "i2i/util/file.hpp"

namespace i2i::app {

/// Walks the volume for photos and videos that are no files of ours and asks Immich for them in bulk; and lists what is
/// offline in the library. A few calls, unless much of it is there.
util::Result<ExtrasReport> find_extras(ImmichAccess& access, ledger::Ledger& ledger, const util::Root& root,
                                       const immich::Library& library);

/// For a person: what to do about them; empty where nothing is to be done.
std::vector<std::string> notes_of(const ExtrasReport& extras);

}  // namespace i2i::app
