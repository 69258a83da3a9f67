#pragma once
#include <optional>
#include <string>

#include "app/telling/problems.hpp"
#include "i2i/app/account.hpp"
#include "i2i/ledger/runs.hpp"

namespace i2i::app {

/// The account's note on what was told and how its runs went, locked for one run after the other. Without one (no
/// account, a state dir that cannot be written) everything is news, and that is said in the log.
class TellingNote {
 public:
  explicit TellingNote(const RunContext& context);
  void store();
  /// nullopt where it is not clear which account is meant.
  [[nodiscard]] const std::optional<AccountPaths>& paths() const { return paths_; }

  TellingState state;

 private:
  void give_up(const util::Error& error);

  std::optional<AccountPaths> paths_;
  std::optional<ledger::RunLock> lock_;
};

}  // namespace i2i::app
