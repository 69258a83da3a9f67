#include "protected_data_decode.hpp"

#include "i2i/util/json.hpp"

namespace i2i::icloud {
namespace {

using util::Json;
using util::member;

util::Result<Json> open_object(const std::string& body) {
  I2I_ASSIGN(Json json, util::parse_json(body, "the account's web access"));
  if (!json.is_object()) return util::fail(util::ErrorCode::bad_answer, "the account's web access is not an object");
  return json;
}

/// Absent is allowed: only a plain no is one.
bool is_allowed(const Json& json) {
  const Json& allowed = member(json, "isWebAccessAllowed");
  return allowed.is_null() || util::is_true(allowed);
}

}  // namespace

util::Result<WebAccessAnswer> decode_web_access(const std::string& body) {
  I2I_ASSIGN(const Json json, open_object(body));
  WebAccessAnswer answer;
  answer.web_access_allowed = is_allowed(json);
  answer.data.on = util::is_true(member(json, "isICDRSDisabled"));
  answer.data.consented = answer.data.on && util::is_true(member(json, "isDeviceConsentedForPCS"));
  const auto expiry = util::as_integer(member(json, "deviceConsentForPCSExpiry"));
  if (answer.data.consented && expiry && *expiry > 0) answer.data.until = *expiry;
  answer.prompt_sent = util::is_true(member(json, "isDeviceConsentNotificationSent"));
  return answer;
}

util::Result<PcsAnswer> decode_pcs(const std::string& body) {
  I2I_ASSIGN(const Json json, open_object(body));
  return PcsAnswer{is_allowed(json), util::text_or(json, "status") == "success", util::text_or(json, "message")};
}

}  // namespace i2i::icloud
