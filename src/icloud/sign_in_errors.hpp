#pragma once
// What a refusal means for a person (docs/protocol/icloud.md §2.6, §3, §4.1).

#include <string>
#include <vector>

#include "i2i/icloud/session.hpp"
#include "i2i/net/http.hpp"
#include "i2i/util/result.hpp"
#include "sign_in_decode.hpp"

namespace i2i::icloud {

/// A refusal of complete by status and service error.
util::Error password_refusal(const net::Response& response);

/// A refusal of init: as above, but no password was shown yet, so it cannot be wrong.
util::Error start_refusal(const net::Response& response);

/// Service errors that mean the same wherever they come (account locked, inactive, too many codes); nullopt for all
/// others.
std::optional<util::Error> account_trouble(const ServiceError& error);

/// Throttling and server trouble as far as the status alone tells it: 408, 429, 5xx; nullopt for all others.
std::optional<util::Error> status_trouble(const net::Response& response);

/// An answer that the protocol does not know.
util::Error unexpected(std::string message);

/// "Access iCloud Data on the Web" is switched off for the account (§5).
util::Error web_access_off();
/// New terms that nobody accepted (§4.3): the account says so, or it shows in the way that symptom names.
util::Error terms_pending();
util::Error terms_probably_pending(const std::string& symptom);

util::Error too_many_codes();
/// names: what the person calls the keys.
util::Error security_key_needed(const std::vector<std::string>& names);

/// Apple's own words, if any, as an addition to a sentence of ours: " (Apple says: …)".
std::string apple_says(const ServiceError& error);

}  // namespace i2i::icloud
