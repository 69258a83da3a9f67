#pragma once
#include <optional>

#include "auth_exchange.hpp"
#include "sign_in_decode.hpp"

namespace i2i::icloud {

/// Whether the account goes straight on after the second factor, or wants repair/complete first (§3.3).
enum class FactorOutcome { accepted, repair };

/// Chapter 3: asks the account for its ways, the person for one of them and for the code. challenge: the body of the
/// 409. Errors: account_action (locked, no way left, security keys), wrong_code (three times), sign_in_needed
/// (challenge gone), throttled, unreachable, bad_answer, and whatever the person says.
util::Result<FactorOutcome> prove_second_factor(AuthExchange& exchange, SecondFactorPerson& person,
                                                const std::string& challenge);

/// The legacy two-step verification (§3.7), after an accountLogin that owes it.
util::Result<void> prove_two_step(AuthExchange& exchange, SecondFactorPerson& person);

inline constexpr int kMostWrongCodes = 3;
inline constexpr int kMostDeliveries = 4;

}  // namespace i2i::icloud
