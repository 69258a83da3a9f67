#pragma once
// What a person made of our photos in Immich itself, beside what came from iCloud.

#include <string>

#include "app/import/immich_access.hpp"
#include "i2i/ledger/ledger.hpp"

namespace i2i::app {

struct PersonsChoices {
  std::int64_t favorites = 0;     // set or unset there
  std::int64_t archived = 0;      // put into the archive there, or taken out of it
  std::int64_t locked = 0;        // in the locked folder
  std::int64_t trashed = 0;       // by a person: not what went offline
  std::int64_t album_photos = 0;  // put into an album there, or taken out of one of ours; each as often as it was
  [[nodiscard]] bool any() const { return favorites + archived + locked + trashed + album_photos > 0; }
};

/// "3 favourites, 12 photos in albums": what is not zero.
std::string to_string(const PersonsChoices& choices);

/// Reads the library's assets below a container path, and every album of the key's user. Some hundred calls for a large
/// library: for what happens once.
util::Result<PersonsChoices> count_choices(ImmichAccess& access, ledger::Ledger& ledger, const std::string& library_id,
                                           const std::string& root);

}  // namespace i2i::app
