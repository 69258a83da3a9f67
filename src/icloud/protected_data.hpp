#pragma once
// The consent flow of Advanced Data Protection (docs/protocol/icloud.md §5.1) on an open session.

#include "auth_exchange.hpp"
#include "i2i/icloud/protected_data.hpp"

namespace i2i::icloud {

/// Asks the account service; prompts nobody. The session keeps what it says.
/// Errors: account_action (web access off), auth_expired, throttled, unreachable, bad_answer, cancelled.
util::Result<ProtectedData> look_at_protected_data(AuthExchange& exchange);

/// Makes the library readable: asks for consent where it is missing, waits for it, and fetches the cookies that prove
/// it. Errors: as above; account_action too where consent is not given in time or cannot be asked for, or where terms
/// are owed.
util::Result<ProtectedData> open_protected_data(AuthExchange& exchange, ConsentWatcher& watcher,
                                                std::chrono::seconds wait, PcsCookies cookies);

/// Puts the end of a consent off before it comes, without prompting anybody (§4.6: about an hour "unless renewed").
/// Errors: as look_at_protected_data.
util::Result<ProtectedData> renew_protected_data(AuthExchange& exchange);

}  // namespace i2i::icloud
