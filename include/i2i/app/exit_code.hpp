#pragma once
// The one place that maps what happened to an exit code (docs/cli.md, "Exit codes").

#include <optional>

#include "i2i/app/import.hpp"
#include "i2i/app/sync.hpp"
#include "i2i/app/verify.hpp"
#include "i2i/util/result.hpp"

namespace i2i::app {

inline constexpr int kExitDone = 0;
inline constexpr int kExitItemsLeft = 4;
inline constexpr int kExitDifferences = 5;

int exit_code_for(const util::Error& error);
int exit_code_for(const SyncOutcome& outcome);
int exit_code_for(const ImportOutcome& outcome);
int exit_code_for(const VerifyOutcome& outcome);
/// After 0 and 4 the next command of a chain runs.
inline bool lets_the_next_run(int exit_code) { return exit_code == kExitDone || exit_code == kExitItemsLeft; }

}  // namespace i2i::app
