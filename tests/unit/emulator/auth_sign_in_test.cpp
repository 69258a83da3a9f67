#include "catch.hpp"
#include "emulator/icloud/auth/proof_of_work.hpp"
#include "unit/emulator/auth_test_client.hpp"

using namespace auth_test;

namespace {

ic::AuthConfig with(ic::SecondFactor factor, ic::SignInKnobs knobs = {}) {
  ic::AuthConfig config;
  config.account.second_factor = factor;
  config.sign_in = knobs;
  return config;
}

ic::AuthConfig with(ic::SignInKnobs knobs) { return with(ic::SecondFactor::hsa2_device, std::move(knobs)); }

}  // namespace

TEST_CASE("a device code leads from the password to a working session") {
  for (const auto srp : {ic::SrpProtocol::s2k, ic::SrpProtocol::s2k_fo}) {
    DYNAMIC_SECTION(ic::name_of(srp)) {
      ic::AuthConfig config;
      config.account.srp = srp;
      config.account.apple_id = "User@Example.com";
      Scene scene(config);
      auto& client = scene.client;

      const Response init = client.init();
      REQUIRE(init.status == 200);
      CHECK(init.headers.value("Content-Type") == "text/html;charset=UTF-8");
      CHECK(client.init_answer["protocol"] == ic::name_of(srp));
      const Response proved = client.complete();
      REQUIRE(proved.status == 409);
      CHECK(json::parse(proved.body)["authType"] == "hsa2");
      CHECK(scene.parts.sign_in.device_code().empty());  // nothing is pushed unasked

      const Response pushed = client.push();
      CHECK(pushed.status == 202);
      const std::string code = scene.parts.sign_in.device_code();
      REQUIRE(code.size() == 6);
      const Response accepted = client.verify(code);
      CHECK(accepted.status == 409);
      CHECK(json::parse(accepted.body)["securityCode"]["valid"] == true);
      CHECK_FALSE(accepted.headers.value("X-Apple-Session-Token").empty());
      CHECK(client.trust().status == 204);

      const Response login = client.account_login();
      REQUIRE(login.status == 200);
      const json body = json::parse(login.body);
      CHECK(body["hsaTrustedBrowser"] == true);
      CHECK(body["hsaChallengeRequired"] == false);
      CHECK(body["webservices"]["ckdatabasews"]["url"] == "https://p61-ckdatabasews.icloud.com:443");
      CHECK_FALSE(scene.parts.sessions.refuse(client.catalogue_request()));
      CHECK(client.setup("POST", "/validate", "null").status == 200);
    }
  }
}

TEST_CASE("every answer brings a new scnt and a stale one looks like a wrong code") {
  Scene scene;
  auto& client = scene.client;
  client.sign_in();
  const std::string before = client.kept["scnt"];
  client.push();
  CHECK(client.kept["scnt"] != before);
  const std::string code = scene.parts.sign_in.device_code();
  client.kept["scnt"] = before;
  const Response stale = client.verify(code);
  CHECK(stale.status == 400);
  CHECK(error_code(stale) == "-21669");
  CHECK(scene.parts.sign_in.counters().stale_scnt == 1);
  CHECK(scene.parts.sign_in.counters().wrong_codes == 0);
  CHECK(client.verify(code).status == 409);  // the refusal told the new one
}

TEST_CASE("the newest code is the one drawn last, while it is good") {
  Scene scene;
  auto& client = scene.client;
  CHECK(scene.parts.sign_in.newest_code().empty());
  client.sign_in();
  client.push();
  const std::string given_up = scene.parts.sign_in.device_code();
  client.sign_in();
  client.push();
  const std::string code = scene.parts.sign_in.newest_code();
  CHECK(code != given_up);
  CHECK(client.verify(code).status == 409);
  CHECK(scene.parts.sign_in.newest_code().empty());
}

TEST_CASE("requests that miss what the protocol asks for are refused") {
  struct Row {
    const char* name;
    const char* header;
    const char* value;
    int status;
  };
  for (const auto& row :
       {Row{"widget key", "X-Apple-Widget-Key", "0", 401}, Row{"state", "X-Apple-OAuth-State", "x", 400},
        Row{"frame", "X-Apple-Frame-Id", "x", 400}, Row{"session", "X-Apple-ID-Session-Id", "x", 401},
        Row{"mode", "X-Apple-OAuth-Response-Mode", "query", 400},
        Row{"redirect", "X-Apple-OAuth-Redirect-URI", "https://example.com", 400},
        Row{"grant code", "X-Apple-OAuth-Require-Grant-Code", "", 400},
        Row{"origin", "Origin", "https://example.com", 403}, Row{"aasp", "Cookie", "aasp=x", 400}}) {
    DYNAMIC_SECTION(row.name) {
      Scene scene;
      scene.client.sign_in();
      scene.client.extra[row.header] = row.value;
      CHECK(scene.client.push().status == row.status);
      CHECK(scene.parts.sign_in.device_code().empty());
    }
  }
}

TEST_CASE("the password is proved by both proofs and by the lower-case name") {
  Scene scene;
  auto& client = scene.client;
  SECTION("wrong password") { client.password = "correct horsf"; }
  SECTION("wrong M2") { client.spoil_m2 = true; }
  SECTION("name not in lower case") { client.name = "User@example.com"; }
  SECTION("unknown name") { client.name = "nobody@example.com"; }
  const Response response = client.sign_in();
  CHECK(response.status == 401);
  CHECK(error_code(response) == "-20101");
  CHECK(scene.parts.sign_in.counters().wrong_passwords == 1);
  CHECK(client.complete().status == 400);  // one handshake, one attempt
}

TEST_CASE("a trust token spares the code until it expires") {
  Scene scene;
  auto& client = scene.client;
  client.enter();
  Client again(scene.parts);
  again.trust_tokens = {client.kept["X-Apple-TwoSV-Trust-Token"]};
  CHECK(again.sign_in().status == 200);
  const Response login = again.account_login();
  CHECK(json::parse(login.body)["hsaTrustedBrowser"] == true);
  CHECK(scene.parts.sign_in.counters().trust_skips == 1);

  scene.now_ms += std::int64_t{61} * 86400 * 1000;
  Client late(scene.parts);
  late.trust_tokens = again.trust_tokens;
  CHECK(late.sign_in().status == 409);
}

TEST_CASE("a right code is accepted in every form seen") {
  struct Row {
    const char* name;
    ic::AcceptForm form;
    int status;
    bool token;
  };
  for (const auto& row :
       {Row{"204", ic::AcceptForm::no_content_204, 204, true}, Row{"200", ic::AcceptForm::ok_200, 200, true},
        Row{"409", ic::AcceptForm::conflict_with_token, 409, true},
        Row{"409 without token", ic::AcceptForm::conflict_without_token, 409, false},
        Row{"412", ic::AcceptForm::precondition_412, 412, true}}) {
    DYNAMIC_SECTION(row.name) {
      ic::SignInKnobs knobs;
      knobs.accept = row.form;
      Scene scene(with(knobs));
      auto& client = scene.client;
      client.sign_in();
      client.push();
      const Response accepted = client.verify(scene.parts.sign_in.device_code());
      CHECK(accepted.status == row.status);
      CHECK(accepted.headers.get("X-Apple-Session-Token").has_value() == row.token);
      if (row.status == 412) {
        CHECK(client.trust().status == 412);
        CHECK(client.idmsa("POST", "/repair/complete", "{}").status == 200);
      } else {
        CHECK(client.account_login().status == 200);  // whatever token is known
      }
      CHECK(client.trust().status == 204);
      CHECK(json::parse(client.account_login().body)["hsaTrustedBrowser"] == true);
    }
  }
}

TEST_CASE("wrong codes are counted and lock for hours") {
  Scene scene;
  auto& client = scene.client;
  scene.parts.sign_in.force_next_code("012345");
  client.sign_in();
  client.push();
  CHECK(scene.parts.sign_in.device_code() == "012345");
  CHECK(client.idmsa("POST", "/verify/trusteddevice/securitycode", R"({"securityCode":{"code":12345}})").status == 400);
  CHECK(scene.parts.sign_in.counters().code_attempts == 0);
  for (int i = 0; i < 4; ++i) {
    const Response wrong = client.verify("999999");
    CHECK(wrong.status == 400);
    CHECK(wrong.headers.value("X-Apple-I-Ercd") == "-21669");
  }
  const Response locked = client.verify("999999");
  CHECK(locked.status == 423);
  CHECK(error_code(locked) == "-22982");
  CHECK(json::parse(locked.body)["securityCode"]["securityCodeLocked"] == true);
  CHECK(client.verify("012345").status == 423);
  CHECK(client.push().status == 423);
  scene.now_ms += std::int64_t{9} * 3600 * 1000;
  CHECK(client.verify("012345").status == 409);
}

TEST_CASE("too many pushes lock, and a new push retires the code before") {
  ic::SignInKnobs knobs;
  knobs.lock_after_pushes = 2;
  Scene scene(with(knobs));
  auto& client = scene.client;
  client.sign_in();
  client.push();
  const std::string first = scene.parts.sign_in.device_code();
  client.push();
  CHECK(error_code(client.verify(first)) == "-21669");
  const Response third = client.push();
  CHECK(third.status == 423);
  CHECK(json::parse(third.body)["securityCode"]["tooManyCodesSent"] == true);
}

TEST_CASE("a texted code is good only with its phone, mode and route") {
  Scene scene(with(ic::SecondFactor::hsa2_sms_only));
  auto& client = scene.client;
  client.sign_in();
  CHECK(client.push().status == 412);  // no device to push to
  const Response page = client.idmsa("GET", "", "", "text/html");
  CHECK(page.body.find(R"(<script type="application/json" class="boot_args">)") != std::string::npos);
  const json options = json::parse(client.idmsa("GET", "").body);
  CHECK(options["noTrustedDevices"] == true);
  CHECK(options["trustedPhoneNumbers"][0]["id"] == 2);
  CHECK(client.text(1).status == 412);
  CHECK(error_code(client.text(5)) == "-28248");  // calls only
  CHECK(client.text(2, "fax").status == 400);
  REQUIRE(client.text(2).status == 200);
  const std::string code = scene.parts.sign_in.phone_code(2);
  CHECK(client.text(2).status == 412);  // under way
  CHECK(scene.parts.sign_in.phone_code(2) == code);
  CHECK(error_code(client.verify(code)) == "-21669");
  CHECK(error_code(client.verify_text(5, code)) == "-21669");
  CHECK(error_code(client.verify_text(2, code, "voice")) == "-21669");
  CHECK(client.verify_text(2, code).status == 409);
  CHECK(client.trust().status == 204);
  CHECK(client.account_login().status == 200);
  CHECK(scene.parts.sign_in.counters().texts == 1);
}

TEST_CASE("accounts without second factor repair and go on") {
  Scene scene(with(ic::SecondFactor::none));
  auto& client = scene.client;
  const Response proved = client.sign_in();
  CHECK(proved.status == 412);
  CHECK(json::parse(proved.body)["authType"] == "sa");
  CHECK(client.account_login().status == 400);
  CHECK(client.idmsa("POST", "/repair/complete", "{}").status == 200);
  CHECK(json::parse(client.account_login().body)["dsInfo"]["hsaVersion"] == 0);
}

TEST_CASE("accounts with security keys offer no code") {
  Scene scene(with(ic::SecondFactor::security_key));
  auto& client = scene.client;
  const json told = json::parse(client.sign_in().body);
  REQUIRE(told.contains("fsaChallenge"));
  CHECK_FALSE(told.contains("trustedPhoneNumbers"));
  CHECK(client.push().status == 412);
  const std::string challenge = told["fsaChallenge"]["challenge"];
  json reply = {{"challenge", challenge},
                {"clientData", ic::to_base64(json{{"challenge", challenge}, {"origin", "https://apple.com"}}.dump())},
                {"signatureData", ic::to_base64("signature")},
                {"authenticatorData", ic::to_base64(ic::sha256("apple.com") + std::string(5, '\1'))},
                {"userHandle", nullptr},
                {"credentialID", ic::to_base64("another key")},
                {"rpId", "apple.com"}};
  CHECK(client.idmsa("POST", "/verify/security/key", reply.dump()).status == 400);
  reply["credentialID"] = ic::key_handles(ic::Account{}).front();
  CHECK(client.idmsa("POST", "/verify/security/key", reply.dump()).status == 409);
  CHECK(client.trust().status == 204);
}

TEST_CASE("proof of work is demanded where it was asked for") {
  ic::SignInKnobs knobs;
  knobs.hashcash_bits = 10;
  Scene scene(with(knobs));
  auto& client = scene.client;
  const Response init = client.init();
  CHECK(init.headers.value("X-Apple-HC-Bits") == "10");
  const std::string head = "1:10:20260101000000:" + init.headers.value("X-Apple-HC-Challenge") + "::";
  CHECK(client.complete().status == 403);
  int counter = 0;
  while (ic::leading_zero_bits(ic::sha1(head + std::to_string(counter))) < 10) ++counter;
  client.extra["X-Apple-HC"] = head + std::to_string(counter);
  CHECK(client.complete().status == 409);
}

TEST_CASE("refusals of the password routes") {
  SECTION("locked account") {
    ic::AuthConfig config;
    config.account.locked = true;
    Scene scene(config);
    const Response response = scene.client.sign_in();
    CHECK(response.status == 403);
    CHECK(error_code(response) == "-20209");
  }
  SECTION("throttled") {
    struct Row {
      ic::RateLimit form;
      int status;
    };
    for (const auto& row : {Row{ic::RateLimit::html_503, 503}, Row{ic::RateLimit::too_many_429, 429},
                            Row{ic::RateLimit::forbidden_403, 403}}) {
      ic::SignInKnobs knobs;
      knobs.rate_limit = row.form;
      knobs.retry_after_s = 60;
      Scene scene(with(knobs));
      const Response response = scene.client.init();
      CHECK(response.status == row.status);
      CHECK(response.headers.value("Retry-After") == "60");
    }
  }
  SECTION("too many in the window") {
    ic::SignInKnobs knobs;
    knobs.password_limit = 2;
    Scene scene(with(knobs));
    CHECK(scene.client.sign_in().status == 409);
    CHECK(scene.client.sign_in().status == 409);
    CHECK(scene.client.sign_in().status == 503);
    scene.now_ms += 3'700'000;
    CHECK(scene.client.sign_in().status == 409);
  }
  SECTION("plain password") {
    Scene scene;
    const Response response = scene.client.idmsa("POST", "/signin", "{}");
    CHECK(response.status == 503);
    CHECK(response.headers.value("Content-Type").starts_with("text/html"));
    CHECK(scene.parts.sign_in.counters().raw_sign_ins == 1);
  }
  SECTION("no browser") {
    Scene scene;
    scene.client.extra["User-Agent"] = "curl/8";
    CHECK(scene.client.init().status == 503);
  }
  SECTION("behind 200") {
    ic::SignInKnobs knobs;
    knobs.status_behind_200 = true;
    Scene scene(with(knobs));
    CHECK(scene.client.sign_in().headers.value("X-Apple-I-Rscd") == "409");
    scene.client.password = "x";
    const Response wrong = scene.client.sign_in();
    CHECK(wrong.status == 200);
    CHECK(wrong.headers.value("X-Apple-I-Rscd") == "401");
  }
}

TEST_CASE("the server's number can be made awkward") {
  ic::SignInKnobs knobs;
  SECTION("zero modulo N") {
    knobs.b_fault = ic::BFault::zero_mod_n;
    Scene scene(with(knobs));
    scene.client.init();
    CHECK(*ic::from_base64(scene.client.init_answer["b"].get<std::string>()) == ic::srp_modulus());
  }
  SECTION("B with a leading zero") {
    knobs.b_fault = ic::BFault::leading_zero_b;
    Scene scene(with(knobs));
    CHECK(scene.client.sign_in().status == 409);
    CHECK(ic::from_base64(scene.client.init_answer["b"].get<std::string>())->front() == 0);
  }
  SECTION("c is no text") {
    knobs.c_is_object = true;
    Scene scene(with(knobs));
    CHECK(scene.client.sign_in().status == 409);
    CHECK(scene.client.init_answer["c"].is_object());
  }
}

TEST_CASE("old routes and unknown paths") {
  Scene scene;
  scene.client.sign_in();
  CHECK(scene.client.idmsa("PUT", "/verify/trusteddevice").status == 405);
  CHECK(scene.client.idmsa("GET", "/verify/trusteddevice").status == 200);
  CHECK(scene.client.idmsa("GET", "/elsewhere").status == 404);
  CHECK(scene.parts.sign_in.counters().pushes == 1);
}

TEST_CASE("a client that goes straight to init and keeps little gets in with the preset") {
  ic::AuthConfig config;
  config.sign_in = ic::sign_in_knobs_from_json({{"preset", "independent_clients"}});
  Scene scene(config);
  auto& client = scene.client;
  client.init();
  client.kept.erase("scnt");  // complete with the headers of before init
  client.kept.erase("X-Apple-ID-Session-Id");
  REQUIRE(client.complete().status == 409);
  const std::string old_scnt = client.kept["scnt"];
  CHECK(client.account_login().status == 200);
  client.idmsa("GET", "", "", "*/*");
  client.kept["scnt"] = old_scnt;  // GET /auth was not remembered
  client.push();
  client.kept["scnt"] = old_scnt;
  CHECK(client.verify(scene.parts.sign_in.device_code()).status == 409);
  CHECK(client.trust().status == 204);
  CHECK(client.account_login().status == 200);
  CHECK_THROWS_AS(ic::sign_in_knobs_from_json({{"no such knob", 1}}), std::invalid_argument);
}

TEST_CASE("the prelude gives a context and the next init uses it") {
  Scene scene;
  auto& client = scene.client;
  const Response bad = client.idmsa("GET", "/authorize/signin");
  CHECK(bad.status == 400);
  Request request;
  request.method = "GET";
  request.path = "/appleauth/auth/authorize/signin";
  request.query = {{"frame_id", "auth-x"},    {"client_id", std::string(ic::kWidgetKey)},
                   {"state", "auth-x"},       {"redirect_uri", "https://www.icloud.com"},
                   {"response_type", "code"}, {"response_mode", "web_message"}};
  const Response good = scene.parts.sign_in.handle(request);
  CHECK(good.status == 200);
  client.kept["scnt"] = good.headers.value("scnt");
  client.kept["X-Apple-ID-Session-Id"] = good.headers.value("X-Apple-ID-Session-Id");
  CHECK(client.idmsa("POST", "/federate", R"({"accountName":"user@example.com","rememberMe":true})").status == 200);
  CHECK(client.sign_in().status == 409);
  client.kept["scnt"] = "old";
  CHECK(client.init().status == 401);
}
