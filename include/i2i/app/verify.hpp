#pragma once
#include <optional>
#include <string>

#include "i2i/app/import.hpp"
#include "i2i/app/report.hpp"

namespace i2i::app {

struct VerifyOptions {
  std::string photos_dir;
  std::optional<ImmichOptions> immich;  // nullopt: Immich is not asked
  bool against_icloud = true;
  bool against_volume = true;
  bool quick = false;
  bool repair = false;
};

struct VerifyOutcome {
  VerifyReport report;
  std::optional<util::Error> error;
};

/// Three inventories, one table. Changes nothing but, with repair, the ledger.
VerifyOutcome verify(const RunContext& context, const VerifyOptions& options, Observer& observer);

}  // namespace i2i::app
