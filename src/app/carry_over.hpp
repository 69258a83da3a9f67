#pragma once
// What lives in Immich's database and not in files: favourites, archive for hidden, albums. Only differences to what
// was last sent go out, so a choice made in Immich stays until iCloud changes.

#include <map>
#include <string>

#include "app/immich_access.hpp"
#include "i2i/app/report.hpp"
#include "i2i/ledger/ledger.hpp"
#include "i2i/model/checksum.hpp"

namespace i2i::app {

class CarryOver {
 public:
  CarryOver(ImmichAccess& access, ledger::Ledger& ledger, std::stop_token stop, ImportReport& report)
      : access_(access), ledger_(ledger), stop_(std::move(stop)), report_(report) {}

  util::Result<void> favorites();
  util::Result<void> hidden();
  util::Result<void> albums();

 private:
  enum class Flag { favorite, hidden };
  util::Result<void> flags(Flag flag);
  util::Result<void> one_album(const std::string& zone, const std::string& album, const std::string& name,
                               const std::vector<model::Checksum>& contents);
  /// Ids of those contents that Immich has, in the same order.
  util::Result<std::vector<std::string>> ids_of(const std::vector<model::Checksum>& contents);

  ImmichAccess& access_;
  ledger::Ledger& ledger_;
  std::stop_token stop_;
  ImportReport& report_;
};

}  // namespace i2i::app
