#include "app/selection/selection_names.hpp"

#include <algorithm>

#include "i2i/ledger/catalogue.hpp"

namespace i2i::app {
namespace {

// Escaped where it is shown, with the rest of the sentence.
std::string quoted(const std::string& name) { return "'" + name + "'"; }

}  // namespace

util::Result<void> note_unknown_names(ledger::Ledger& ledger, const model::Selection& selection,
                                      std::vector<std::string>& notes) {
  ledger::Catalogue catalogue(ledger);
  if (!selection.albums.empty() || !selection.excluded_albums.empty()) {
    I2I_ASSIGN(const auto albums, catalogue.albums());
    const auto note = [&](const std::string& name, const char* consequence) {
      const bool known = std::any_of(albums.begin(), albums.end(), [&](const ledger::AlbumView& album) {
        return model::is_album_meant(album.path, name);
      });
      if (!known) notes.push_back("There is no album " + quoted(name) + " in iCloud" + consequence);
    };
    for (const auto& name : selection.albums)
      note(name, ": nothing is brought for it. See how it is spelled in Photos.");
    for (const auto& name : selection.excluded_albums) {
      note(name, ": nothing is left out for it. See how it is spelled in Photos.");
    }
  }
  I2I_ASSIGN(const auto zones, catalogue.zones());
  for (const auto& name : selection.libraries) {
    model::Selection one;
    one.libraries = {name};
    if (std::any_of(zones.begin(), zones.end(), [&](const auto& zone) { return one.wants_zone(zone.id); })) continue;
    std::string there;
    for (const auto& zone : zones) there += (there.empty() ? "" : ", ") + zone.id.name;
    notes.push_back("The account has no library " + quoted(name) + (there.empty() ? "." : "; it has: " + there + "."));
  }
  return {};
}

}  // namespace i2i::app
