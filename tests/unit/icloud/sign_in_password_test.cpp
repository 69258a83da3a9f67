// The password half of sign-in (docs/protocol/icloud.md §2) on canned answers.
#include "catch.hpp"
#include "sign_in_fake.hpp"

using namespace i2i::icloud;
using i2i::util::ErrorCode;
using i2i::util::Secret;
using sign_in_fake::Fixture;
using sign_in_fake::init_body;
using sign_in_fake::kAccount;

TEST_CASE("a trusted browser signs in without a second factor") {
  Fixture f;
  f.session.trust_token = Secret("old-trust");
  f.http.on("POST /signin/complete", 200, "{}",
            {{"X-Apple-Session-Token", "token"}, {"X-Apple-ID-Account-Country", "USA"}});
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), nullptr));

  const auto complete = nlohmann::json::parse(*f.http.last("POST /signin/complete").body);
  CHECK(complete["accountName"] == "user@example.com");
  CHECK(complete["c"] == "d-749:MSA");
  CHECK(complete["trustTokens"] == nlohmann::json::array({"old-trust"}));
  CHECK(complete["rememberMe"] == true);
  CHECK(f.http.last("POST /signin/complete").headers.get("scnt") == "s3");
  CHECK_FALSE(f.http.last("POST /signin/complete").headers.get("X-Apple-HC"));

  const auto login = nlohmann::json::parse(*f.http.last("POST /accountLogin").body);
  CHECK(login["dsWebAuthToken"] == "token");
  CHECK(login["trustToken"] == "old-trust");
  CHECK(login["accountCountryCode"] == "USA");
  CHECK(sign_in.session().dsid == "12345678901");
  CHECK(sign_in.session().database_url == "https://p61-ckdatabasews.icloud.com:443");
  CHECK(sign_in.session().signed_in_at == f.clock.now_ms);
  REQUIRE_FALSE(f.stored.empty());
  CHECK(f.stored.back().session_token.reveal() == "token");
}

TEST_CASE("of a field that comes twice the later value counts") {
  Fixture f;
  f.http.script["POST /signin/init"].clear();
  f.http.on("POST /signin/init", 200, init_body(), {{"scnt", "first"}, {"SCNT", "second"}});
  f.http.on("POST /signin/complete", 200, "{}", {{"X-Apple-Session-Token", "token"}});
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), nullptr));
  CHECK(f.http.last("POST /signin/complete").headers.get("scnt") == "second");
}

TEST_CASE("an unlucky start is drawn again before the password is sent") {
  Fixture f;
  f.http.script["POST /signin/init"].clear();
  f.http.on("POST /signin/init", 200, init_body(std::string(1, '\0') + std::string(255, '\x17')));
  f.http.on("POST /signin/init", 200, init_body());
  f.http.on("POST /signin/complete", 200, "{}", {{"X-Apple-Session-Token", "token"}});
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), nullptr));
  CHECK(f.http.count("POST /signin/init") >= 2);
  CHECK(f.http.count("POST /signin/complete") == 1);
}

TEST_CASE("unlucky starts without end are given up, no attempt spent") {
  Fixture f;
  f.http.script["POST /signin/init"].clear();
  f.http.on("POST /signin/init", 200, init_body(std::string(1, '\0') + std::string(255, '\x17')));
  auto sign_in = f.make();
  const auto result = sign_in.with_password(Secret("pw"), nullptr);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::bad_answer);
  CHECK(f.http.count("POST /signin/complete") == 0);
  CHECK(f.http.count("POST /signin/init") < 20);
}

TEST_CASE("a stale context is dropped once, before a password was tried") {
  Fixture f;
  f.http.script["POST /signin/init"].clear();
  f.http.on("POST /signin/init", 401, "{}");
  f.http.on("POST /signin/init", 200, init_body());
  f.http.on("POST /signin/complete", 200, "{}", {{"X-Apple-Session-Token", "token"}});
  f.http.jar = {"#HttpOnly_idmsa.apple.com\tFALSE\t/\tTRUE\t0\tacn01\told",
                "#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t0\tX-APPLE-WEBAUTH-TOKEN\tkeep",
                "idmsa.apple.com\tFALSE\t/\tTRUE\t0\tDES123\tkeep"};
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), nullptr));
  CHECK(f.http.count("GET /authorize/signin") == 2);
  CHECK(f.http.jar.size() == 2);

  Fixture twice;
  twice.http.script["POST /signin/init"].clear();
  twice.http.on("POST /signin/init", 401, "{}");
  auto refused = twice.make();
  const auto result = refused.with_password(Secret("pw"), nullptr);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::throttled);  // the password was not shown, so it is not called wrong
  CHECK(twice.http.count("POST /signin/init") == 2);
}

TEST_CASE("complete is never sent twice, init may be") {
  Fixture f;
  const auto broken = [](const i2i::net::Request&) -> i2i::util::Result<i2i::net::Response> {
    return i2i::util::fail(ErrorCode::unreachable, "cut");
  };
  f.http.script["POST /signin/init"].push_front(broken);
  f.http.script["POST /signin/complete"].push_back(broken);
  auto sign_in = f.make();
  const auto result = sign_in.with_password(Secret("pw"), nullptr);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::unreachable);
  CHECK(f.http.count("POST /signin/init") >= 2);
  CHECK(f.http.count("POST /signin/complete") == 1);
}

TEST_CASE("an account without a second factor goes through repair") {
  Fixture f;
  f.http.on("POST /signin/complete", 412, R"({"authType":"sa"})", {{"X-Apple-Session-Token", "token"}});
  f.http.on("POST /repair/complete", 200, "{}");
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), nullptr));
  CHECK(f.http.last("POST /repair/complete").body == "{}");

  Fixture stuck;
  stuck.http.on("POST /signin/complete", 412, "{}");
  stuck.http.on("POST /repair/complete", 412, "{}");
  auto refused = stuck.make();
  const auto result = refused.with_password(Secret("pw"), nullptr);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::account_action);
}
