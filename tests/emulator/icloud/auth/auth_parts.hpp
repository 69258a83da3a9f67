#pragma once
// The sign-in half of the practice iCloud, wired: idmsa, setup, and the web sessions that ck asks.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "emulator/icloud/account.hpp"
#include "emulator/icloud/auth/hosts.hpp"
#include "emulator/icloud/auth/knobs.hpp"
#include "emulator/icloud/auth/sign_in_service.hpp"
#include "emulator/icloud/auth/tokens.hpp"
#include "emulator/icloud/setup/setup_service.hpp"
#include "emulator/icloud/setup/web_sessions.hpp"

namespace emulator::icloud {

struct AuthConfig {
  Account account;
  AuthHosts hosts;
  SignInKnobs sign_in;
  SetupKnobs setup;
  WebSessionKnobs sessions;
};

/// {"account": {...}, "hosts": {...}, "sign_in": {...}, "setup": {...}, "sessions": {...}}, each optional, member names
/// as in the structs. Throws std::invalid_argument.
AuthConfig auth_config_from_json(const nlohmann::json& json, AuthConfig base = {});

/// Thread-safe. Route Host idmsa to sign_in.handle and Host setup to setup.handle; give sessions to the ck services.
class AuthParts {
 public:
  AuthParts(const AuthConfig& config, const Now& now, std::uint64_t seed);

  TokenDesk tokens;
  WebSessions sessions;
  SignInService sign_in;
  SetupService setup;

  /// A changed account for all of them: web access switched off, ADP on, password changed ...
  void set_account(const Account& account);
  /// Any of the sections of AuthConfig but hosts changes those members only. Besides them: "ck_url", "force_code" (of
  /// idmsa and two-step), and "do", an array of "allow", "kill_sessions", "kill_pcs", "expire_trust",
  /// "expire_session_tokens", "unlock_codes". Throws std::invalid_argument and then has changed nothing.
  void apply(const nlohmann::json& change);
  /// {"device_code", "phone_codes": {"2": ...}, "two_step_code", "sign_in": counters, "setup": counters,
  /// "sessions_alive"}.
  nlohmann::json state();
};

}  // namespace emulator::icloud
