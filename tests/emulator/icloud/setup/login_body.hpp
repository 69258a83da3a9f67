#pragma once
// What accountLogin and validate tell about an account (docs/protocol/icloud.md §4.1, §4.2, Appendix B).

#include <nlohmann/json_fwd.hpp>

#include "emulator/icloud/account.hpp"
#include "emulator/icloud/auth/hosts.hpp"
#include "emulator/icloud/setup/web_sessions.hpp"

namespace emulator::icloud {

nlohmann::json login_body(const Account& account, const AuthHosts& hosts, const WebSessions::Session& session,
                          bool under_maintenance);
/// The 421 of validate: everything but dsInfo.
nlohmann::json no_session_body(const AuthHosts& hosts, bool cookie_sent);

}  // namespace emulator::icloud
