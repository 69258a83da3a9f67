#pragma once
// Live photos: Immich links their films by an identifier in the files; here each link is checked, mended, or made
// (docs/decisions/0021-live-links.md).

#include <unordered_map>

#include "app/import/carried.hpp"
#include "i2i/app/report.hpp"
#include "i2i/ledger/live_links.hpp"

namespace i2i::app {

class LivePhotos {
 public:
  LivePhotos(ImmichAccess& access, ledger::Ledger& ledger, Carried& carried, std::stop_token stop, ImportReport& report)
      : access_(access), ledger_(ledger), carried_(carried), stop_(std::move(stop)), report_(report) {}

  /// Looks at the live photos that Immich may have read anew since they were last looked at. Only where nothing is left
  /// to be extracted: that links anew.
  util::Result<void> run(const std::string& library_id);

 private:
  using LinkedVideos = std::unordered_map<std::string, std::string>;  // by the still's Immich id
  util::Result<void> collect(ledger::LiveLinks& links);
  /// What Immich has linked to the stills of these groups: one by one, or by a listing where they are many.
  util::Result<LinkedVideos> linked_now(const std::vector<ledger::LiveGroup>& groups, const std::string& library_id);
  util::Result<void> mend(const ledger::LiveGroup& group, const LinkedVideos& linked);

  ImmichAccess& access_;
  ledger::Ledger& ledger_;
  Carried& carried_;
  std::stop_token stop_;
  ImportReport& report_;
};

}  // namespace i2i::app
