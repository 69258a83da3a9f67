#pragma once
// The answers of sign-in as data (docs/protocol/icloud.md §2-4, appendix B). Everything is read leniently.

#include <optional>
#include <string>
#include <vector>

#include "i2i/icloud/sign_in.hpp"
#include "i2i/icloud/srp.hpp"
#include "i2i/util/result.hpp"

namespace i2i::icloud {

struct InitAnswer {
  SrpChallenge challenge;
  std::string c;  // JSON text, to be echoed as it is
};
/// bad_answer where a part is missing or the protocol is not one of ours.
util::Result<InitAnswer> decode_init(const std::string& body);

/// What an error body says; code "" where it names none.
struct ServiceError {
  std::string code;     // "-20101"
  std::string message;  // Apple's words, "" where there are none
};
/// The first error of any of the known forms; empty members where the body is none of them (HTML, nothing).
ServiceError decode_service_error(const std::string& body);

/// The verification object that GET /auth, the 409 of complete and every code request answer with.
struct Verification {
  SecondFactorOptions options;
  bool lists_phones = false;
  bool security_key = false;  // fsaChallenge came
  std::vector<std::string> key_names;
  std::optional<bool> valid;  // securityCode.valid
  bool too_many_sent = false;
  bool too_many_wrong = false;  // tooManyCodesValidated or securityCodeLocked
};
/// Also out of the boot page (HTML); nullopt where the body holds no such object.
std::optional<Verification> decode_verification(const std::string& body);

/// accountLogin's and validate's answer.
struct AccountAnswer {
  bool has_account = false;  // dsInfo came
  std::string dsid;
  int hsa_version = 0;
  bool challenge_required = false;
  bool trusted_browser = false;
  bool qualifying_device = false;
  bool terms_update_needed = false;
  bool under_maintenance = false;
  bool locked = false;
  bool web_access_off = false;
  std::string domain_to_use;  // "iCloud.com.cn"
  std::string database_url;
  ServiceError error;
};
AccountAnswer decode_account(const std::string& body);

/// Legacy two-step devices (§3.7).
struct TwoStepDevice {
  std::string json;  // to be sent back as it came
  std::string name;  // what a person knows it by
};
util::Result<std::vector<TwoStepDevice>> decode_two_step_devices(const std::string& body);
/// {"success":true}
bool decode_success(const std::string& body);

}  // namespace i2i::icloud
