#pragma once
// What a person's phone app uploaded to Immich besides: the same contents, so that each shows twice.

#include <cstdint>

#include "app/import/immich_access.hpp"
#include "i2i/ledger/ledger.hpp"

namespace i2i::app {

/// How many placed files the owner of the key has as an upload of the same bytes too, not in the trash. By SHA-1, which
/// Immich keeps of uploads and the ledger of files (docs/protocol/immich-observed.md §7). Changes nothing.
util::Result<std::int64_t> count_phone_duplicates(ImmichAccess& access, ledger::Ledger& ledger);

}  // namespace i2i::app
