#pragma once
// The words that make a command we tell people to type speak of the account that they named.

#include <string>

namespace i2i::cli {

/// What of a command line says which account is meant, each word as a shell wants it, a space behind each; environment
/// and configuration file hold for other commands too.
std::string same_account(int argc, const char* const* argv);

}  // namespace i2i::cli
