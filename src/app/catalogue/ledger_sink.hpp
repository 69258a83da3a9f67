#pragma once
// The ledger as the keeper of a catalogue that is being read.

#include <optional>
#include <string>
#include <vector>

#include "i2i/icloud/catalogue.hpp"
#include "i2i/ledger/catalogue.hpp"

namespace i2i::app {

/// Adds up what each page changed. While a zone is listed, pages are committed in groups: names are as good as random,
/// so each page touches half the leaves of its indexes anew, and a page of its own for each would write them all again
/// and again. What a crash loses of a listing, the next one brings; its token is stored by finish_listing only.
class LedgerSink : public icloud::CatalogueSink {
 public:
  explicit LedgerSink(ledger::Ledger& ledger) : ledger_(ledger), catalogue_(ledger) {}

  util::Result<void> begin_listing(const model::ZoneId& zone) override;
  util::Result<void> put_listed(const model::ZoneId& zone, const std::vector<model::Record>& records) override;
  util::Result<void> finish_listing(const model::ZoneId& zone, const std::string& token,
                                    icloud::Unshown unshown) override;
  util::Result<icloud::Shown> shown(const model::ZoneId& zone) override;
  util::Result<void> put_changes(const model::ZoneId& zone, const std::vector<model::Record>& records,
                                 const std::string& token) override;
  util::Result<bool> is_listed_asset(const model::ZoneId& zone, const std::string& name) override;

  /// Keeps what a listing that did not end has shown.
  util::Result<void> commit();
  [[nodiscard]] const ledger::Applied& applied() const { return applied_; }

 private:
  util::Result<void> join_group(std::size_t records);
  util::Result<void> add(util::Result<ledger::Applied> page);

  ledger::Ledger& ledger_;
  ledger::Catalogue catalogue_;
  ledger::Applied applied_;
  bool listing_ = false;
  std::optional<ledger::Transaction> group_;
  std::size_t in_group_ = 0;
};

}  // namespace i2i::app
