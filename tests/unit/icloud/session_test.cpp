#include "i2i/icloud/session.hpp"

#include "catch.hpp"

using namespace i2i::icloud;
using i2i::util::ErrorCode;
using i2i::util::Secret;

namespace {

SessionData full_session() {
  SessionData session;
  session.apple_id = "user@example.com";
  session.client_id = "auth-0f0e0d0c-0000-4000-8000-000000000000";
  session.region = Region::china;
  session.region_by_apple = true;
  session.account_country = "CHN";
  session.session_id = Secret("sid");
  session.session_token = Secret("token \"with\" quotes\n");
  session.trust_token = Secret("trust");
  session.scnt = Secret("scnt");
  session.auth_attributes = Secret("YXR0cg==");
  session.cookies = {"#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t0\tX-APPLE-WEBAUTH-TOKEN\t\"v=2:t=x\""};
  session.dsid = "12345678901";
  session.database_url = "https://p61-ckdatabasews.icloud.com:443";
  session.signed_in_at = 1'767'225'600'000;
  session.validated_at = 1'767'225'600'001;
  session.protected_until = 1'767'229'200'000;
  return session;
}

}  // namespace

TEST_CASE("a session comes back as it was stored") {
  const SessionData session = full_session();
  const auto back = decode_session(encode_session(session));
  REQUIRE(back);
  CHECK(back->apple_id == session.apple_id);
  CHECK(back->client_id == session.client_id);
  CHECK(back->region == session.region);
  CHECK(back->region_by_apple);
  CHECK(back->account_country == session.account_country);
  CHECK(back->session_id.reveal() == session.session_id.reveal());
  CHECK(back->session_token.reveal() == session.session_token.reveal());
  CHECK(back->trust_token.reveal() == session.trust_token.reveal());
  CHECK(back->scnt.reveal() == session.scnt.reveal());
  CHECK(back->auth_attributes.reveal() == session.auth_attributes.reveal());
  CHECK(back->cookies == session.cookies);
  CHECK(back->dsid == session.dsid);
  CHECK(back->database_url == session.database_url);
  CHECK(back->signed_in_at == session.signed_in_at);
  CHECK_FALSE(back->trusted_at);
  CHECK(back->validated_at == session.validated_at);
  CHECK(back->protected_until == session.protected_until);
  CHECK(encode_session(*back) == encode_session(session));
}

TEST_CASE("a session file from before Advanced Data Protection was known is read") {
  const auto back = decode_session(
      R"({"schema":1,"apple_id":"user@example.com","dsid":"1","cookies":["c"],"validated_at":7,"trusted_at":null})");
  REQUIRE(back);
  CHECK(back->validated_at == 7);
  CHECK_FALSE(back->protected_until);
}

TEST_CASE("session files that are not taken") {
  struct Row {
    const char* name;
    const char* text;
    ErrorCode code;
  };
  const Row rows[] = {
      {"nothing", "", ErrorCode::bad_answer},
      {"cut short", R"({"schema":1,"apple_id":"user)", ErrorCode::bad_answer},
      {"another kind of file", R"([1,2])", ErrorCode::bad_answer},
      {"no version", R"({"apple_id":"user@example.com"})", ErrorCode::bad_answer},
      {"a newer version", R"({"schema":2})", ErrorCode::ledger_newer},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto session = decode_session(row.text);
    REQUIRE_FALSE(session);
    CHECK(session.error().code == row.code);
  }
  CHECK(decode_session(R"({"schema":1})"));
}

TEST_CASE("when the session's cookies end") {
  const std::string user = "#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t2000\tX-APPLE-WEBAUTH-USER\t\"v=1\"";
  const std::string trust = "#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t1500\tX-APPLE-WEBAUTH-HSA-TRUST-0123\tx";
  const std::string token = "#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t10\tX-APPLE-WEBAUTH-TOKEN\tx";
  const std::string ends_with_browser = "#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t0\tX-APPLE-WEBAUTH-USER\tx";
  SessionData session;
  CHECK_FALSE(cookies_expire_at(session));
  session.cookies = {ends_with_browser, token, "nonsense", ""};
  CHECK_FALSE(cookies_expire_at(session));
  session.cookies = {token, user};
  CHECK(cookies_expire_at(session) == 2'000'000);
  session.cookies = {token, user, trust, ends_with_browser};
  CHECK(cookies_expire_at(session) == 1'500'000);
}

TEST_CASE("Apple's hosts of both regions") {
  CHECK(apple_endpoints(Region::world).auth == "https://idmsa.apple.com/appleauth/auth");
  CHECK(apple_endpoints(Region::china).auth == "https://idmsa.apple.com.cn/appleauth/auth");
  CHECK(apple_endpoints(Region::china).setup == "https://setup.icloud.com.cn/setup/ws/1");
  CHECK(apple_endpoints(Region::china).home == "https://www.icloud.com.cn");
  CHECK_FALSE(apple_endpoints(Region::world).given);
}
