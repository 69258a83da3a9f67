#pragma once
// Albums in Immich that an earlier import made, where the ledger does not know of it (made anew, or lost between the
// two): docs/decisions/0035-our-albums-are-known-again.md.

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "app/import/immich_access.hpp"
#include "i2i/ledger/ledger.hpp"

namespace i2i::app {

struct OwnAlbum {
  std::string id;
  std::unordered_set<std::string> members;  // ids of assets
};

class OwnAlbums {
 public:
  OwnAlbums(ImmichAccess& access, ledger::Ledger& ledger) : access_(access), ledger_(ledger) {}

  /// What an album of ours has in its description, whatever else is there. Not secret, and says nothing to others.
  static std::string mark(const std::string& zone, const std::string& album);

  /// By its mark, else one without any that has this name and exactly these assets. Reads the list of albums once, when
  /// first asked.
  util::Result<std::optional<OwnAlbum>> find(const std::string& zone, const std::string& album, const std::string& name,
                                             const std::vector<std::string>& asset_ids);

 private:
  util::Result<void> list();
  util::Result<std::unordered_set<std::string>> members(const std::string& id);

  ImmichAccess& access_;
  ledger::Ledger& ledger_;
  bool listed_ = false;
  std::vector<immich::Album> unknown_;  // those that no row of the ledger names
};

}  // namespace i2i::app
