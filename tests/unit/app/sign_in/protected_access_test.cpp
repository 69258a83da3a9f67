// A library that is shut, from the symptom to the exit code (docs/protocol/icloud.md §5.2), on canned answers.
#include "app/sign_in/protected_access.hpp"

#include "catch.hpp"
#include "i2i/app/exit_code.hpp"
#include "i2i/icloud/cloudkit.hpp"
#include "unit/icloud/sign_in_fake.hpp"

using namespace i2i;
using namespace std::chrono_literals;
using app::ConsentLog;
using app::ProtectedAccess;
using icloud::CloudKit;
using net::Request;
using sign_in_fake::FakeClient;
using sign_in_fake::FakeClock;
using util::ErrorCode;
using util::Secret;

namespace {

constexpr const char* kState = "POST /requestWebAccessState";
constexpr const char* kEnable = "POST /enableDeviceConsentForPCS";
constexpr const char* kPcs = "POST /requestPCS";
constexpr const char* kValidate = "POST /validate";
constexpr const char* kChanges =
    "POST https://p61-ckdatabasews.icloud.com:443/database/1/com.apple.photos.cloud/production/private/changes/zone";
constexpr const char* kGood = R"({"zones":[{"records":[],"syncToken":"t2","moreComing":false}]})";
constexpr const char* kPlain = R"({"isWebAccessAllowed":true})";
constexpr const char* kOff = R"({"isWebAccessAllowed":false})";
constexpr const char* kClosed =
    R"({"isWebAccessAllowed":true,"isDeviceConsentedForPCS":false,"isICDRSDisabled":true,"isDeviceConsentNotificationSent":true})";
constexpr const char* kDenied =
    R"({"serverErrorCode":"ACCESS_DENIED","reason":"private db access disabled for this account"})";
constexpr const char* kNoCookies =
    R"({"serverErrorCode":"AUTHENTICATION_REQUIRED","reason":"Missing X-APPLE-WEBAUTH-PCS-Photos cookie"})";
constexpr const char* kNoMethod = R"({"serverErrorCode":"AUTHENTICATION_FAILED","reason":"no auth method found"})";
constexpr const char* kNoZone = R"({"serverErrorCode":"ZONE_NOT_FOUND","reason":"Zone does not exist"})";
constexpr util::UnixMillis kHour = 3'600'000;

std::string opened(util::UnixMillis until) {
  return R"({"isWebAccessAllowed":true,"isDeviceConsentedForPCS":true,"isICDRSDisabled":true,"deviceConsentForPCSExpiry":)" +
         std::to_string(until) + "}";
}

std::string cookie(const std::string& name) { return ".icloud.com\tTRUE\t/\tTRUE\t1999999999\t" + name + "\t\"k\""; }

/// An account in the middle of a run, with the callbacks that a run gives CloudKit.
struct Scene : sign_in_fake::Fixture {
  explicit Scene(bool with_cookies = true) {
    session.session_token = Secret("token");
    session.dsid = "1";
    session.database_url = "https://p61-ckdatabasews.icloud.com:443";
    session.cookies = {cookie("X-APPLE-WEBAUTH-TOKEN")};
    if (with_cookies) session.cookies.push_back(cookie("X-APPLE-WEBAUTH-PCS-Photos"));
    http.on(kValidate, 200, sign_in_fake::kAccount);
  }
  void start() {
    sign_in = std::make_unique<icloud::SignIn>(
        icloud::SignIn::Parts{http, clock, icloud::apple_endpoints(icloud::Region::world), {}, {}}, session);
    access = std::make_unique<ProtectedAccess>(context, *sign_in);
  }
  void give_cookies() {
    http.script[kPcs].push_back([this](const Request&) {
      http.jar.push_back(cookie("X-APPLE-WEBAUTH-PCS-Photos"));
      http.jar.push_back(cookie("X-APPLE-WEBAUTH-PCS-Sharing"));
      return FakeClient::answer(200, R"({"isWebAccessAllowed":true,"status":"success"})");
    });
  }
  CloudKit cloudkit() {
    CloudKit::Parts parts{http,
                          clock,
                          {},
                          session.database_url,
                          "c",
                          "1",
                          "https://www.icloud.com",
                          {1000ms, 2000ms, 3},
                          [this]() -> util::Result<std::string> {
                            I2I_TRY(sign_in->renew());
                            return sign_in->session().database_url;
                          }};
    parts.reopen = [this](icloud::Shut why) { return access->reopen(why); };
    parts.keep_open = [this] { return access->keep_open(); };
    return CloudKit(std::move(parts));
  }
  app::RunContext context{{}, clock, {}};
  std::unique_ptr<icloud::SignIn> sign_in;
  std::unique_ptr<ProtectedAccess> access;
};

const model::ZoneId kZone{"PrimarySync", "_0", model::Database::private_db};

}  // namespace

TEST_CASE("each look-alike has its own sentence, remedy and exit code") {
  struct Row {
    const char* name;
    int ck_status;
    const char* ck_body;
    const char* state;
    const char* enable;
    int pcs_status;
    const char* pcs;
    int exit_code;
    const char* message;
    const char* remedy;
  };
  const std::string open = opened(1'767'225'600'000 + kHour);
  constexpr const char* kSaid = R"({"isWebAccessAllowed":true,"status":"success"})";
  const Row rows[] = {
      {"web access off, by 403", 403, kDenied, kOff, "", 200, kSaid, 3, "web is switched off",
       "switch on Access iCloud Data on the Web"},
      {"web access off, by an endless 421", 421, "", kOff, "", 200, kSaid, 3, "web is switched off",
       "switch on Access iCloud Data on the Web"},
      {"web access off, by a missing zone", 404, kNoZone, kOff, "", 200, kSaid, 3, "web is switched off",
       "switch on Access iCloud Data on the Web"},
      {"consent missing, by 423", 423, kNoCookies, kClosed, kClosed, 200, kSaid, 3, "nobody allowed access",
       "tap Allow Access"},
      {"consent missing, by 421", 421, kNoCookies, kClosed, kClosed, 200, kSaid, 3, "nobody allowed access",
       "tap Allow Access"},
      {"consent missing, by 403", 403, kDenied, kClosed, kClosed, 200, kSaid, 3, "nobody allowed access",
       "tap Allow Access"},
      {"consent missing, by ACCESS_DENIED in a 200", 200, kDenied, kClosed, kClosed, 200, kSaid, 3,
       "nobody allowed access", "tap Allow Access"},
      {"consent missing, by no auth method", 401, kNoMethod, kClosed, kClosed, 200, kSaid, 3, "nobody allowed access",
       "tap Allow Access"},
      {"consent missing, by a missing zone", 404, kNoZone, kClosed, kClosed, 200, kSaid, 3, "nobody allowed access",
       "tap Allow Access"},
      {"nobody to ask", 423, kNoCookies, kClosed, kPlain, 200, kSaid, 3, "could not ask any of your devices",
       "Switch on an iPhone"},
      {"terms pending, by requestPCS", 423, kNoCookies, open.c_str(), "", 500, "{}", 3, "terms are not accepted",
       "https://www.icloud.com"},
      {"terms pending, by a missing zone", 404, kNoZone, kPlain, "", 200, kSaid, 3, "new terms are not accepted",
       "icloud.com/photos"},
      {"throttled, looking like web access off", 403, kDenied, kPlain, "", 200, kSaid, 6, "ask too often",
       "Wait some hours"},
      {"throttled, looking like a consent that is over", 403, kDenied, open.c_str(), "", 200, kSaid, 6, "ask too often",
       "Wait some hours"},
      {"security keys", 401, kNoMethod, kPlain, "", 200, kSaid, 3, "no auth method found", "security keys"},
      {"a lost session that nothing explains", 421, "", kPlain, "", 200, kSaid, 3, "421", ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Scene s;
    s.http.on(kChanges, row.ck_status, row.ck_body);
    s.http.on(kState, 200, row.state);
    s.http.on(kEnable, 200, row.enable);
    if (row.pcs_status == 200) {
      s.give_cookies();
    } else {
      s.http.on(kPcs, row.pcs_status, row.pcs);
    }
    s.start();
    auto cloudkit = s.cloudkit();
    const auto page = cloudkit.changes(kZone, "t");
    REQUIRE_FALSE(page);
    INFO(page.error().message);
    CHECK(app::exit_code_for(page.error()) == row.exit_code);
    CHECK_THAT(page.error().message, ContainsSubstring(row.message));
    CHECK_THAT(page.error().remedy, ContainsSubstring(row.remedy));
    CHECK(s.http.count(kChanges) <= 3);
    CHECK(s.http.count(kEnable) <= 1);
  }
}

TEST_CASE("consent that ends every hour is renewed every hour") {
  Scene s;
  s.give_cookies();
  s.http.on(kEnable, 200, kClosed);
  s.start();
  auto cloudkit = s.cloudkit();
  for (int hour = 1; hour <= 3; ++hour) {
    s.http.script[kState].clear();
    s.http.on(kState, 200, kClosed);
    s.http.on(kState, 200, kClosed);
    s.http.on(kState, 200, opened(s.clock.now_ms + kHour));
    s.http.script[kChanges].clear();
    s.http.on(kChanges, 423, kNoCookies);
    s.http.on(kChanges, 200, kGood);
    REQUIRE(cloudkit.changes(kZone, "t"));
    REQUIRE(cloudkit.changes(kZone, "t"));
    CHECK(s.http.count(kEnable) == hour);
    CHECK(s.http.count(kPcs) == hour);
    s.clock.now_ms += kHour / 2;
  }
  CHECK(s.http.count(kValidate) == 0);
}

TEST_CASE("before its end a consent is renewed once, after it the run asks first") {
  Scene s;
  s.session.protected_until = s.clock.now_ms + kHour;
  s.http.on(kChanges, 200, kGood);
  s.http.on(kState, 200, opened(s.clock.now_ms + kHour));
  s.give_cookies();
  s.start();
  auto cloudkit = s.cloudkit();
  REQUIRE(cloudkit.changes(kZone, "t"));
  CHECK(s.http.count(kState) == 0);
  s.clock.now_ms += kHour - 60'000;
  REQUIRE(cloudkit.changes(kZone, "t"));
  REQUIRE(cloudkit.changes(kZone, "t"));
  CHECK(s.http.count(kPcs) == 1);
  CHECK(s.http.count(kState) == 2);
  CHECK(s.http.count(kEnable) == 0);
  s.http.script[kState].clear();
  s.http.on(kState, 200, kClosed);
  s.http.on(kState, 200, opened(s.clock.now_ms + 2 * kHour));
  s.http.on(kEnable, 200, kClosed);
  s.clock.now_ms += 60'000;
  REQUIRE(cloudkit.changes(kZone, "t"));
  CHECK(s.http.count(kEnable) == 1);
  CHECK(s.http.count(kChanges) == 4);
}

TEST_CASE("at the start of a run") {
  SECTION("an account with its cookies is not asked about") {
    Scene s;
    s.start();
    CHECK(s.access->keep_open());
    CHECK(s.http.asked.empty());
  }
  SECTION("one without them is") {
    Scene s(false);
    s.http.on(kState, 200, kPlain);
    s.start();
    CHECK(s.access->keep_open());
    CHECK(s.http.asked == std::vector<std::string>{kState});
  }
  SECTION("an answer of no use is no end") {
    Scene s(false);
    s.http.on(kState, 200, "<html>");
    s.start();
    CHECK(s.access->keep_open());
  }
  SECTION("a consent that does not come ends it") {
    Scene s(false);
    s.http.on(kState, 200, kClosed);
    s.http.on(kEnable, 200, kClosed);
    s.start();
    const auto opened_now = s.access->keep_open();
    REQUIRE_FALSE(opened_now);
    CHECK(app::exit_code_for(opened_now.error()) == 3);
    CHECK(s.clock.slept >= 600s);
  }
}

TEST_CASE("other work goes on while a person is waited for") {
  FakeClock clock;
  const app::RunContext context{{}, clock, {}};
  ConsentLog watcher(context);
  SECTION("until there is none") {
    int left = 3;
    watcher.set_work([&]() -> util::Result<bool> {
      if (left == 0) return false;
      --left;
      clock.sleep(100ms, {});
      return true;
    });
    CHECK(watcher.pass(5s));
    CHECK(left == 0);
    CHECK(clock.slept >= 5s);
    CHECK(clock.slept < 5300ms);
  }
  SECTION("an error of it ends the wait") {
    watcher.set_work([]() -> util::Result<bool> { return util::fail(ErrorCode::volume_full, "full"); });
    const auto passed = watcher.pass(5s);
    REQUIRE_FALSE(passed);
    CHECK(passed.error().code == ErrorCode::volume_full);
  }
}

TEST_CASE("what auth says of a consent") {
  Scene s;
  s.start();
  s.http.on(kState, 200, kPlain);
  CHECK(app::describe_consent(*s.sign_in) == "");
  s.http.script[kState].clear();
  s.http.on(kState, 200, kClosed);
  const auto asks = app::describe_consent(*s.sign_in);
  REQUIRE(asks);
  CHECK_THAT(*asks, ContainsSubstring("when a sync runs, it asks"));
  CHECK(s.http.count(kEnable) == 0);
  s.http.script[kState].clear();
  s.http.on(kState, 200, opened(1'767'229'200'000));
  const auto allowed = app::describe_consent(*s.sign_in);
  REQUIRE(allowed);
  CHECK_THAT(*allowed, ContainsSubstring("allowed until about 2026-01-01T01:00:00Z"));
}
