// The session file (docs/protocol/icloud.md §4.5). The only place, with its reader and the requests of sign-in, that
// reveals the session's secrets.
#include "i2i/icloud/session.hpp"
#include "i2i/util/json.hpp"
#include "session_schema.hpp"

namespace i2i::icloud {
namespace {

util::Json when_or_null(const std::optional<util::UnixMillis>& when) { return when ? util::Json(*when) : util::Json(); }

util::Json way_or_null(const std::optional<CodeRequest>& way) {
  if (!way || way->route == CodeRoute::device) return {};
  return {{"route", way->route == CodeRoute::voice ? "voice" : "sms"}, {"phone", way->phone_id}};
}

}  // namespace

std::string encode_session(const SessionData& session) {
  util::Json json;
  json["schema"] = kSessionSchema;
  json["apple_id"] = session.apple_id;
  json["client_id"] = session.client_id;
  json["region"] = session.region == Region::china ? "china" : "world";
  json["region_by_apple"] = session.region_by_apple;
  json["account_country"] = session.account_country;
  json["session_id"] = session.session_id.reveal();
  json["session_token"] = session.session_token.reveal();
  json["trust_token"] = session.trust_token.reveal();
  json["scnt"] = session.scnt.reveal();
  json["auth_attributes"] = session.auth_attributes.reveal();
  json["cookies"] = session.cookies;
  json["dsid"] = session.dsid;
  json["database_url"] = session.database_url;
  json["signed_in_at"] = when_or_null(session.signed_in_at);
  json["trusted_at"] = when_or_null(session.trusted_at);
  json["validated_at"] = when_or_null(session.validated_at);
  json["phone_way"] = way_or_null(session.phone_way);
  json["protected_until"] = when_or_null(session.protected_until);
  return util::dump_json(json) + "\n";
}

}  // namespace i2i::icloud
