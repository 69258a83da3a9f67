#pragma once
#include "cli/results.hpp"
#include "i2i/app/telling.hpp"

namespace i2i::cli {

/// Adds a result's numbers to an outcome, by the names that app/telling/metrics_encode knows.
void add_figures(const CommandResult& result, app::CommandOutcome& outcome);

}  // namespace i2i::cli
