#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "i2i/util/result.hpp"
#include "i2i/util/secret.hpp"
#include "i2i/util/time.hpp"

namespace i2i::icloud {

/// The hosts of one sign-in. All other hosts come from the account's own answer.
struct Endpoints {
  std::string auth;   // "https://idmsa.apple.com/appleauth/auth", no trailing slash
  std::string setup;  // "https://setup.icloud.com/setup/ws/1"
  std::string home;   // "https://www.icloud.com"
  /// True where auth or setup were given by the user (tests, proxies): then hosts of the account's answer must lie
  /// below the given hosts' parent domain instead of Apple's.
  bool given = false;
};
enum class Region { world, china };

/// How the code of the second factor comes (docs/protocol/icloud.md §3.2, §3.4); phone_id as Apple numbers it.
enum class CodeRoute { device, sms, voice };
struct CodeRequest {
  CodeRoute route = CodeRoute::device;
  int phone_id = 0;
  bool operator==(const CodeRequest&) const = default;
};

Endpoints apple_endpoints(Region region);
/// "icloud.com" or "icloud.com.cn (mainland China)": how a person knows it.
const char* home_of(Region region);

/// What is kept between runs, per account (docs/protocol/icloud.md §4.5). All of it is secret.
struct SessionData {
  std::string apple_id;
  std::string client_id;  // "auth-<uuid>", made once per account
  Region region = Region::world;
  bool region_by_apple = false;  // Apple itself named the region: its word goes before --region
  std::string account_country;
  util::Secret session_id;
  util::Secret session_token;
  util::Secret trust_token;
  util::Secret scnt;
  util::Secret auth_attributes;
  std::vector<std::string> cookies;  // Netscape lines
  std::string dsid;
  std::string database_url;  // webservices.ckdatabasews.url
  std::optional<util::UnixMillis> signed_in_at;
  std::optional<util::UnixMillis> trusted_at;
  std::optional<util::UnixMillis> validated_at;
  std::optional<CodeRequest> phone_way;  // the phone that brought the last right code, and how: the next default
  /// With Advanced Data Protection: when the consent to read the library ends; 0 where none is known to hold.
  std::optional<util::UnixMillis> protected_until;
};

/// The session file's text and back; ledger_newer for a file of a newer version, bad_answer where it cannot be read.
std::string encode_session(const SessionData& session);
util::Result<SessionData> decode_session(const std::string& text);

/// When the web session's cookies end, the earliest of those that matter; nullopt where none says.
std::optional<util::UnixMillis> cookies_expire_at(const SessionData& session);

}  // namespace i2i::icloud
