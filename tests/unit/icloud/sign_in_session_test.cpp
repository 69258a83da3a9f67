// Renewing and ending a session (docs/protocol/icloud.md §4) on canned answers.
#include "catch.hpp"
#include "sign_in_fake.hpp"

using namespace i2i::icloud;
using i2i::util::ErrorCode;
using i2i::util::Secret;
using sign_in_fake::Fixture;
using sign_in_fake::kAccount;

namespace {

constexpr const char* kLost =
    R"({"success":false,"error":"Missing X-APPLE-WEBAUTH-TOKEN cookie","requestInfo":[],"configBag":{}})";

void signed_in(Fixture& f) {
  f.session.session_token = Secret("token");
  f.session.trust_token = Secret("trust");
  f.session.dsid = "12345678901";
  f.session.cookies = {"#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t0\tX-APPLE-WEBAUTH-TOKEN\tx"};
}

}  // namespace

TEST_CASE("a session that still works is only validated") {
  Fixture f;
  signed_in(f);
  f.http.on("POST /validate", 200, kAccount);
  auto sign_in = f.make();
  REQUIRE(sign_in.renew());
  CHECK(f.http.last("POST /validate").body == "null");
  CHECK_THAT(f.http.last("POST /validate").url, ContainsSubstring("dsid=12345678901"));
  CHECK_THAT(f.http.last("POST /validate").url, ContainsSubstring("clientId=auth-11111111"));
  CHECK(f.http.count("POST /accountLogin") == 0);
  CHECK(sign_in.session().validated_at == f.clock.now_ms);
  CHECK(f.http.jar.size() == 1);
}

TEST_CASE("a lost session is renewed with the stored tokens") {
  Fixture f;
  signed_in(f);
  f.http.on("POST /validate", 421, kLost);
  auto sign_in = f.make();
  REQUIRE(sign_in.renew());
  // Once more over a new connection, because 421 may mean just that.
  REQUIRE(f.http.count("POST /validate") == 2);
  CHECK(f.http.last("POST /validate").fresh_connection);
  CHECK(f.http.count("POST /accountLogin") == 1);
  CHECK(f.http.count("POST /signin/init") == 0);
}

TEST_CASE("nobody ever signed in") {
  Fixture f;
  auto sign_in = f.make();
  const auto result = sign_in.renew();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::sign_in_needed);
  CHECK(f.http.asked.empty());
}

TEST_CASE("a client id is made once") {
  Fixture f;
  f.session.client_id.clear();
  auto sign_in = f.make();
  CHECK(sign_in.session().client_id.rfind("auth-", 0) == 0);
  CHECK(sign_in.session().client_id.size() == 41);
}

TEST_CASE("logging out forgets everything but the client id") {
  Fixture f;
  signed_in(f);
  f.http.on("POST /logout", 200, R"({"success":true})");
  auto sign_in = f.make();
  REQUIRE(sign_in.log_out());
  CHECK(f.http.last("POST /logout").headers.get("Content-Type") == "text/plain");
  CHECK(sign_in.session().session_token.empty());
  CHECK(sign_in.session().trust_token.empty());
  CHECK(sign_in.session().cookies.empty());
  CHECK(sign_in.session().client_id == f.session.client_id);
  CHECK(f.stored.back().cookies.empty());
}
