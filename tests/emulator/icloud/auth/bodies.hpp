#pragma once
// The JSON and HTML idmsa says about second factors (docs/protocol/icloud.md §2.6, §3, Appendix B).

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/common/http.hpp"
#include "emulator/icloud/account.hpp"

namespace emulator::icloud {

/// The flags of "securityCode".
struct CodeFlags {
  bool too_many_sent = false;
  bool too_many_tried = false;
  bool locked = false;
  bool cooldown = false;
};

nlohmann::json code_flags_json(const CodeFlags& flags);
/// What GET /auth says: phones, devices and flags; for accounts with security keys only the challenge.
nlohmann::json options_json(const Account& account, const CodeFlags& flags, std::string_view key_challenge);
/// The same inside the page of GET /auth as HTML.
std::string boot_page(const Account& account, const CodeFlags& flags, std::string_view key_challenge);
/// The answer to a push.
nlohmann::json pushed_json(const Account& account, const CodeFlags& flags);
/// A right code.
nlohmann::json accepted_json(const Account& account, std::string_view code);
/// Handles of the account's security keys, standard base64.
std::vector<std::string> key_handles(const Account& account);

Response json_response(int status, const nlohmann::json& body);
/// {"serviceErrors": [...]}: how the password routes say no.
Response service_errors(int status, std::string_view code, std::string_view message);
/// {"service_errors": [...], "hasError": true} and X-Apple-I-Ercd: how the code routes say no.
Response code_errors(int status, std::string_view code, std::string_view title, std::string_view message);
/// The page of a tired server.
Response html_503();

}  // namespace emulator::icloud
