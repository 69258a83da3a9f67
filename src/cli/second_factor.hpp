#pragma once
#include <memory>
#include <stop_token>
#include <string>

#include "i2i/cli/options.hpp"
#include "i2i/icloud/sign_in.hpp"
#include "i2i/util/time.hpp"

namespace i2i::cli {

/// Who answers the second factor: a file in a pod where --code-file is given, else a person at the terminal; nullptr
/// where neither is.
std::unique_ptr<icloud::SecondFactorPerson> find_second_factor(const AuthOptions& options, util::Clock& clock,
                                                               const std::stop_token& stop);

/// Digits of what a person typed: blanks and dashes go; nullopt where it is not `length` digits.
std::optional<std::string> clean_code(std::string_view typed, int length);

}  // namespace i2i::cli
