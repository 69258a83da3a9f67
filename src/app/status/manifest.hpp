#pragma once
// status --manifest: a list of every file that outlives this program (docs/decisions/0026-a-list-that-outlives-us.md).

#include <string>
#include <string_view>

#include "i2i/app/report.hpp"
#include "i2i/ledger/ledger.hpp"

namespace i2i::app {

/// A field of the list: the text, with every byte that would not show, or would be taken for something else, as %XX;
/// "-" for "".
std::string manifest_field(std::string_view text);

/// Writes the list of what the ledger says was placed, 0600, whole or not at all. apple_id, now: for its heading.
util::Result<StatusReport::Manifest> write_manifest(ledger::Ledger& ledger, const std::string& path,
                                                    const std::string& apple_id, util::UnixMillis now);

}  // namespace i2i::app
