#pragma once
// What the last whole look at Immich found, so that an unchanged month needs no other
// (docs/decisions/0034-looks-that-rest-on-the-last-one.md).

#include <cstdint>
#include <optional>
#include <string>

#include "app/import/immich_access.hpp"
#include "i2i/ledger/ledger.hpp"

namespace i2i::app {

/// Every importable file was there then, under the id that the ledger has.
struct LastLook {
  std::string library;
  std::string root;                   // how the server names the photos dir
  util::UnixMillis since = 0;         // by the server's clock, when it began
  std::int64_t trashed = 0;           // of our files, by a person
  std::optional<std::int64_t> total;  // what the server counts in the library; nullopt where the key may not ask
};

util::Result<std::optional<LastLook>> last_look(ledger::Ledger& ledger);
util::Result<void> note_look(ledger::Ledger& ledger, const LastLook& look);
/// The next import looks at everything.
util::Result<void> forget_look(ledger::Ledger& ledger);

/// Asks Immich what changed since then. True where none of our files is offline, was trashed, or has another id: what
/// the look found still holds. False too where so much changed that a whole look is cheaper.
enum class Counting { compare, leave };  // the total: it is another after a scan
util::Result<bool> still_holds(ImmichAccess& access, ledger::Ledger& ledger, const LastLook& look, Counting counting);

}  // namespace i2i::app
