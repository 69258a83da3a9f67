#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "i2i/app/account.hpp"
#include "i2i/app/report.hpp"
#include "i2i/icloud/sign_in.hpp"
#include "i2i/util/secret.hpp"

namespace i2i::app {

struct AuthReport {
  SessionReport session;
  std::string apple_id;
  std::string message;  // one sentence for a person
};

/// Finds the password of this Apple ID: a file, a variable, or the person.
using PasswordQuestion = std::function<util::Result<util::Secret>(const std::string& apple_id)>;

/// Signs in with a password and, where asked, a person's second factor; the session is stored after every step. The
/// password is asked for only where no hold stands in the way (hold.hpp).
util::Result<AuthReport> sign_in(const RunContext& context, const PasswordQuestion& ask_password,
                                 icloud::SecondFactorPerson* person);
/// Renews what can be renewed without a person (LiveSession); sign_in_needed where that is not enough.
util::Result<AuthReport> check_session(const RunContext& context, int warn_days);
util::Result<AuthReport> log_out(const RunContext& context);

/// The session on disk as status shows it; touches no network.
SessionReport describe_session(const std::optional<icloud::SessionData>& session, util::UnixMillis now, int warn_days);

}  // namespace i2i::app
