#pragma once
// What Immich knows of us: ids, and what was last sent, so that only changes in iCloud are carried over.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "i2i/ledger/ledger.hpp"
#include "i2i/model/checksum.hpp"

namespace i2i::ledger {

struct ImportedAsset {
  model::Checksum checksum;
  std::string asset_id;               // Immich's UUID
  std::optional<bool> favorite_sent;  // nullopt: never sent
  std::optional<bool> hidden_sent;
  bool locked = false;  // sent to the locked folder, where no API key sees or changes it
};

struct ImportedAlbum {
  std::string zone;
  std::string album;  // iCloud record name
  std::string immich_id;
  std::string name_sent;
};

class Imports {
 public:
  explicit Imports(Ledger& ledger) : ledger_(ledger) {}

  util::Result<std::optional<ImportedAsset>> asset(const model::Checksum& checksum);
  /// An asset that Immich knows under another id than before is in none of its albums, stacks and links any more.
  util::Result<void> put_assets(const std::vector<ImportedAsset>& assets);
  util::Result<void> forget_asset(const model::Checksum& checksum);
  util::Result<void> for_each_asset(const std::function<util::Result<void>(const ImportedAsset&)>& visit);
  /// Every id, e.g. when another Immich or another path is meant.
  util::Result<void> forget_all();

  util::Result<std::vector<ImportedAlbum>> albums();
  util::Result<void> put_album(const ImportedAlbum& album);
  util::Result<void> forget_album(const std::string& zone, const std::string& album);
  /// Members last sent to that album, sorted.
  util::Result<std::vector<model::Checksum>> members_sent(const std::string& zone, const std::string& album);
  /// internal where put_album was never called for it.
  util::Result<void> set_members_sent(const std::string& zone, const std::string& album,
                                      const std::vector<model::Checksum>& members);

 private:
  Ledger& ledger_;
};

}  // namespace i2i::ledger
