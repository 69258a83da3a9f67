#pragma once
// Accounts of the other family of hosts (docs/protocol/icloud.md §1.1, §2.6).

#include <optional>

#include "auth_exchange.hpp"

namespace i2i::icloud {

/// True where the answer says that the account is at home elsewhere: a redirect, or domainToUse.
bool sends_elsewhere(const net::Response& response);

/// The family that such an answer names: by domainToUse, else by the host of Location; nullopt where neither does.
std::optional<Region> region_named(const net::Response& response);

/// Takes such an answer at its word: the session remembers the family, and exchange asks its hosts from now on
/// (exchange.moved). Returns the error to end with where nothing can be begun anew: sign_in_needed; usage where the
/// answer names no other family, or the hosts were given by the user; whatever storing the session gave.
util::Error follow_elsewhere(AuthExchange& exchange, const net::Response& response);

/// Apple sent us to the other family and from there back.
util::Error sent_in_circles();

}  // namespace i2i::icloud
