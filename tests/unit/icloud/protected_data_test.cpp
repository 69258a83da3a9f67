// Advanced Data Protection (docs/protocol/icloud.md chapter 5) on canned answers.
#include "i2i/icloud/protected_data.hpp"

#include "catch.hpp"
#include "sign_in_fake.hpp"

using namespace i2i::icloud;
using namespace std::chrono_literals;
using i2i::net::Request;
using i2i::util::ErrorCode;
using i2i::util::Secret;
using sign_in_fake::FakeClient;
using sign_in_fake::FakeClock;
using sign_in_fake::Fixture;

namespace {

constexpr const char* kState = "POST /requestWebAccessState";
constexpr const char* kEnable = "POST /enableDeviceConsentForPCS";
constexpr const char* kPcs = "POST /requestPCS";
constexpr const char* kPlain = R"({"dsid":"1","isWebAccessAllowed":true})";
constexpr const char* kClosed =
    R"({"isWebAccessAllowed":true,"isDeviceConsentedForPCS":false,"isICDRSDisabled":true,"deviceConsentForPCSExpiry":0})";
constexpr const char* kPrompted =
    R"({"isDeviceConsentNotificationSent":true,"isWebAccessAllowed":true,"isDeviceConsentedForPCS":false,"isICDRSDisabled":true})";
constexpr const char* kOff = R"({"isWebAccessAllowed":false,"isICDRSDisabled":true,"isDeviceConsentedForPCS":false})";
constexpr const char* kPending =
    R"({"isWebAccessAllowed":true,"status":"pending","message":"Cookies not available yet on server."})";
constexpr const char* kSuccess = R"({"isWebAccessAllowed":true,"status":"success","message":"ok"})";
constexpr i2i::util::UnixMillis kHour = 3'600'000;

std::string opened(i2i::util::UnixMillis until) {
  return R"({"isWebAccessAllowed":true,"isDeviceConsentedForPCS":true,"isICDRSDisabled":true,"deviceConsentForPCSExpiry":)" +
         std::to_string(until) + "}";
}

std::string cookie(const std::string& name, const std::string& value = "\"k\"") {
  return "#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t1999999999\t" + name + "\t" + value;
}

class FakeWatcher final : public ConsentWatcher {
 public:
  explicit FakeWatcher(FakeClock& clock) : clock_(clock) {}
  void asked(std::chrono::seconds wait) override { prompts.push_back(wait); }
  void waiting(std::chrono::seconds left) override { lefts.push_back(left); }
  void given(const ProtectedData&) override { ++given_times; }
  i2i::util::Result<void> pass(std::chrono::milliseconds time) override {
    passes.push_back(time);
    clock_.sleep(time, {});
    if (stop_at_pass == static_cast<int>(passes.size())) return i2i::util::fail(ErrorCode::cancelled, "stopped");
    return {};
  }
  std::vector<std::chrono::seconds> prompts;
  std::vector<std::chrono::seconds> lefts;
  std::vector<std::chrono::milliseconds> passes;
  int given_times = 0;
  int stop_at_pass = 0;

 private:
  FakeClock& clock_;
};

struct Scene : Fixture {
  Scene() {
    session.session_token = Secret("token");
    session.dsid = "12345678901";
    session.cookies = {cookie("X-APPLE-WEBAUTH-TOKEN")};
  }
  /// The answer that brings the cookies.
  void bring_cookies(const std::vector<std::string>& names = {"X-APPLE-WEBAUTH-PCS-Photos",
                                                              "X-APPLE-WEBAUTH-PCS-Sharing"}) {
    http.script[kPcs].push_back([this, names](const Request&) {
      for (const auto& name : names) http.jar.push_back(cookie(name));
      return FakeClient::answer(200, kSuccess);
    });
  }
  FakeWatcher watcher{clock};
};

}  // namespace

TEST_CASE("an account without Advanced Data Protection needs nothing") {
  Scene s;
  s.http.on(kState, 200, kPlain);
  auto sign_in = s.make();
  const auto data = sign_in.open_protected_data(s.watcher, 600s);
  REQUIRE(data);
  CHECK_FALSE(data->on);
  CHECK(s.http.asked == std::vector<std::string>{kState});
  CHECK_THAT(s.http.last(kState).url, ContainsSubstring("dsid=12345678901"));
  CHECK_THAT(s.http.last(kState).url, ContainsSubstring("clientBuildNumber="));
  CHECK_FALSE(sign_in.session().protected_until);
  CHECK(s.watcher.prompts.empty());
  SECTION("but cookies that the library missed are asked for") {
    s.bring_cookies();
    CHECK(sign_in.open_protected_data(s.watcher, 600s, PcsCookies::in_any_case));
    CHECK(s.http.count(kPcs) == 1);
    CHECK(s.http.count(kEnable) == 0);
  }
}

TEST_CASE("consent is asked for, waited for, and proven by cookies") {
  Scene s;
  const auto until = s.clock.now_ms + kHour;
  s.http.on(kState, 200, kClosed);
  s.http.on(kState, 200, kClosed);
  s.http.on(kState, 200, opened(until));
  s.http.on(kEnable, 200, kPrompted);
  s.http.on(kPcs, 200, kPending);
  s.bring_cookies();
  auto sign_in = s.make();
  const auto data = sign_in.open_protected_data(s.watcher, 600s);
  REQUIRE(data);
  CHECK(data->on);
  CHECK(data->until == until);
  CHECK(s.http.asked == std::vector<std::string>{kState, kEnable, kState, kState, kPcs, kPcs});
  CHECK(s.watcher.prompts == std::vector<std::chrono::seconds>{600s});
  CHECK(s.watcher.lefts == std::vector<std::chrono::seconds>{595s});
  CHECK(s.watcher.given_times == 1);
  CHECK(s.watcher.passes == std::vector<std::chrono::milliseconds>{5s, 5s, 5s});
  CHECK(s.http.requests[4].body == R"({"appName":"photos","derivedFromUserAction":true})");
  CHECK(s.http.requests[5].body == R"({"appName":"photos","derivedFromUserAction":false})");
  CHECK(sign_in.session().protected_until == until);
  REQUIRE_FALSE(s.stored.empty());
  CHECK(s.stored.back().protected_until == until);
  CHECK(s.stored.back().cookies.size() == 3);
}

TEST_CASE("a consent that holds is not asked for again") {
  Scene s;
  s.http.on(kState, 200, opened(s.clock.now_ms + kHour));
  s.bring_cookies();
  CHECK(s.make().open_protected_data(s.watcher, 600s));
  CHECK(s.http.asked == std::vector<std::string>{kState, kPcs});
  CHECK(s.watcher.prompts.empty());
  CHECK(s.watcher.given_times == 0);
}

TEST_CASE("what keeps protected data shut, each with its own sentence") {
  struct Row {
    const char* name;
    int state;
    std::string state_body;
    int enable;
    const char* enable_body;
    int pcs;
    const char* pcs_body;
    ErrorCode code;
    const char* message;
    const char* remedy;
  };
  const std::string open = opened(1'767'225'600'000 + kHour);
  const Row rows[] = {
      {"web access off", 200, kOff, 200, "", 200, "", ErrorCode::account_action, "web is switched off",
       "switch on Access iCloud Data on the Web"},
      {"web access off, said by the prompt", 200, kClosed, 200, kOff, 200, "", ErrorCode::account_action,
       "web is switched off", "switch on Access"},
      {"web access off, said with the keys", 200, open, 200, "", 200, kOff, ErrorCode::account_action,
       "web is switched off", "switch on Access"},
      {"nobody to prompt", 200, kClosed, 200, kClosed, 200, "", ErrorCode::account_action,
       "could not ask any of your devices", "Switch on an iPhone"},
      {"not allowed in time", 200, kClosed, 200, kPrompted, 200, "", ErrorCode::account_action,
       "nobody allowed access to the photos within 10 min", "tap Allow Access"},
      {"terms not accepted", 200, open, 200, "", 500, "{}", ErrorCode::account_action, "terms are not accepted",
       "https://www.icloud.com"},
      {"keys never come", 200, open, 200, "", 200, kPending, ErrorCode::account_action,
       "did not hand over the keys to the photos (Apple says: Cookies not available yet on server.)",
       "unlocked and online"},
      {"keys said but not sent", 200, open, 200, "", 200, kSuccess, ErrorCode::account_action, "did not hand over",
       "unlocked and online"},
      {"throttled at the question", 429, "", 200, "", 200, "", ErrorCode::throttled, "HTTP 429", "Wait"},
      {"throttled at the prompt", 200, kClosed, 503, "<html>", 200, "", ErrorCode::throttled, "HTTP 503", "Wait"},
      {"throttled at the keys", 200, open, 200, "", 429, "", ErrorCode::throttled, "HTTP 429", "Wait"},
      {"locked", 403, R"({"serviceErrors":[{"code":"-20209"}]})", 200, "", 200, "", ErrorCode::account_action, "locked",
       "iforgot"},
      {"a page", 200, "<html>", 200, "", 200, "", ErrorCode::bad_answer, "", ""},
      {"no such call", 404, "{}", 200, "", 200, "", ErrorCode::bad_answer, "HTTP 404", ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Scene s;
    s.http.on(kState, row.state, row.state_body);
    s.http.on(kEnable, row.enable, row.enable_body);
    s.http.on(kPcs, row.pcs, row.pcs_body);
    const auto data = s.make().open_protected_data(s.watcher, 600s);
    REQUIRE_FALSE(data);
    CHECK(data.error().code == row.code);
    CHECK_THAT(data.error().message, ContainsSubstring(row.message));
    CHECK_THAT(data.error().remedy, ContainsSubstring(row.remedy));
    CHECK(s.http.count(kPcs) <= 30);
  }
}

TEST_CASE("the wait is as long as said, looked at every five seconds") {
  Scene s;
  s.http.on(kState, 200, kClosed);
  s.http.on(kEnable, 200, kPrompted);
  CHECK_FALSE(s.make().open_protected_data(s.watcher, 12s));
  CHECK(s.watcher.passes == std::vector<std::chrono::milliseconds>{5s, 5s, 2s});
  CHECK(s.http.count(kEnable) == 1);
  CHECK(s.http.count(kState) == 4);
  CHECK(s.stored.back().protected_until == 0);
}

TEST_CASE("a line that is down for a while does not end the wait, a stop does") {
  Scene s;
  s.http.on(kState, 200, kClosed);
  for (int i = 0; i < 3; ++i) {
    s.http.script[kState].push_back([](const Request&) { return i2i::util::fail(ErrorCode::unreachable, "down"); });
  }
  s.http.on(kState, 200, opened(s.clock.now_ms + kHour));
  s.http.on(kEnable, 200, kPrompted);
  s.bring_cookies();
  SECTION("down") { CHECK(s.make().open_protected_data(s.watcher, 600s)); }
  SECTION("stopped") {
    s.watcher.stop_at_pass = 1;
    const auto data = s.make().open_protected_data(s.watcher, 600s);
    REQUIRE_FALSE(data);
    CHECK(data.error().code == ErrorCode::cancelled);
  }
}

TEST_CASE("a session that is over is renewed once, and the flow goes on") {
  Scene s;
  s.http.on(kState, 421, "{}");
  s.http.on(kState, 421, "{}");
  s.http.on(kState, 200, kPlain);
  s.http.on("POST /validate", 421, "{}");
  CHECK(s.make().open_protected_data(s.watcher, 600s));
  CHECK(s.http.count("POST /accountLogin") == 1);
  Scene lost;
  lost.http.on(kState, 421, "{}");
  lost.http.on("POST /validate", 200, sign_in_fake::kAccount);
  const auto data = lost.make().open_protected_data(lost.watcher, 600s);
  REQUIRE_FALSE(data);
  CHECK(data.error().code == ErrorCode::auth_expired);
  CHECK(lost.http.count("POST /validate") == 1);
}

TEST_CASE("a look prompts nobody") {
  Scene s;
  s.http.on(kState, 200, kClosed);
  auto sign_in = s.make();
  const auto data = sign_in.look_at_protected_data();
  REQUIRE(data);
  CHECK(data->on);
  CHECK_FALSE(data->consented);
  CHECK(s.http.asked == std::vector<std::string>{kState});
  CHECK(sign_in.session().protected_until == 0);
}

TEST_CASE("a consent is renewed before its end without a prompt") {
  Scene s;
  const auto end = s.clock.now_ms + 200'000;
  s.http.on(kState, 200, opened(end));
  s.http.on(kState, 200, opened(end + kHour));
  s.http.on(kPcs, 200, kSuccess);
  auto sign_in = s.make();
  REQUIRE(sign_in.renew_protected_data());
  CHECK(s.http.asked == std::vector<std::string>{kState, kPcs, kState});
  CHECK(s.http.last(kPcs).body == R"({"appName":"photos","derivedFromUserAction":false})");
  CHECK(sign_in.session().protected_until == end + kHour);
  Scene over;
  over.http.on(kState, 200, kClosed);
  REQUIRE(over.make().renew_protected_data());
  CHECK(over.http.asked == std::vector<std::string>{kState});
}

TEST_CASE("an end that is past by our clock is not taken for one") {
  Scene s;
  s.http.on(kState, 200, opened(s.clock.now_ms - 86'400'000));
  s.bring_cookies();
  auto sign_in = s.make();
  REQUIRE(sign_in.open_protected_data(s.watcher, 600s));
  CHECK(sign_in.session().protected_until == s.clock.now_ms + kHour);
  CHECK_FALSE(may_need_consent(sign_in.session(), s.clock.now_ms));
}

TEST_CASE("switching Advanced Data Protection off is noticed") {
  Scene s;
  s.session.protected_until = 5;
  s.http.on(kState, 200, kPlain);
  auto sign_in = s.make();
  REQUIRE(sign_in.look_at_protected_data());
  CHECK_FALSE(sign_in.session().protected_until);
}

TEST_CASE("when consent may be needed before the library is read") {
  SessionData session;
  CHECK(may_need_consent(session, 10));
  session.cookies = {cookie("X-APPLE-WEBAUTH-PCS-Photos", "\"\"")};
  CHECK(may_need_consent(session, 10));
  session.cookies = {cookie("X-APPLE-WEBAUTH-PCS-Photos")};
  CHECK_FALSE(may_need_consent(session, 10));
  session.protected_until = 0;
  CHECK(may_need_consent(session, 10));
  session.protected_until = 10;
  CHECK(may_need_consent(session, 10));
  session.protected_until = 11;
  CHECK_FALSE(may_need_consent(session, 10));
  session.cookies.clear();
  CHECK_FALSE(may_need_consent(session, 10));
}
