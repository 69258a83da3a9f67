#pragma once
#include <functional>
#include <stop_token>

#include "i2i/app/hold.hpp"
#include "i2i/cli/options.hpp"

namespace i2i::cli {

/// Who decides whether a command tries in spite of a hold: --try-now says yes, a person at the terminal is asked (no
/// answer in two minutes is a no: a terminal without a person must not keep the account's lock). Empty: nobody.
std::function<bool(const app::Hold&)> person_to_ask(const AuthOptions& auth, const std::stop_token& stop);

}  // namespace i2i::cli
