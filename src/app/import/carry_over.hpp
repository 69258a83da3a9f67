#pragma once
// Favourites, archive for hidden, albums. Only differences to what was last sent go out, so a choice made in Immich
// stays until iCloud changes.

#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "app/import/carried.hpp"
#include "app/import/own_albums.hpp"
#include "i2i/app/report.hpp"
#include "i2i/ledger/ledger.hpp"
#include "i2i/model/checksum.hpp"

namespace i2i::app {

class CarryOver {
 public:
  CarryOver(ImmichAccess& access, ledger::Ledger& ledger, Carried& carried, std::stop_token stop, ImportReport& report)
      : access_(access),
        ledger_(ledger),
        carried_(carried),
        stop_(std::move(stop)),
        report_(report),
        own_(access, ledger) {}

  util::Result<void> favorites();
  util::Result<void> hidden();
  util::Result<void> albums();

 private:
  enum class Flag { favorite, hidden };
  using Contents = std::unordered_set<model::Checksum>;
  util::Result<void> flags(Flag flag);
  util::Result<Contents> shown_favorites();
  util::Result<Contents> hidden_ones();
  /// Only what Immich has: the rest is added by the import that finds it.
  util::Result<std::vector<model::Checksum>> shown_members(const ledger::AlbumView& album);
  using SentAlbums = std::map<std::pair<std::string, std::string>, ledger::ImportedAlbum>;  // by zone and record
  util::Result<void> one_album(const std::string& zone, const std::string& album, const std::string& name,
                               const std::vector<model::Checksum>& contents, const SentAlbums& sent_albums);
  /// An album that an earlier import made, and no ledger knows of: what it lacks is added, what else is in it stays.
  util::Result<void> take_up(const std::string& zone, const std::string& album, const std::string& name,
                             const std::vector<model::Checksum>& contents, const OwnAlbum& own);
  util::Result<void> change_album(const ledger::ImportedAlbum& album, const std::string& name,
                                  const std::vector<model::Checksum>& contents);
  /// Of albums that iCloud has no more: what came from there is taken out.
  util::Result<void> empty_albums(const SentAlbums& gone);
  /// Ids of those contents that Immich has, in the same order.
  util::Result<std::vector<std::string>> ids_of(const std::vector<model::Checksum>& contents);

  ImmichAccess& access_;
  ledger::Ledger& ledger_;
  Carried& carried_;
  std::stop_token stop_;
  ImportReport& report_;
  OwnAlbums own_;
};

}  // namespace i2i::app
