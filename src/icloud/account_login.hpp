#pragma once
#include "auth_exchange.hpp"
#include "sign_in_decode.hpp"

namespace i2i::icloud {

/// Where an account stands after accountLogin or validate.
enum class AccountState {
  ready,
  second_factor,  // owed: HSA2
  two_step,       // owed: the legacy form (§3.7)
  refused,        // the token or the cookies are not good (any more)
};

/// accountLogin with the stored tokens (§4.1). ready: the session holds dsid and database URL.
/// Errors: account_action, usage (other region), bad_answer, throttled, unreachable, cancelled.
util::Result<AccountState> account_login(AuthExchange& exchange);

/// validate (§4.2); as account_login.
util::Result<AccountState> validate_session(AuthExchange& exchange);

/// True where the account's answer may send us there: https, no user name, below Apple's domains, or below the parent
/// domain of the given account host.
bool may_contact(const std::string& url, const Endpoints& endpoints);

}  // namespace i2i::icloud
