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
/// What a chain that would have ended in so_far ends in after one more command: the first code other than 0, a stopping
/// code before a 4.
inline int chained(int so_far, int next) { return so_far == kExitDone || !lets_the_next_run(next) ? next : so_far; }

}  // namespace i2i::app
