#include "catch.hpp"
#include "unit/emulator/auth_test_client.hpp"

using namespace auth_test;

namespace {

std::string set_cookie(const Response& response, const std::string& name) {
  for (const auto& line : response.headers.all("Set-Cookie")) {
    if (line.starts_with(name + "=")) return line;
  }
  return {};
}

}  // namespace

TEST_CASE("a login before the code owes it and cannot read the catalogue") {
  Scene scene;
  auto& client = scene.client;
  client.sign_in();
  const Response login = client.account_login();
  const json body = json::parse(login.body);
  CHECK(body["hsaChallengeRequired"] == true);
  CHECK(body["hsaTrustedBrowser"] == false);
  CHECK(set_cookie(login, "X-APPLE-WEBAUTH-TOKEN").empty());
  CHECK_FALSE(set_cookie(login, "X-APPLE-WEBAUTH-HSA-LOGIN").empty());
  const auto refused = scene.parts.sessions.refuse(client.catalogue_request());
  REQUIRE(refused);
  CHECK(refused->status == 421);
  const Response validated = client.setup("POST", "/validate", "null");
  CHECK(validated.status == 421);
  const json told = json::parse(validated.body);
  CHECK_FALSE(told.contains("dsInfo"));
  CHECK(told["error"] == "Missing X-APPLE-WEBAUTH-TOKEN cookie");
}

TEST_CASE("login cookies have Domain, quotes and hyphenated dates") {
  ic::AuthConfig config;
  config.hosts.cookie_domain = ".icloud.localhost";
  Scene scene(config);
  const Response login = scene.client.enter();
  const std::string token = set_cookie(login, "X-APPLE-WEBAUTH-TOKEN");
  CHECK(token.starts_with("X-APPLE-WEBAUTH-TOKEN=\"v=2:t="));
  CHECK(token.find(";Path=/;Domain=.icloud.localhost;Secure;HttpOnly") != std::string::npos);
  CHECK(token.find(";Expires=Wed, 21-Oct-2026 ") != std::string::npos);
  CHECK(set_cookie(login, "X-APPLE-WEBAUTH-USER").find("\"v=1:s=1:d=12345678901\"") != std::string::npos);
  CHECK_FALSE(set_cookie(login, "X-APPLE-WEBAUTH-HSA-TRUST").empty());
  CHECK_FALSE(set_cookie(login, "X-APPLE-WEBAUTH-PCS-Photos").empty());
}

TEST_CASE("each catalogue answer brings a new token and earlier ones stay good for a while") {
  Scene scene;
  auto& client = scene.client;
  client.enter();
  const auto request = client.catalogue_request();
  const std::string first = scene.parts.sessions.fresh_token_cookie(request);
  CHECK(first.starts_with("X-APPLE-WEBAUTH-TOKEN=\"v=2:t="));
  CHECK(first.find("Expires") == std::string::npos);
  CHECK(scene.parts.sessions.fresh_token_cookie(request) != first);
  CHECK_FALSE(scene.parts.sessions.refuse(request));
  client.jar["X-APPLE-WEBAUTH-TOKEN"] = first.substr(first.find('=') + 1, first.find(';') - first.find('=') - 1);
  CHECK_FALSE(scene.parts.sessions.refuse(client.catalogue_request()));
  auto foreign = client.catalogue_request();
  foreign.query["dsid"] = "1";
  CHECK(scene.parts.sessions.refuse(foreign));
}

TEST_CASE("sessions die when told to") {
  Scene scene;
  auto& client = scene.client;
  client.enter();
  ic::WebSessionKnobs knobs;
  SECTION("after so many requests") {
    knobs.dies_after_requests = 2;
    scene.parts.sessions.set_knobs(knobs);
    CHECK_FALSE(scene.parts.sessions.refuse(client.catalogue_request()));
    CHECK_FALSE(scene.parts.sessions.refuse(client.catalogue_request()));
    CHECK(scene.parts.sessions.refuse(client.catalogue_request()));
    CHECK(client.account_login().status == 200);  // the stored token opens a new one
    CHECK_FALSE(scene.parts.sessions.refuse(client.catalogue_request()));
  }
  SECTION("at their age") {
    scene.now_ms += std::int64_t{31} * 86400 * 1000;
    CHECK(scene.parts.sessions.refuse(client.catalogue_request()));
    CHECK(client.setup("POST", "/validate", "null").status == 421);
    CHECK(client.account_login().status == 421);  // and so has the session token
  }
  SECTION("at a given time") {
    knobs.dies_at_ms = scene.now_ms + 1000;
    knobs.old_wording = true;
    scene.parts.sessions.set_knobs(knobs);
    CHECK_FALSE(scene.parts.sessions.refuse(client.catalogue_request()));
    scene.now_ms += 1000;
    const auto refused = scene.parts.sessions.refuse(client.catalogue_request());
    REQUIRE(refused);
    CHECK(json::parse(refused->body)["reason"] == "Invalid global session");
  }
  SECTION("by logging out") {
    CHECK(client.setup("POST", "/logout", R"({"trustBrowser":true,"allBrowsers":false})").status == 200);
    CHECK_FALSE(client.jar.contains("X-APPLE-WEBAUTH-TOKEN"));
    CHECK(scene.parts.sessions.alive() == 0);
    CHECK(client.setup("POST", "/logout", "{}").status == 421);
  }
}

TEST_CASE("accountLogin refuses tokens nobody issued and names the other family") {
  Scene scene;
  auto& client = scene.client;
  client.kept["X-Apple-Session-Token"] = "made up";
  CHECK(json::parse(client.account_login().body)["error"] == "Invalid Session Token");
  client.setup_host = "setup.icloud.com.cn";
  const Response moved = client.account_login();
  CHECK(moved.status == 200);
  CHECK(json::parse(moved.body) == json{{"domainToUse", "iCloud.com"}});
}

TEST_CASE("client parameters are checked") {
  Scene scene;
  auto& client = scene.client;
  client.enter();
  CHECK(client.setup("POST", "/validate", "null", false).status == 200);  // a released client sends none here
  CHECK(client.setup("POST", "/requestWebAccessState", "", false).status == 400);
  ic::SetupKnobs knobs;
  knobs.strict_params = true;
  knobs.min_build = 2600;
  scene.parts.setup.set_knobs(knobs);
  CHECK(client.setup("POST", "/validate", "null", false).status == 400);
  CHECK(client.setup("POST", "/validate", "null").status == 503);
}

TEST_CASE("two-step accounts verify at setup") {
  ic::AuthConfig config;
  config.account.second_factor = ic::SecondFactor::legacy_2sa;
  Scene scene(config);
  auto& client = scene.client;
  CHECK(client.sign_in().status == 200);
  CHECK(client.trust().status == 404);
  CHECK(json::parse(client.account_login().body)["dsInfo"]["hsaVersion"] == 1);
  json device = json::parse(client.setup("GET", "/listDevices").body)["devices"][0];
  CHECK(device["deviceId"] == "2");
  CHECK(json::parse(client.setup("POST", "/sendVerificationCode", device.dump()).body)["success"] == true);
  device["verificationCode"] = "x";
  device["trustBrowser"] = true;
  CHECK(json::parse(client.setup("POST", "/validateVerificationCode", device.dump()).body)["errorCode"] == -21669);
  device["verificationCode"] = scene.parts.setup.two_step_code();
  CHECK(json::parse(client.setup("POST", "/validateVerificationCode", device.dump()).body)["success"] == true);
  CHECK(json::parse(client.account_login().body)["hsaTrustedBrowser"] == true);

  Client again(scene.parts);  // the mark in the cookie trusts the browser
  again.jar = client.jar;
  again.jar.erase("aasp");
  again.sign_in();
  CHECK(json::parse(again.account_login().body)["hsaTrustedBrowser"] == true);
}

TEST_CASE("pending terms take the token away until they are accepted") {
  ic::AuthConfig config;
  config.account.terms_pending = true;
  Scene scene(config);
  auto& client = scene.client;
  const Response login = client.enter();
  CHECK(json::parse(login.body)["termsUpdateNeeded"] == true);
  CHECK(set_cookie(login, "X-APPLE-WEBAUTH-TOKEN").empty());
  CHECK_FALSE(set_cookie(login, "X-APPLE-WEBAUTH-REPAIR").empty());
  const json version = json::parse(client.setup("GET", "/getTerms").body)["iCloudTerms"]["version"];
  CHECK(client.setup("GET", "/repairDone", R"({"acceptedICloudTerms":1})").status == 400);
  CHECK(client.setup("GET", "/repairDone", json{{"acceptedICloudTerms", version}}.dump()).status == 200);
  client.account_login();
  CHECK_FALSE(scene.parts.sessions.refuse(client.catalogue_request()));
}

TEST_CASE("protected data wants consent and cookies") {
  ic::AuthConfig config;
  config.account.adp = true;
  Scene scene(config);
  auto& client = scene.client;
  client.enter();
  const auto refused = scene.parts.sessions.refuse(client.catalogue_request());
  REQUIRE(refused);
  CHECK(refused->status == 423);
  CHECK_THAT(refused->body, ContainsSubstring("Missing X-APPLE-WEBAUTH-PCS-Photos cookie"));
  const auto state = [&] { return json::parse(client.setup("POST", "/requestWebAccessState").body); };
  CHECK(state()["isDeviceConsentedForPCS"] == false);
  CHECK(json::parse(client.setup("POST", "/enableDeviceConsentForPCS").body)["isDeviceConsentNotificationSent"] ==
        true);
  CHECK(state()["isDeviceConsentedForPCS"] == false);
  CHECK(state()["isDeviceConsentedForPCS"] == true);
  const std::string ask = R"({"appName":"photos","derivedFromUserAction":true})";
  CHECK(json::parse(client.setup("POST", "/requestPCS", ask).body)["status"] != "success");
  CHECK(json::parse(client.setup("POST", "/requestPCS", ask).body)["status"] == "success");
  CHECK_FALSE(scene.parts.sessions.refuse(client.catalogue_request()));
  scene.now_ms += 3'601'000;
  CHECK(scene.parts.sessions.refuse(client.catalogue_request()));
}

TEST_CASE("consent ends early, and renews where that is set") {
  ic::AuthConfig config;
  config.account.adp = true;
  config.setup.consent_after_polls = -1;
  config.setup.pcs_pending = 0;
  Scene scene(config);
  auto& client = scene.client;
  client.enter();
  const auto state = [&] { return json::parse(client.setup("POST", "/requestWebAccessState").body); };
  const std::string ask = R"({"appName":"photos","derivedFromUserAction":true})";
  scene.parts.setup.allow();  // nothing was asked: nothing is allowed
  CHECK(state()["isDeviceConsentedForPCS"] == false);
  client.setup("POST", "/enableDeviceConsentForPCS");
  scene.parts.setup.allow();
  const auto until = state()["deviceConsentForPCSExpiry"].get<std::int64_t>();
  CHECK(until == scene.now_ms + 3'600'000);
  client.setup("POST", "/requestPCS", ask);
  CHECK_FALSE(scene.parts.sessions.refuse(client.catalogue_request()));
  scene.now_ms += 60'000;
  client.setup("POST", "/requestPCS", ask);
  CHECK(state()["deviceConsentForPCSExpiry"] == until);
  scene.parts.apply({{"setup", {{"consent_renews", true}}}});
  client.setup("POST", "/requestPCS", ask);
  CHECK(state()["deviceConsentForPCSExpiry"] == until + 60'000);
  scene.parts.setup.end_consent();
  CHECK(state()["isDeviceConsentedForPCS"] == false);
  CHECK(scene.parts.sessions.refuse(client.catalogue_request()));
  CHECK(json::parse(client.setup("POST", "/requestPCS", ask).body)["status"] != "success");
}

TEST_CASE("web access switched off takes the token away at the next login") {
  ic::AuthConfig config;
  config.account.web_access = false;
  Scene scene(config);
  const Response login = scene.client.enter();
  CHECK(json::parse(login.body)["dsInfo"]["isWebAccessAllowed"] == false);
  CHECK(set_cookie(login, "X-APPLE-WEBAUTH-TOKEN").empty());
  CHECK_FALSE(set_cookie(login, "X-APPLE-WEBAUTH-REPAIR").empty());
}

TEST_CASE("web access switched off denies the catalogue") {
  Scene scene;
  scene.client.enter();
  scene.parts.apply({{"account", {{"web_access", false}}}});
  const auto refused = scene.parts.sessions.refuse(scene.client.catalogue_request());
  REQUIRE(refused);
  CHECK(refused->status == 403);
  CHECK_THAT(refused->body, ContainsSubstring("private db access disabled"));
  CHECK(json::parse(scene.client.setup("POST", "/requestWebAccessState").body)["isWebAccessAllowed"] == false);
}

TEST_CASE("the control document changes and shows") {
  Scene scene;
  auto& client = scene.client;
  scene.parts.apply({{"force_code", "000042"}, {"sign_in", {{"accept", "no_content_204"}}}});
  client.sign_in();
  client.push();
  CHECK(scene.parts.state()["device_code"] == "000042");
  CHECK(client.verify("000042").status == 204);
  client.trust();
  client.account_login();
  CHECK(scene.parts.state()["sessions_alive"] == 1);
  scene.parts.apply({{"do", {"kill_sessions", "expire_trust"}}, {"ck_url", "https://p9.example:443"}});
  CHECK(scene.parts.sessions.refuse(client.catalogue_request()));
  CHECK_THAT(client.account_login().body, ContainsSubstring("https://p9.example:443"));
  CHECK_THROWS_AS(scene.parts.apply({{"do", {"fly"}}}), std::invalid_argument);
  CHECK_THROWS_AS(scene.parts.apply({{"sign_in", {{"accept", "maybe"}}}}), std::invalid_argument);
  CHECK(ic::auth_config_from_json({{"account", {{"second_factor", "none"}}}}).account.second_factor ==
        ic::SecondFactor::none);
}
