#include <fmt/core.h>

#include "i2i/icloud/session.hpp"
#include "i2i/util/json.hpp"
#include "session_schema.hpp"

namespace i2i::icloud {

util::Result<SessionData> decode_session(const std::string& text) {
  I2I_ASSIGN(const util::Json json, util::parse_json(text, "the session file"));
  const auto schema = json.is_object() ? util::as_integer(util::member(json, "schema")) : std::nullopt;
  if (!schema || *schema < 1) {
    return util::fail(util::ErrorCode::bad_answer, "the session file cannot be read",
                      "Sign in again: icloud2immich auth");
  }
  if (*schema > kSessionSchema) {
    return util::fail(util::ErrorCode::ledger_newer,
                      fmt::format("the session file has version {}, this program knows {}", *schema, kSessionSchema),
                      "Use the newer icloud2immich that wrote it.");
  }
  const auto secret = [&json](const char* name) { return util::Secret(util::text_or(json, name)); };
  SessionData session;
  session.apple_id = util::text_or(json, "apple_id");
  session.client_id = util::text_or(json, "client_id");
  session.region = util::text_or(json, "region") == "china" ? Region::china : Region::world;
  session.region_by_apple = util::is_true(util::member(json, "region_by_apple"));
  session.account_country = util::text_or(json, "account_country");
  session.session_id = secret("session_id");
  session.session_token = secret("session_token");
  session.trust_token = secret("trust_token");
  session.scnt = secret("scnt");
  session.auth_attributes = secret("auth_attributes");
  if (const util::Json& cookies = util::member(json, "cookies"); cookies.is_array()) {
    for (const util::Json& line : cookies) {
      if (line.is_string()) session.cookies.push_back(line.get<std::string>());
    }
  }
  session.dsid = util::text_or(json, "dsid");
  session.database_url = util::text_or(json, "database_url");
  session.signed_in_at = util::as_integer(util::member(json, "signed_in_at"));
  session.trusted_at = util::as_integer(util::member(json, "trusted_at"));
  session.validated_at = util::as_integer(util::member(json, "validated_at"));
  const util::Json& way = util::member(json, "phone_way");
  if (const auto phone = util::as_integer(util::member(way, "phone"))) {
    const auto route = util::text_or(way, "route") == "voice" ? CodeRoute::voice : CodeRoute::sms;
    session.phone_way = CodeRequest{route, static_cast<int>(*phone)};
  }
  session.protected_until = util::as_integer(util::member(json, "protected_until"));
  return session;
}

}  // namespace i2i::icloud
