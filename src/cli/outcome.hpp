#pragma once
#include "cli/results.hpp"
#include "i2i/app/telling.hpp"
#include "i2i/cli/options.hpp"

namespace i2i::cli {

/// Whether a run is one that people are told of: a job, or a sign-in, which may settle what they were told.
bool is_told(const Invocation& invocation);

/// A sign-in that asks a person.
bool is_by_person(const Invocation& invocation);

/// A result as others are told it.
app::CommandOutcome outcome_of(const CommandResult& result, const Invocation& invocation);

}  // namespace i2i::cli
