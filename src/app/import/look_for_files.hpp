#pragma once
// Which of our files Immich has, for the report and the ledger.

#include <optional>
#include <string>

#include "app/import/immich_access.hpp"
#include "app/import/last_look.hpp"
#include "i2i/app/report.hpp"
#include "i2i/ledger/ledger.hpp"

namespace i2i::app {

class LookForFiles {
 public:
  LookForFiles(ImmichAccess& access, ledger::Ledger& ledger, ImportReport& report)
      : access_(access), ledger_(ledger), report_(report) {}

  /// Fills assets, missing and their reasons; what Immich has is in the ledger then, with its id. Rests on the last
  /// whole look where that still holds, and asks for what is new only. Without a library it asks for everything, and
  /// notes nothing for the next time.
  enum class After { nothing, scan };
  util::Result<void> look(const immich::Library* library, After after);

  /// What exclusion patterns of the library keep out: no scan brings that.
  struct KeptOut {
    std::int64_t missing = 0;
    std::int64_t offline = 0;
    std::string pattern;  // one of those that take files offline
  };
  [[nodiscard]] const KeptOut& kept_out() const { return kept_out_; }

 private:
  util::Result<std::optional<LastLook>> base(const immich::Library& library, After after);
  util::Result<void> ask(const immich::Library* library, const std::optional<LastLook>& base);
  util::Result<void> note(const immich::Library& library, util::UnixMillis since);
  void count_missing(const immich::Library* library, const std::string& path);

  ImmichAccess& access_;
  ledger::Ledger& ledger_;
  ImportReport& report_;
  KeptOut kept_out_;
};

}  // namespace i2i::app
