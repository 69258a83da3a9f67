#pragma once
#include <optional>
#include <string>

#include "i2i/app/account.hpp"
#include "i2i/app/import.hpp"
#include "i2i/app/report.hpp"

namespace i2i::app {

struct DoctorOptions {
  std::string photos_dir;
  /// Asked where its url is given.
  ImmichOptions immich;
};

/// Looks at everything that a run needs, and goes on after what fails: state dir, ledger, session, iCloud, clock,
/// volume, Immich. A check that cannot be made because of an earlier one that failed is left out. Writes nothing to the
/// photos dir, the ledger or Immich; the session is renewed where that needs no person, as auth --check does.
DoctorReport examine(const RunContext& context, const DoctorOptions& options);

}  // namespace i2i::app
