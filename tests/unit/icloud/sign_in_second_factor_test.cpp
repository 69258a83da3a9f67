// The second factor (docs/protocol/icloud.md §3) on canned answers.
#include "catch.hpp"
#include "icloud/account_login.hpp"
#include "icloud/second_factor.hpp"
#include "sign_in_fake.hpp"

using namespace i2i::icloud;
using i2i::util::ErrorCode;
using i2i::util::Secret;
using sign_in_fake::Fixture;
using sign_in_fake::kAccount;
using sign_in_fake::kWrongCode;

namespace {
constexpr const char* kVerify = "POST /verify/trusteddevice/securitycode";
constexpr const char* kPush = "PUT /verify/trusteddevice/securitycode";
}  // namespace

TEST_CASE("codes as people type them") {
  CHECK(clean_code("054321", 6) == "054321");
  CHECK(clean_code(" 054 321\n", 6) == "054321");
  CHECK(clean_code("054-321", 6) == "054321");
  CHECK(clean_code("054\u00a0321", 6) == "054321");
  CHECK(clean_code("054\u2011321\r", 6) == "054321");
  CHECK(clean_code("000000", 6) == "000000");
  CHECK(clean_code("0123", 0) == "0123");
  CHECK_FALSE(clean_code("012", 0));
  CHECK_FALSE(clean_code("01234567890", 0));
  CHECK_FALSE(clean_code("05432\xff", 6));
  CHECK_FALSE(clean_code("54321", 6));
  CHECK_FALSE(clean_code("0543211", 6));
  CHECK_FALSE(clean_code("o54321", 6));
  CHECK_FALSE(clean_code("", 6));
}

TEST_CASE("a code shown on a device") {
  Fixture f;
  f.with_second_factor();
  f.http.on(kVerify, 204, "", {{"scnt", "s7"}, {"X-Apple-Session-Token", "after code"}});
  f.person.codes = {"054 321"};
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), &f.person));
  CHECK(f.http.count(kPush) == 1);
  CHECK(f.http.last(kVerify).body == R"({"securityCode":{"code":"054321"}})");
  CHECK(f.http.last(kVerify).headers.get("Origin") == "https://www.icloud.com");
  CHECK(f.http.last(kVerify).headers.get("scnt") == "s6");
  CHECK(f.http.last("GET /2sv/trust").headers.get("scnt") == "s7");
  CHECK(sign_in.session().trust_token.reveal() == "trust");
  CHECK(sign_in.session().session_token.reveal() == "after");
  CHECK(sign_in.session().trusted_at == f.clock.now_ms);
  CHECK(f.person.seen.phones.size() == 2);
  CHECK(f.person.seen.phones[1].voice_only);
}

TEST_CASE("a wrong code is asked for again") {
  Fixture f;
  f.with_second_factor();
  f.http.on(kVerify, 400, kWrongCode, {{"scnt", "s8"}});
  f.http.on(kVerify, 204, "");
  f.person.codes = {"111111", "22", "333333"};
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), &f.person));
  CHECK(f.person.attempts == std::vector<int>{1, 2, 3});
  CHECK(f.http.count(kVerify) == 2);
  CHECK(f.http.last(kVerify).headers.get("scnt") == "s8");
}

TEST_CASE("the code is sent again when the person asks, within bounds") {
  Fixture f;
  f.with_second_factor();
  f.http.on(kVerify, 204, "");
  f.person.codes = {std::nullopt, "333333"};
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), &f.person));
  CHECK(f.http.count(kPush) == 2);
  CHECK(f.person.attempts == std::vector<int>{1, 1});

  Fixture restless;
  restless.with_second_factor();
  restless.person.codes.assign(50, std::nullopt);
  auto again = restless.make();
  CHECK_FALSE(again.with_password(Secret("pw"), &restless.person));
  CHECK(restless.http.count(kPush) == kMostDeliveries);
  CHECK(restless.person.news.back() == CodeNews::enough_sent);
}

TEST_CASE("a text message goes and comes back with its phone") {
  Fixture f;
  f.with_second_factor();
  f.http.on("PUT /verify/phone", 412, R"({"type":"verification"})");
  f.http.on("POST /verify/phone/securitycode", 409, R"({"securityCode":{"valid":true}})");
  f.person.choice = {CodeRoute::sms, 3};
  f.person.codes = {"012345"};
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), &f.person));
  CHECK(f.http.count(kPush) == 0);
  CHECK(f.http.last("PUT /verify/phone").body == R"({"mode":"sms","phoneNumber":{"id":3}})");
  CHECK(f.http.last("POST /verify/phone/securitycode").body ==
        R"({"mode":"sms","phoneNumber":{"id":3},"securityCode":{"code":"012345"}})");
}

TEST_CASE("a phone that takes no texts is called") {
  Fixture f;
  f.with_second_factor();
  f.http.on("PUT /verify/phone", 200, "{}");
  f.http.on("POST /verify/phone/securitycode", 200, R"({"securityCode":{"valid":true}})");
  f.person.choice = {CodeRoute::sms, 7};
  f.person.codes = {"012345"};
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), &f.person));
  CHECK(f.http.last("PUT /verify/phone").body == R"({"mode":"voice","phoneNumber":{"id":7,"nonFTEU":true}})");
}

TEST_CASE("another way in mid-dialogue is verified where it belongs, and remembered") {
  Fixture f;
  f.with_second_factor();
  f.http.on("PUT /verify/phone", 200, "{}");
  f.http.on(kVerify, 400, kWrongCode);
  f.http.on("POST /verify/phone/securitycode", 200, R"({"securityCode":{"valid":true}})");
  f.person.codes = {"111111", std::nullopt, "012345"};
  f.person.ways = {{CodeRoute::voice, 3}};
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), &f.person));
  CHECK(f.http.count(kVerify) == 1);
  CHECK(f.http.last("POST /verify/phone/securitycode").body ==
        R"({"mode":"voice","phoneNumber":{"id":3},"securityCode":{"code":"012345"}})");
  CHECK(f.person.news == std::vector{CodeNews::sent, CodeNews::wrong, CodeNews::sent});
  CHECK(f.person.accepted_codes == 1);
  const CodeRequest call{CodeRoute::voice, 3};
  CHECK(sign_in.session().phone_way == call);
  CHECK(decode_session(encode_session(sign_in.session()))->phone_way == call);

  f.session = sign_in.session();
  f.person.codes = {"012345"};
  f.person.choice = {};
  f.http.script[kVerify].clear();
  f.http.on(kVerify, 204, "");
  auto next = f.make();
  REQUIRE(next.with_password(Secret("pw"), &f.person));
  CHECK(f.person.seen.last_phone == call);
  CHECK(next.session().phone_way == call);  // a code on a device forgets no phone

  f.session.phone_way = CodeRequest{CodeRoute::sms, 99};  // no longer the account's
  f.person.codes = {"012345"};
  auto later = f.make();
  REQUIRE(later.with_password(Secret("pw"), &f.person));
  CHECK_FALSE(f.person.seen.last_phone);
}

TEST_CASE("what became of a request for a code") {
  constexpr const char* kText = "PUT /verify/phone";
  struct Row {
    const char* name;
    const char* body;
    CodeNews news;
    CodeRoute wanted_by;
  };
  const Row rows[] = {
      {"no further one, the last is good", R"({"service_errors":[{"code":"-22981"}]})", CodeNews::last_still_good,
       CodeRoute::sms},
      {"not to this number", R"({"service_errors":[{"code":"-28248"}]})", CodeNews::not_to_this, CodeRoute::device},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Fixture f;
    f.with_second_factor();
    f.http.on(kText, 423, row.body);
    f.http.on(kVerify, 204, "");
    f.http.on("POST /verify/phone/securitycode", 200, R"({"securityCode":{"valid":true}})");
    f.person.codes = {std::nullopt, "012345"};
    f.person.ways = {{CodeRoute::sms, 3}};
    auto sign_in = f.make();
    REQUIRE(sign_in.with_password(Secret("pw"), &f.person));
    CHECK(f.person.news == std::vector{CodeNews::sent, row.news});
    CHECK(f.http.count(kVerify) == (row.wanted_by == CodeRoute::device ? 1 : 0));
  }
  Fixture f;
  f.with_second_factor();
  f.http.on(kText, 423, R"({"service_errors":[{"code":"-28248"}]})");
  f.person.choice = {CodeRoute::sms, 3};
  auto sign_in = f.make();
  CHECK_FALSE(sign_in.with_password(Secret("pw"), &f.person));
  CHECK(f.person.news == std::vector{CodeNews::not_to_this});
}

TEST_CASE("nobody there: no code is sent for") {
  Fixture f;
  f.with_second_factor();
  auto sign_in = f.make();
  const auto result = sign_in.with_password(Secret("pw"), nullptr);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::sign_in_needed);
  CHECK(f.http.count(kPush) == 0);
}

TEST_CASE("security keys are recognised") {
  Fixture f;
  f.with_second_factor();
  f.http.script["GET "].clear();
  f.http.on(
      "GET ", 409,
      R"({"fsaChallenge":{"challenge":"x","keyHandles":["y"],"rpId":"apple.com"},"keyNames":["My key","Spare"]})");
  auto sign_in = f.make();
  const auto result = sign_in.with_password(Secret("pw"), &f.person);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::account_action);
  CHECK_THAT(result.error().message, ContainsSubstring("security keys ('My key', 'Spare')"));
  CHECK_THAT(result.error().remedy, ContainsSubstring("codes work"));
  CHECK(f.http.count(kPush) == 0);
}

TEST_CASE("options out of the boot page") {
  Fixture f;
  f.with_second_factor();
  f.http.script["GET "].clear();
  f.http.on(
      "GET ", 200,
      std::string(
          R"(<html><script type="application/json" class="boot_args">{"direct":{"twoSV":{"phoneNumberVerification":)") +
          sign_in_fake::kOptions + R"(}}}</script></html>)");
  f.http.on(kVerify, 204, "");
  f.person.codes = {"111111"};
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), &f.person));
  CHECK(f.person.seen.phones.size() == 2);
}

TEST_CASE("the legacy two-step verification") {
  Fixture f;
  f.http.on("POST /sendVerificationCode", 200, R"({"success":false})");
  f.http.on("POST /signin/complete", 200, "{}", {{"X-Apple-Session-Token", "token"}});
  f.http.script["POST /accountLogin"].clear();
  f.http.on("POST /accountLogin", 200,
            R"({"dsInfo":{"dsid":"1","hsaVersion":1},"hsaChallengeRequired":true,"hsaTrustedBrowser":false})");
  f.http.on("POST /accountLogin", 200, kAccount);
  f.http.on("GET /listDevices", 200,
            R"({"devices":[{"deviceType":"SMS","areaCode":"","phoneNumber":"*******03","deviceId":"1"}]})");
  f.http.on("POST /sendVerificationCode", 200, R"({"success":true})");
  f.http.on("POST /validateVerificationCode", 200,
            R"({"success":false,"errorCode":-21669,"errorTitle":"Invalid Code"})");
  f.http.on("POST /validateVerificationCode", 200, R"({"success":true})");
  f.person.choice = {CodeRoute::sms, 1};
  f.person.codes = {std::nullopt, "111111", "222222"};
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), &f.person));
  CHECK(f.person.news == std::vector{CodeNews::not_to_this, CodeNews::sent, CodeNews::wrong});
  const auto body = nlohmann::json::parse(*f.http.last("POST /validateVerificationCode").body);
  CHECK(body["phoneNumber"] == "*******03");
  CHECK(body["verificationCode"] == "222222");
  CHECK(body["trustBrowser"] == true);
}

TEST_CASE("hosts that the account's answer may name") {
  const Endpoints apple = apple_endpoints(Region::world);
  Endpoints given = apple;
  given.given = true;
  given.setup = "https://setup.icloud.localhost:8443/setup/ws/1";
  Endpoints bare = given;
  bare.setup = "https://127.0.0.1:8443/setup/ws/1";
  Endpoints single = given;
  single.setup = "https://setup.example/setup/ws/1";
  struct Row {
    const char* name;
    const Endpoints* endpoints;
    const char* url;
    bool allowed;
  };
  const Row rows[] = {
      {"Apple's", &apple, "https://p61-ckdatabasews.icloud.com:443", true},
      {"Apple's, China", &apple, "https://p201-ckdatabasews.icloud.com.cn", true},
      {"look-alike", &apple, "https://icloud.com.evil.example", false},
      {"suffix without a dot", &apple, "https://evilicloud.com", false},
      {"plain http", &apple, "http://p61-ckdatabasews.icloud.com", false},
      {"not a URL", &apple, "p61", false},
      {"given: sibling", &given, "https://p61-ckdatabasews.icloud.localhost:8443", true},
      {"given: Apple is no longer meant", &given, "https://p61-ckdatabasews.icloud.com", false},
      {"given: other loopback name", &given, "https://other.localhost", false},
      {"given by number: itself", &bare, "https://127.0.0.1:9000", true},
      {"given by number: another", &bare, "https://1.0.0.1:9000", false},
      {"given below a top-level domain: itself", &single, "https://setup.example", true},
      {"given below a top-level domain: not all of it", &single, "https://evil.example", false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(may_contact(row.url, *row.endpoints) == row.allowed);
  }
}
