#pragma once
// RAW with JPEG, edit over original, bursts: as stacks in Immich (docs/decisions/0020-stacks.md).

#include "app/import/carried.hpp"
#include "i2i/app/report.hpp"
#include "i2i/ledger/stacks.hpp"

namespace i2i::app {

class StackCarryOver {
 public:
  StackCarryOver(ImmichAccess& access, ledger::Ledger& ledger, Carried& carried, std::stop_token stop,
                 ImportReport& report)
      : access_(access), ledger_(ledger), carried_(carried), stop_(std::move(stop)), report_(report) {}

  /// Sends the stacks that changed in iCloud since they were last sent.
  util::Result<void> run();

 private:
  util::Result<void> collect(ledger::Stacks& stacks);
  /// Those that Immich has, in the same order.
  util::Result<std::vector<model::Checksum>> present(const std::vector<model::Checksum>& contents);
  util::Result<std::vector<std::string>> ids_of(const std::vector<model::Checksum>& contents);
  util::Result<void> send(const ledger::StackChange& change);
  util::Result<void> make(const ledger::StackChange& change, std::vector<std::string> ids);
  util::Result<void> end(const ledger::StackChange& change);
  util::Result<void> take_out(const std::string& stack, const std::vector<model::Checksum>& contents);

  ImmichAccess& access_;
  ledger::Ledger& ledger_;
  Carried& carried_;
  std::stop_token stop_;
  ImportReport& report_;
};

}  // namespace i2i::app
