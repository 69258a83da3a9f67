#pragma once
#include <memory>
#include <stop_token>
#include <string>

#include "i2i/cli/options.hpp"
#include "i2i/icloud/sign_in.hpp"
#include "i2i/util/time.hpp"

namespace i2i::cli {

/// Who answers the second factor: with --code-file, or where there is no terminal, whoever writes a code there or hands
/// it over (auth --submit-code) within --wait; else the person at the terminal, with the hand-over open beside it.
/// code_path: AccountPaths::code().
std::unique_ptr<icloud::SecondFactorPerson> find_second_factor(const AuthOptions& options, const std::string& code_path,
                                                               util::Clock& clock, const std::stop_token& stop);

/// auth --submit-code: hands the code to the auth that waits for this account. usage where nobody waits, or what was
/// given is no code.
util::Result<void> submit_code(const AuthOptions& options, const std::string& code_path, util::Clock& clock,
                               const std::stop_token& stop);

}  // namespace i2i::cli
