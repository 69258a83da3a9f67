#pragma once
#include "i2i/app/account.hpp"
#include "i2i/icloud/sign_in.hpp"
#include "i2i/util/secret.hpp"

namespace i2i::app {

/// hold where it is on and the person who is there, if any, does not want to try in spite of it.
util::Result<void> pass_hold(const RunContext& context, const std::optional<Hold>& hold);

/// The one way a password is used: what comes of it is kept on disk (hold.hpp). person: nullptr where nobody is there.
/// Errors: as icloud::SignIn::with_password; retry_after says when the next unattended try is allowed.
util::Result<void> password_sign_in(const RunContext& context, const AccountPaths& paths, icloud::SignIn& flow,
                                    const util::Secret& password, icloud::SecondFactorPerson* person);

}  // namespace i2i::app
