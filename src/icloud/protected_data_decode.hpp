#pragma once
// The answers of docs/protocol/icloud.md §5.1 as data.

#include <optional>
#include <string>

#include "i2i/icloud/protected_data.hpp"
#include "i2i/util/result.hpp"
#include "sign_in_decode.hpp"

namespace i2i::icloud {

/// requestWebAccessState and enableDeviceConsentForPCS.
struct WebAccessAnswer {
  bool web_access_allowed = true;
  ProtectedData data;
  bool prompt_sent = false;
};
/// bad_answer where the body is no JSON object.
util::Result<WebAccessAnswer> decode_web_access(const std::string& body);

/// requestPCS.
struct PcsAnswer {
  bool web_access_allowed = true;
  bool success = false;
  std::string message;  // Apple's words: "Cookies not available yet on server."
};
util::Result<PcsAnswer> decode_pcs(const std::string& body);

}  // namespace i2i::icloud
