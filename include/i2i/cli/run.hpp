#pragma once

namespace i2i::cli {

/// The program: options, commands one after the other, signals, exit code. docs/cli.md is its contract.
int run(int argc, const char* const* argv);

}  // namespace i2i::cli
