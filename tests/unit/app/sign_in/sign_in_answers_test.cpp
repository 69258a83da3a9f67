// Every answer of Apple's sign-in that docs/protocol/icloud.md knows, row by row: what the person reads, the exit code,
// what is stored, how many passwords and requests were sent.
#include <algorithm>

#include "catch.hpp"
#include "i2i/app/exit_code.hpp"
#include "i2i/util/hash.hpp"
#include "unit/icloud/sign_in_fake.hpp"

using namespace i2i::icloud;
using i2i::net::Headers;
using i2i::util::ErrorCode;
using i2i::util::Secret;
using sign_in_fake::Fixture;
using sign_in_fake::kAccount;
using sign_in_fake::kOptions;
using sign_in_fake::kWrongCode;
using std::chrono::seconds;

namespace {

constexpr const char* kInit = "POST /signin/init";
constexpr const char* kComplete = "POST /signin/complete";
constexpr const char* kRepair = "POST /repair/complete";
constexpr const char* kAsk = "GET ";
constexpr const char* kPush = "PUT /verify/trusteddevice/securitycode";
constexpr const char* kDeviceCode = "POST /verify/trusteddevice/securitycode";
constexpr const char* kText = "PUT /verify/phone";
constexpr const char* kPhoneCode = "POST /verify/phone/securitycode";
constexpr const char* kTrust = "GET /2sv/trust";
constexpr const char* kLogin = "POST /accountLogin";
constexpr const char* kValidate = "POST /validate";
constexpr const char* kList = "GET /listDevices";
constexpr const char* kSend = "POST /sendVerificationCode";
constexpr const char* kCheck = "POST /validateVerificationCode";

constexpr const char* kPage = "<html><body>Service Temporarily Unavailable</body></html>";
constexpr const char* kValid =
    R"({"securityCode":{"valid":true,"tooManyCodesValidated":false},"trustedPhoneNumbers":[],"hsa2Account":true})";
constexpr const char* kLost =
    R"({"success":false,"error":"Missing X-APPLE-WEBAUTH-TOKEN cookie","requestInfo":[],"configBag":{},"trustTokens":[]})";
constexpr const char* kInvalidToken = R"({"success":false,"error":"Invalid Session Token"})";
constexpr const char* kKeys =
    R"({"fsaChallenge":{"challenge":"x","keyHandles":["y"],"rpId":"apple.com"},"keyNames":["My key"]})";
constexpr const char* kTwoStepOwed =
    R"({"dsInfo":{"dsid":"1","hsaVersion":1},"hsaChallengeRequired":true,"hsaTrustedBrowser":false})";
constexpr const char* kDevices =
    R"({"devices":[{"deviceType":"SMS","areaCode":"","phoneNumber":"*******03","deviceId":"1"}]})";
const Headers kToken = {{"X-Apple-Session-Token", "token"}};

std::string error_body(const std::string& code, const char* list = "serviceErrors") {
  return std::string(R"({")") + list + R"(":[{"code":)" + code +
         R"(,"message":"Apple's words.","suppressDismissal":false}]})";
}

std::string account_with(const std::string& from, const std::string& to) {
  std::string changed = kAccount;
  changed.replace(changed.find(from), from.size(), to);
  return changed;
}

enum class Flow {
  trusted,  // the password is right and the browser trusted, up to what the row says; nobody is there
  device,   // a person reads the code off a device
  text,     // a person has it sent to phone 3
  renewed,  // no password: the stored session
};

struct Answer {
  const char* request;
  int status;
  std::string body;
  Headers headers = {};
};

struct Row {
  const char* name;
  Flow flow = Flow::trusted;
  std::vector<Answer> answers = {};  // the first for a request replaces the usual one, further ones follow it
  int exit_code = 0;
  ErrorCode code = ErrorCode::internal;  // where exit_code is not 0
  const char* says = "";                 // words of the message, in that order, "|" between
  const char* remedy = "";               // a word of the remedy
  int passwords = 1;
  int requests = 5;
  const char* token = "";  // what is stored in the end
  const char* trust = "old-trust";
  std::optional<seconds> retry_after = std::nullopt;
};

void make_usual(Fixture& f, Flow flow) {
  f.session.trust_token = Secret("old-trust");
  f.with_second_factor();
  f.http.on(kDeviceCode, 204, "", {{"X-Apple-Session-Token", "proved"}});
  f.http.on(kText, 200, kOptions);
  f.http.on(kPhoneCode, 200, kValid, {{"X-Apple-Session-Token", "proved"}});
  f.http.on(kRepair, 200, "{}", {{"X-Apple-Session-Token", "repaired"}});
  f.http.on(kValidate, 200, kAccount);
  f.person.codes = {"012 345", "222222", "333333", "444444"};
  if (flow == Flow::trusted) {
    f.http.script[kComplete].clear();
    f.http.on(kComplete, 200, "{}", kToken);
  }
  if (flow == Flow::text) f.person.choice = {CodeRoute::sms, 3};
  if (flow == Flow::renewed) {
    f.session.session_token = Secret("token");
    f.session.dsid = "12345678901";
    f.session.cookies = {"#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t0\tX-APPLE-WEBAUTH-TOKEN\tx"};
  }
}

/// The words, separated by "|", one after the other.
bool holds_in_order(const std::string& text, const std::string& words) {
  std::size_t at = 0;
  for (const std::string& word : i2i::util::split(words, '|')) {
    at = text.find(word, at);
    if (at == std::string::npos) return false;
    at += word.size();
  }
  return true;
}

/// Exactly one, with its full stop, and none hidden in the message.
bool is_one_sentence(const std::string& text) {
  if (text.empty() || text.back() != '.') return false;
  for (std::size_t at = text.find(". "); at != std::string::npos; at = text.find(". ", at + 1)) {
    if (at + 2 < text.size() && std::isupper(static_cast<unsigned char>(text[at + 2])) != 0) return false;
  }
  return true;
}

void check_row(const Row& row) {
  Fixture f;
  make_usual(f, row.flow);
  std::vector<std::string> replaced;
  for (const Answer& answer : row.answers) {
    if (std::find(replaced.begin(), replaced.end(), answer.request) == replaced.end()) {
      f.http.script[answer.request].clear();
      replaced.emplace_back(answer.request);
    }
    f.http.on(answer.request, answer.status, answer.body, answer.headers);
  }
  auto sign_in = f.make();
  const bool alone = row.flow == Flow::trusted;
  const auto result =
      row.flow == Flow::renewed ? sign_in.renew() : sign_in.with_password(Secret("pw"), alone ? nullptr : &f.person);

  CHECK(f.http.count(kComplete) == row.passwords);
  CHECK(f.http.count("POST /signin") == 0);  // never the plain password
  // One start in 256 is unlucky and drawn again (§2.4), where init gives a challenge at all.
  const bool own_init = std::find(replaced.begin(), replaced.end(), kInit) != replaced.end();
  const int drawn_again = own_init ? 0 : std::max(0, f.http.count(kInit) - 1);
  CHECK(static_cast<int>(f.http.asked.size()) - drawn_again == row.requests);
  REQUIRE_FALSE(f.stored.empty());
  CHECK(f.stored.back().session_token.reveal() == row.token);
  CHECK(f.stored.back().trust_token.reveal() == row.trust);
  CHECK(encode_session(f.stored.back()) == encode_session(sign_in.session()));
  CHECK(f.stored.back().database_url.empty() == (row.exit_code != 0));
  if (row.exit_code == 0) {
    INFO((result ? std::string() : result.error().message));
    CHECK(result);
    return;
  }
  REQUIRE_FALSE(result);
  const auto& error = result.error();
  INFO("says: " << error.message << "\nremedy: " << error.remedy);
  CHECK(i2i::app::exit_code_for(error) == row.exit_code);
  CHECK(error.code == row.code);
  CHECK(holds_in_order(error.message, row.says));
  CHECK(holds_in_order(error.remedy, row.remedy));
  CHECK(is_one_sentence(error.remedy));
  CHECK(error.retry_after == row.retry_after);
}

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.name);
    check_row(row);
  }
}

const char* const kBrowser = "https://www.icloud.com";

}  // namespace

TEST_CASE("§2.6: what init may answer, before a password is sent") {
  check_rows({
      {.name = "401 twice: the context, never the password",
       .answers = {{kInit, 401, "{}"}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "begin|401|password was not tried",
       .remedy = "Wait an hour",
       .passwords = 0,
       .requests = 6},
      {.name = "401 -20101 twice",
       .answers = {{kInit, 401, error_body("\"-20101\"")}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "password was not tried|Apple's words.",
       .remedy = "Wait",
       .passwords = 0,
       .requests = 6},
      {.name = "401 behind a 200",
       .answers = {{kInit, 200, "{}", {{"X-Apple-I-Rscd", "401"}}}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "begin|401",
       .remedy = "Wait",
       .passwords = 0,
       .requests = 6},
      {.name = "403 -20209",
       .answers = {{kInit, 403, error_body("\"-20209\"")}},
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "locked",
       .remedy = "https://iforgot.apple.com",
       .passwords = 0,
       .requests = 3},
      {.name = "403",
       .answers = {{kInit, 403, ""}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "begin|403",
       .remedy = "Wait",
       .passwords = 0,
       .requests = 3},
      {.name = "400",
       .answers = {{kInit, 400, "{}"}},
       .exit_code = 1,
       .code = ErrorCode::bad_answer,
       .says = "unexpected|400",
       .remedy = "defect",
       .passwords = 0,
       .requests = 3},
      {.name = "429 with seconds",
       .answers = {{kInit, 429, "", {{"Retry-After", "1800"}}}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "no sign-ins|429",
       .remedy = "Wait some hours",
       .passwords = 0,
       .requests = 3,
       .retry_after = seconds(1800)},
      {.name = "503 page with a date",
       .answers = {{kInit, 503, kPage, {{"Retry-After", "Thu, 01 Jan 2026 01:00:00 GMT"}}}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "no sign-ins|503",
       .remedy = "Wait some hours",
       .passwords = 0,
       .requests = 3,
       .retry_after = seconds(3600)},
      {.name = "502",
       .answers = {{kInit, 502, kPage}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "trouble|502",
       .remedy = "later",
       .passwords = 0,
       .requests = 3},
      {.name = "421",
       .answers = {{kInit, 421, ""}},
       .exit_code = 2,
       .code = ErrorCode::usage,
       .says = "421",
       .remedy = "--region",
       .passwords = 0,
       .requests = 3},
      {.name = "450",
       .answers = {{kInit, 450, ""}},
       .exit_code = 2,
       .code = ErrorCode::usage,
       .says = "450",
       .remedy = "--region",
       .passwords = 0,
       .requests = 3},
      {.name = "a page instead of the challenge",
       .answers = {{kInit, 200, kPage}},
       .exit_code = 1,
       .code = ErrorCode::bad_answer,
       .says = "challenge",
       .remedy = "newer version",
       .passwords = 0,
       .requests = 3},
      {.name = "unknown protocol",
       .answers = {{kInit, 200, R"({"iteration":10,"salt":"AA==","protocol":"s3k","b":"AA==","c":"x"})"}},
       .exit_code = 1,
       .code = ErrorCode::bad_answer,
       .says = "unknown protocol",
       .remedy = "newer version",
       .passwords = 0,
       .requests = 3},
      {.name = "B is 0 mod N",
       .answers = {{kInit, 200, R"({"iteration":10,"salt":"AAEC","protocol":"s2k","b":"AAAA","c":"x"})"}},
       .exit_code = 1,
       .code = ErrorCode::bad_answer,
       .says = "zero",
       .remedy = "Try again",
       .passwords = 0,
       .requests = 3},
  });
}

TEST_CASE("§2.6: what complete may answer") {
  check_rows({
      {.name = "200", .token = "token"},
      {.name = "204", .answers = {{kComplete, 204, "", kToken}}, .token = "token"},
      {.name = "200 that is a 409, nobody there",
       .answers = {{kComplete, 200, R"({"authType":"hsa2"})", {{"X-Apple-I-Rscd", "409"}}}},
       .exit_code = 3,
       .code = ErrorCode::sign_in_needed,
       .says = "second factor|nobody",
       .remedy = "icloud2immich auth",
       .requests = 4,
       .trust = ""},
      {.name = "200 that is a 409, a person there",
       .flow = Flow::device,
       .answers = {{kComplete, 200, R"({"authType":"hsa2"})", {{"X-Apple-I-Rscd", "409"}}}},
       .requests = 9,
       .token = "after",
       .trust = "trust"},
      {.name = "200 that is a 401",
       .answers = {{kComplete, 200, "{}", {{"X-Apple-I-Rscd", "401"}}}},
       .exit_code = 3,
       .code = ErrorCode::wrong_credentials,
       .says = "refused the Apple ID or the password",
       .remedy = "app-specific",
       .requests = 4},
      {.name = "200 that is a 403",
       .answers = {{kComplete, 200, "{}", {{"X-Apple-I-Rscd", "403"}}}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "too many sign-ins, or a wrong password",
       .remedy = "Wait",
       .requests = 4},
      {.name = "409", .flow = Flow::device, .requests = 9, .token = "after", .trust = "trust"},
      {.name = "412 sa: no second factor",
       .answers = {{kComplete, 412, R"({"authType":"sa"})", kToken}},
       .requests = 6,
       .token = "repaired"},
      {.name = "412, and repair fails",
       .answers = {{kComplete, 412, R"({"hints":[]})", kToken}, {kRepair, 412, R"({"hints":[]})"}},
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "stronger password",
       .remedy = kBrowser,
       .requests = 5,
       .token = "token"},
      {.name = "412, and repair is throttled",
       .answers = {{kComplete, 412, "{}"}, {kRepair, 503, kPage}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "503",
       .remedy = "Wait",
       .requests = 5},
      {.name = "401 -20101",
       .answers = {{kComplete, 401, error_body("\"-20101\"")}},
       .exit_code = 3,
       .code = ErrorCode::wrong_credentials,
       .says = "password|Apple's words.",
       .remedy = "Check both",
       .requests = 4},
      {.name = "401, code as a number, other list",
       .answers = {{kComplete, 401, error_body("-20101", "service_errors")}},
       .exit_code = 3,
       .code = ErrorCode::wrong_credentials,
       .says = "password|Apple's words.",
       .remedy = "Check both",
       .requests = 4},
      {.name = "400 -20101 in validationErrors",
       .answers = {{kComplete, 400, error_body("-20101", "validationErrors")}},
       .exit_code = 3,
       .code = ErrorCode::wrong_credentials,
       .says = "password",
       .remedy = "Check both",
       .requests = 4},
      {.name = "-20283",
       .answers = {{kComplete, 401, error_body("\"-20283\"")}},
       .exit_code = 3,
       .code = ErrorCode::wrong_credentials,
       .says = "password",
       .remedy = "app-specific",
       .requests = 4},
      {.name = "-22406",
       .answers = {{kComplete, 403, error_body("-22406")}},
       .exit_code = 3,
       .code = ErrorCode::wrong_credentials,
       .says = "password",
       .remedy = "Check both",
       .requests = 4},
      {.name = "403 -20209",
       .answers = {{kComplete, 403, error_body("\"-20209\"")}},
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "locked|Apple's words.",
       .remedy = "https://iforgot.apple.com",
       .requests = 4},
      {.name = "-20210",
       .answers = {{kComplete, 403, error_body("-20210")}},
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "not active",
       .remedy = "https://account.apple.com",
       .requests = 4},
      {.name = "-20751",
       .answers = {{kComplete, 401, error_body("\"-20751\"")}},
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "not active",
       .remedy = "https://account.apple.com",
       .requests = 4},
      {.name = "-22982",
       .answers = {{kComplete, 403, error_body("-22982")}},
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "no more codes",
       .remedy = "Wait some hours",
       .requests = 4},
      {.name = "403 without a code: ambiguous, and said so",
       .answers = {{kComplete, 403, ""}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "403|too many sign-ins, or a wrong password",
       .remedy = "Wait some hours",
       .requests = 4},
      {.name = "400",
       .answers = {{kComplete, 400, ""}},
       .exit_code = 1,
       .code = ErrorCode::bad_answer,
       .says = "unexpected|400",
       .remedy = "defect",
       .requests = 4},
      {.name = "429",
       .answers = {{kComplete, 429, "", {{"Retry-After", "60"}}}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "no sign-ins|429",
       .remedy = "Wait some hours",
       .requests = 4,
       .retry_after = seconds(60)},
      {.name = "421",
       .answers = {{kComplete, 421, ""}},
       .exit_code = 2,
       .code = ErrorCode::usage,
       .says = "421",
       .remedy = "--region",
       .requests = 4},
      {.name = "450",
       .answers = {{kComplete, 450, ""}},
       .exit_code = 2,
       .code = ErrorCode::usage,
       .says = "450",
       .remedy = "--region",
       .requests = 4},
      {.name = "503 page",
       .answers = {{kComplete, 503, kPage}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "no sign-ins|503",
       .remedy = "Wait some hours",
       .requests = 4},
      {.name = "502",
       .answers = {{kComplete, 502, ""}},
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "trouble|502",
       .remedy = "later",
       .requests = 4},
  });
}

TEST_CASE("§3.1 and §3.6: the ways a code can come") {
  const std::string no_devices = R"({"noTrustedDevices":true,"trustedPhoneNumbers":[]})";
  check_rows({
      {.name = "200",
       .flow = Flow::device,
       .answers = {{kAsk, 200, kOptions}},
       .requests = 9,
       .token = "after",
       .trust = "trust"},
      {.name = "409 with the same JSON",
       .flow = Flow::device,
       .answers = {{kAsk, 409, kOptions}},
       .requests = 9,
       .token = "after",
       .trust = "trust"},
      {.name = "not told: a device is tried",
       .flow = Flow::device,
       .answers = {{kAsk, 412, ""}},
       .requests = 9,
       .token = "after",
       .trust = "trust"},
      {.name = "neither device nor phone",
       .flow = Flow::device,
       .answers = {{kAsk, 200, no_devices}},
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "no way to receive a code",
       .remedy = "trusted device",
       .requests = 5,
       .token = "before"},
      {.name = "no device, but a device was chosen",
       .flow = Flow::device,
       .answers = {{kAsk, 200, R"({"noTrustedDevices":true,"trustedPhoneNumbers":[{"id":2}]})"}},
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "no device",
       .remedy = "--method sms",
       .requests = 5,
       .token = "before"},
      {.name = "no such phone",
       .flow = Flow::text,
       .answers = {{kAsk, 200, R"({"trustedPhoneNumbers":[{"id":2}]})"}},
       .exit_code = 2,
       .code = ErrorCode::usage,
       .says = "no such phone",
       .remedy = "--phone",
       .requests = 5,
       .token = "before"},
      {.name = "codes are locked already",
       .flow = Flow::device,
       .answers = {{kAsk, 200, R"({"trustedPhoneNumbers":[{"id":2}],"securityCode":{"securityCodeLocked":true}})"}},
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "no more codes",
       .remedy = "Wait some hours",
       .requests = 5,
       .token = "before"},
      {.name = "security keys in the list",
       .flow = Flow::device,
       .answers = {{kAsk, 409, kKeys}},
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "security keys",
       .remedy = "once the keys are removed",
       .requests = 5,
       .token = "before"},
      {.name = "security keys in the 409 only",
       .flow = Flow::device,
       .answers = {{kComplete, 409, kKeys, kToken}, {kAsk, 403, ""}},
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "security keys",
       .remedy = "once the keys are removed",
       .requests = 5,
       .token = "token"},
  });
}

TEST_CASE("§3.2: asking for a code on the devices") {
  const auto push = [](const char* name, int status, std::string body, Headers headers = {}) {
    return Row{.name = name,
               .flow = Flow::device,
               .answers = {{kPush, status, std::move(body), std::move(headers)}},
               .requests = 9,
               .token = "after",
               .trust = "trust"};
  };
  const auto refused = [&push](const char* name, int status, std::string body, int exit_code, ErrorCode code,
                               const char* says, const char* remedy) {
    Row row = push(name, status, std::move(body));
    row.exit_code = exit_code;
    row.code = code;
    row.says = says;
    row.remedy = remedy;
    row.requests = 6;
    row.token = "before";
    row.trust = "old-trust";
    return row;
  };
  check_rows({
      push("202", 202, kOptions),
      push("409, sent all the same", 409, "{}"),
      push("412, sent all the same", 412, "{}"),
      push("400, sent all the same", 400, "{}"),
      push("-22979: the last one is good", 423, error_body("\"-22979\"")),
      push("-22981: the last one is good", 423, error_body("-22981", "service_errors")),
      refused("401", 401, "", 3, ErrorCode::sign_in_needed, "no longer waits|401", "Sign in again"),
      refused("403", 403, "", 3, ErrorCode::sign_in_needed, "no longer waits|403", "Sign in again"),
      refused("421", 421, "", 3, ErrorCode::sign_in_needed, "no longer waits|421", "Sign in again"),
      refused("423", 423, "{}", 3, ErrorCode::account_action, "no more codes", "Wait some hours"),
      refused("-22982", 423, error_body("-22982"), 3, ErrorCode::account_action, "no more codes", "Wait some hours"),
      refused("too many by flag", 409, R"({"securityCode":{"tooManyCodesSent":true}})", 3, ErrorCode::account_action,
              "no more codes", "Wait some hours"),
      refused("503", 503, kPage, 6, ErrorCode::throttled, "503", "Wait some hours"),
      refused("500", 500, "", 6, ErrorCode::throttled, "trouble|500", "later"),
  });
}

TEST_CASE("§3.3 and §3.4: what a code is answered with, by device and by text") {
  struct Case {
    const char* name;
    int status;
    std::string body;
    Headers headers = {};
    int exit_code = 0;
    ErrorCode code = ErrorCode::internal;
    const char* says = "";
    const char* remedy = "";
    int codes = 1;  // sent
    bool repaired = false;
    const char* token = "before";  // where it ends here
  };
  const Headers token = {{"X-Apple-Session-Token", "proved"}, {"X-Apple-Edp", "true"}};
  const std::vector<Case> cases = {
      {.name = "204", .status = 204, .body = "", .headers = token},
      {.name = "200", .status = 200, .body = kValid, .headers = token},
      {.name = "409, valid, with a token", .status = 409, .body = kValid, .headers = token},
      {.name = "409, valid, without a token", .status = 409, .body = kValid},
      {.name = "412, valid", .status = 412, .body = kValid, .repaired = true},
      {.name = "400 -21669",
       .status = 400,
       .body = kWrongCode,
       .exit_code = 3,
       .code = ErrorCode::wrong_code,
       .says = "wrong 3 times",
       .remedy = "Sign in again",
       .codes = 3},
      {.name = "-21669 as a number",
       .status = 400,
       .body = error_body("-21669"),
       .exit_code = 3,
       .code = ErrorCode::wrong_code,
       .says = "wrong 3 times",
       .remedy = "Sign in again",
       .codes = 3},
      {.name = "-21669 in the header only",
       .status = 400,
       .body = "",
       .headers = {{"X-Apple-I-Ercd", "-21669"}},
       .exit_code = 3,
       .code = ErrorCode::wrong_code,
       .says = "wrong 3 times",
       .remedy = "Sign in again",
       .codes = 3},
      {.name = "200, not valid",
       .status = 200,
       .body = R"({"securityCode":{"valid":false}})",
       .exit_code = 3,
       .code = ErrorCode::wrong_code,
       .says = "wrong 3 times",
       .remedy = "Sign in again",
       .codes = 3},
      {.name = "409, not valid",
       .status = 409,
       .body = R"({"securityCode":{"valid":false}})",
       .exit_code = 3,
       .code = ErrorCode::wrong_code,
       .says = "wrong 3 times",
       .remedy = "Sign in again",
       .codes = 3},
      {.name = "401",
       .status = 401,
       .body = "",
       .exit_code = 3,
       .code = ErrorCode::sign_in_needed,
       .says = "no longer waits|401",
       .remedy = "Sign in again"},
      {.name = "403",
       .status = 403,
       .body = "",
       .exit_code = 3,
       .code = ErrorCode::sign_in_needed,
       .says = "no longer waits|403",
       .remedy = "Sign in again"},
      {.name = "421",
       .status = 421,
       .body = "",
       .exit_code = 3,
       .code = ErrorCode::sign_in_needed,
       .says = "no longer waits|421",
       .remedy = "Sign in again"},
      {.name = "-22982",
       .status = 400,
       .body = error_body("\"-22982\""),
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "no more codes",
       .remedy = "Wait some hours"},
      {.name = "tooManyCodesValidated",
       .status = 400,
       .body = R"({"securityCode":{"tooManyCodesValidated":true}})",
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "no more codes",
       .remedy = "Wait some hours"},
      {.name = "securityCodeLocked",
       .status = 423,
       .body = R"({"securityCode":{"securityCodeLocked":true}})",
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "no more codes",
       .remedy = "Wait some hours"},
      {.name = "-20209",
       .status = 403,
       .body = error_body("-20209"),
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "locked",
       .remedy = "https://iforgot.apple.com"},
      {.name = "412, not said to be valid",
       .status = 412,
       .body = "{}",
       .exit_code = 3,
       .code = ErrorCode::account_action,
       .says = "settled with this account",
       .remedy = kBrowser},
      {.name = "503",
       .status = 503,
       .body = kPage,
       .exit_code = 6,
       .code = ErrorCode::throttled,
       .says = "503",
       .remedy = "Wait some hours"},
      {.name = "400 without a word",
       .status = 400,
       .body = "{}",
       .exit_code = 1,
       .code = ErrorCode::bad_answer,
       .says = "unexpected|400",
       .remedy = "defect"},
  };
  for (const Case& each : cases) {
    for (const Flow flow : {Flow::device, Flow::text}) {
      INFO((flow == Flow::device ? "device" : "text"));
      Row row{.name = each.name,
              .flow = flow,
              .answers = {{flow == Flow::device ? kDeviceCode : kPhoneCode, each.status, each.body, each.headers}},
              .exit_code = each.exit_code,
              .code = each.code,
              .says = each.says,
              .remedy = each.remedy};
      const bool good = each.exit_code == 0;
      row.requests = 6 + each.codes + (good ? 2 : 0) + (each.repaired ? 1 : 0);
      row.token = good ? "after" : each.token;
      row.trust = good ? "trust" : "old-trust";
      check_rows({row});
    }
  }
}

TEST_CASE("§3.4: asking for a code by text") {
  const auto text = [](const char* name, int status, std::string body) {
    return Row{.name = name,
               .flow = Flow::text,
               .answers = {{kText, status, std::move(body)}},
               .requests = 9,
               .token = "after",
               .trust = "trust"};
  };
  check_rows({text("200", 200, kOptions), text("409, sent all the same", 409, "{}"),
              text("412: one is under way", 412, R"({"type":"verification"})"),
              text("-22979: the last one is good", 423, error_body("-22979")),
              text("-22981: the last one is good", 423, error_body("\"-22981\""))});
}

TEST_CASE("§3.5: what trust may answer") {
  check_rows({
      {.name = "204", .flow = Flow::device, .requests = 9, .token = "after", .trust = "trust"},
      {.name = "404: signed in, not trusted",
       .flow = Flow::device,
       .answers = {{kTrust, 404, "{}"}},
       .requests = 9,
       .token = "proved",
       .trust = "old-trust"},
      {.name = "503 once: asked again",
       .flow = Flow::device,
       .answers = {{kTrust, 503, kPage},
                   {kTrust, 204, "", {{"X-Apple-TwoSV-Trust-Token", "trust"}, {"X-Apple-Session-Token", "after"}}}},
       .requests = 10,
       .token = "after",
       .trust = "trust"},
      {.name = "503: signed in, not trusted",
       .flow = Flow::device,
       .answers = {{kTrust, 503, kPage}},
       .requests = 11,
       .token = "proved",
       .trust = "old-trust"},
  });
}

TEST_CASE("§3.7: the legacy two-step verification") {
  const auto two_step = [](const char* name, std::vector<Answer> changed) {
    Row row{.name = name, .flow = Flow::text, .answers = {{kComplete, 200, "{}", kToken}, {kLogin, 200, kTwoStepOwed}}};
    const auto usual = [&](const char* request, const char* body) {
      const auto said = std::any_of(changed.begin(), changed.end(),
                                    [&](const Answer& answer) { return std::string(answer.request) == request; });
      if (!said) row.answers.push_back({request, 200, body});
    };
    usual(kLogin, kAccount);
    usual(kList, R"({"devices":[{"a":1},{"b":2},{"phoneNumber":"*******03","deviceId":"1"}]})");
    usual(kSend, R"({"success":true})");
    usual(kCheck, R"({"success":true})");
    for (Answer& answer : changed) row.answers.push_back(std::move(answer));
    row.token = "token";
    row.requests = 9;
    return row;
  };
  const auto ends = [&two_step](const char* name, std::vector<Answer> changed, int requests, int exit_code,
                                ErrorCode code, const char* says, const char* remedy) {
    Row row = two_step(name, std::move(changed));
    row.requests = requests;
    row.exit_code = exit_code;
    row.code = code;
    row.says = says;
    row.remedy = remedy;
    return row;
  };
  const std::string invalid =
      R"({"success":false,"errorTitle":"Invalid Code","errorMessage":"The code you entered is not valid.","errorCode":-21669})";
  check_rows({
      two_step("all well", {}),
      ends("wrong code", {{kCheck, 200, invalid}}, 10, 3, ErrorCode::wrong_code, "wrong 3 times", "Sign in again"),
      ends("no devices", {{kList, 200, R"({"devices":[]})"}}, 6, 3, ErrorCode::account_action, "no way to receive",
           "trusted device"),
      ends("a page instead of the devices", {{kList, 200, kPage}}, 6, 1, ErrorCode::bad_answer, "cannot be read",
           "defect"),
      ends("the login is over", {{kList, 421, kLost}}, 7, 3, ErrorCode::sign_in_needed, "no longer waits|421",
           "Sign in again"),
      ends("too many codes", {{kCheck, 200, R"({"success":false,"errorCode":"-22982"})"}}, 8, 3,
           ErrorCode::account_action, "no more codes", "Wait some hours"),
      ends("busy", {{kCheck, 429, ""}}, 10, 6, ErrorCode::throttled, "429", "Wait some hours"),
      ends("asked for again", {{kLogin, 200, kTwoStepOwed}}, 9, 3, ErrorCode::sign_in_needed, "still asks",
           "Sign in again"),
  });
}

TEST_CASE("§4.1 and §5.2: what accountLogin may answer") {
  const auto login = [](const char* name, int status, std::string body, int requests, int exit_code, ErrorCode code,
                        const char* says, const char* remedy) {
    return Row{.name = name,
               .answers = {{kLogin, status, std::move(body)}},
               .exit_code = exit_code,
               .code = code,
               .says = says,
               .remedy = remedy,
               .requests = requests,
               .token = "token"};
  };
  const auto act = ErrorCode::account_action;
  // The trust token did not spare the code: it is over.
  Row owed = login("a code is owed, and nobody is there", 200,
                   account_with(R"("hsaChallengeRequired":false)", R"("hsaChallengeRequired":true)"), 5, 3,
                   ErrorCode::sign_in_needed, "nobody", "icloud2immich auth");
  owed.trust = "";
  check_rows({owed});
  check_rows({
      {.name = "200", .token = "token"},
      {.name = "dsid as text",
       .answers = {{kLogin, 200, account_with("12345678901", "\"12345678901\"")}},
       .token = "token"},
      login("421, twice: once more over a new connection", 421, kLost, 6, 3, act, "refused the session", kBrowser),
      login("400 Invalid Session Token", 400, kInvalidToken, 5, 3, act, "refused the session", kBrowser),
      login("401", 401, "{}", 5, 3, act, "refused the session", kBrowser),
      login("Missing apple_id field", 400, R"({"success":false,"error":"Missing apple_id field"})", 5, 3, act,
            "refused the session", kBrowser),
      login("403", 403, "{}", 5, 3, act, "not let this account in|403", kBrowser),
      login("no account in it", 200, "{}", 5, 3, act, "refused the session", kBrowser),
      login("terms", 200, account_with(R"("termsUpdateNeeded":false)", R"("termsUpdateNeeded":true)"), 5, 3, act,
            "new terms", "accept them"),
      login("web access off", 200, account_with(R"("isWebAccessAllowed":true)", R"("isWebAccessAllowed":false)"), 5, 3,
            act, "access to iCloud data on the web is switched off", "Access iCloud Data on the Web"),
      login("locked", 200, account_with(R"("locked":false)", R"("locked":true)"), 5, 3, act, "locked",
            "https://iforgot.apple.com"),
      login("no photos", 200, account_with("ckdatabasews", "photos"), 5, 3, act, "no photo library",
            "https://www.icloud.com/photos"),
      login("under maintenance", 200, R"({"dsInfo":{"dsid":"1"},"hsaTrustedBrowser":true,"isUnderMaintenance":true})",
            5, 6, ErrorCode::throttled, "maintenance", "Try again in an hour"),
      login("no account number", 200, account_with("12345678901", "null"), 5, 1, ErrorCode::bad_answer,
            "no account number", "defect"),
      login("foreign database", 200, account_with("p61-ckdatabasews.icloud.com", "p61.icloud.com.evil.example"), 5, 1,
            ErrorCode::bad_answer, "outside Apple's domains", "defect"),
      login("database without TLS", 200, account_with("https://p61", "http://p61"), 5, 1, ErrorCode::bad_answer,
            "outside Apple's domains", "defect"),
      login("a name in the database's address", 200, account_with("https://p61", "https://x@p61"), 5, 1,
            ErrorCode::bad_answer, "outside Apple's domains", "defect"),
      login("503, asked patiently", 503, kPage, 7, 6, ErrorCode::throttled, "503", "Wait some hours"),
  });
  Row repair{.name = "a -REPAIR cookie in place of -TOKEN",
             .exit_code = 3,
             .code = act,
             .says = "settled",
             .remedy = "Access iCloud Data on the Web",
             .token = "token"};
  INFO(repair.name);
  Fixture f;
  make_usual(f, Flow::trusted);
  f.http.jar = {"#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t0\tX-APPLE-WEBAUTH-REPAIR\tx"};
  auto sign_in = f.make();
  const auto result = sign_in.with_password(Secret("pw"), nullptr);
  REQUIRE_FALSE(result);
  CHECK(i2i::app::exit_code_for(result.error()) == 3);
  CHECK(holds_in_order(result.error().message, repair.says));
  CHECK(holds_in_order(result.error().remedy, repair.remedy));
  CHECK(is_one_sentence(result.error().remedy));
  CHECK(sign_in.session().database_url.empty());
}

TEST_CASE("§4.2, §4.3 and §4.6: what validate may answer, and the ladder after it") {
  const auto renewed = [](const char* name, std::vector<Answer> answers, int requests, int exit_code = 0,
                          ErrorCode code = ErrorCode::internal, const char* says = "", const char* remedy = "") {
    return Row{.name = name,
               .flow = Flow::renewed,
               .answers = std::move(answers),
               .exit_code = exit_code,
               .code = code,
               .says = says,
               .remedy = remedy,
               .passwords = 0,
               .requests = requests,
               .token = "token"};
  };
  const std::string owed =
      R"({"dsInfo":{"dsid":"1","hsaVersion":2,"hasICloudQualifyingDevice":true},"hsaChallengeRequired":true})";
  const auto needed = ErrorCode::sign_in_needed;
  check_rows({
      renewed("200", {}, 1),
      renewed("421 without dsInfo", {{kValidate, 421, kLost}}, 3),
      renewed("200 without dsInfo", {{kValidate, 200, R"({"success":false})"}}, 2),
      renewed("401", {{kValidate, 401, ""}}, 2),
      renewed("450", {{kValidate, 450, ""}}, 2),
      renewed("500", {{kValidate, 500, ""}}, 2),
      renewed("short trouble", {{kValidate, 503, ""}, {kValidate, 200, kAccount}}, 2),
      renewed("both refused", {{kValidate, 421, kLost}, {kLogin, 421, kLost}}, 4, 3, needed, "over",
              "icloud2immich auth"),
      renewed("the token is no good", {{kValidate, 450, ""}, {kLogin, 400, kInvalidToken}}, 2, 3, needed, "over",
              "icloud2immich auth"),
      renewed("a code is wanted", {{kValidate, 421, kLost}, {kLogin, 200, owed}}, 3, 3, needed, "second factor again",
              "icloud2immich auth"),
      renewed("terms", {{kValidate, 200, R"({"dsInfo":{"dsid":"1"},"termsUpdateNeeded":true})"}}, 1, 3,
              ErrorCode::account_action, "new terms", "accept them"),
      renewed("terms without an account", {{kValidate, 421, R"({"termsUpdateNeeded":true})"}}, 2, 3,
              ErrorCode::account_action, "new terms", "accept them"),
      renewed("busy", {{kValidate, 503, kPage}}, 3, 6, ErrorCode::throttled, "503", "Wait some hours"),
  });
  Row later = renewed("told to come back in an hour", {{kValidate, 503, kPage, {{"Retry-After", "3600"}}}}, 1, 6,
                      ErrorCode::throttled, "503", "Wait some hours");
  later.retry_after = seconds(3600);
  check_rows({later});
}

TEST_CASE("§4.4: what logout may answer: here it is over in any case") {
  struct Case {
    const char* name;
    int status;
    const char* body;
    int exit_code;
  };
  for (const Case& each : {Case{"200", 200, R"({"success":true})", 0}, Case{"421: not signed in", 421, kLost, 0},
                           Case{"503", 503, kPage, 6}, Case{"429", 429, "", 6}}) {
    INFO(each.name);
    Fixture f;
    make_usual(f, Flow::renewed);
    f.http.on("POST /logout", each.status, each.body);
    auto sign_in = f.make();
    const auto result = sign_in.log_out();
    CHECK((result ? 0 : i2i::app::exit_code_for(result.error())) == each.exit_code);
    if (!result) CHECK(is_one_sentence(result.error().remedy));
    CHECK(f.http.last("POST /logout").body == R"({"trustBrowser":true,"allBrowsers":false})");
    REQUIRE_FALSE(f.stored.empty());
    CHECK(f.stored.back().session_token.empty());
    CHECK(f.stored.back().trust_token.empty());
    CHECK(f.stored.back().cookies.empty());
    CHECK(f.stored.back().client_id == f.session.client_id);
  }
}

TEST_CASE("§1.4 and §4.5: every answer's header is kept and sent with the next request, refusals too") {
  Fixture f;
  make_usual(f, Flow::device);
  const auto answer = [&f](const char* request, int status, const std::string& body, const char* scnt) {
    f.http.script[request].clear();
    f.http.on(request, status, body,
              {{"scnt", scnt},
               {"X-Apple-ID-Session-Id", std::string("id-") + scnt},
               {"X-Apple-Auth-Attributes", std::string("attributes-") + scnt}});
  };
  answer("GET /authorize/signin", 500, "", "1");
  answer("POST /federate", 404, "", "2");
  answer(kComplete, 409, R"({"authType":"hsa2"})", "4");
  answer(kAsk, 409, kOptions, "5");
  answer(kPush, 412, "{}", "6");
  f.http.script[kInit].clear();
  f.http.on(kInit, 401, "{}", {{"scnt", "2b"}});
  f.http.on(kInit, 200, sign_in_fake::init_body(), {{"scnt", "3"}});
  f.http.script[kDeviceCode].clear();
  f.http.on(kDeviceCode, 400, kWrongCode, {{"scnt", "7"}});
  f.http.on(kDeviceCode, 409, kValid, {{"scnt", "8"}});
  auto sign_in = f.make();
  REQUIRE(sign_in.with_password(Secret("pw"), &f.person));
  // After the 401 the context is a new one: its first request brings none.
  const std::vector<std::string> sent = {"", "1", "2", "", "1", "2", "3", "4", "5", "6", "7", "8"};
  std::vector<std::string> seen;
  for (const auto& request : f.http.requests) {
    if (request.url.find("setup.icloud.com") == std::string::npos) {
      seen.push_back(request.headers.get("scnt").value_or(""));
    }
  }
  // A start that was drawn again sends the same one twice.
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  CHECK(seen == sent);
  CHECK(f.http.last(kDeviceCode).headers.get("X-Apple-ID-Session-Id") == "id-6");
  CHECK(f.http.last(kDeviceCode).headers.get("X-Apple-Auth-Attributes") == "attributes-6");
  CHECK(f.http.last(kDeviceCode).body == R"({"securityCode":{"code":"222222"}})");
}

TEST_CASE("§3.3: a code keeps its leading zeros on both routes") {
  for (const Flow flow : {Flow::device, Flow::text}) {
    Fixture f;
    make_usual(f, flow);
    f.person.codes = {"000 007"};
    auto sign_in = f.make();
    REQUIRE(sign_in.with_password(Secret("pw"), &f.person));
    const auto body = nlohmann::json::parse(*f.http.last(flow == Flow::device ? kDeviceCode : kPhoneCode).body);
    CHECK(body["securityCode"]["code"] == "000007");
  }
}

TEST_CASE("§2.5: work is done when asked for, for the latest challenge, up to 24 bits") {
  struct Case {
    const char* name;
    const char* bits;
    bool stamped;
  };
  for (const Case& each : {Case{"10", "10", true}, Case{"11", "11", true}, Case{"12", "12", true},
                           Case{"25", "25", false}, Case{"no number", "many", false}}) {
    INFO(each.name);
    Fixture f;
    make_usual(f, Flow::trusted);
    for (const auto& [request, body] :
         {std::pair<const char*, std::string>{"POST /federate", "{}"}, {kInit, sign_in_fake::init_body()}}) {
      f.http.script[request].clear();
      f.http.on(request, 200, body,
                {{"X-Apple-HC-Bits", each.bits}, {"X-Apple-HC-Challenge", request == kInit ? "0a0b0c" : "010203"}});
    }
    auto sign_in = f.make();
    REQUIRE(sign_in.with_password(Secret("pw"), nullptr));
    const auto stamp = f.http.last(kComplete).headers.get("X-Apple-HC");
    CHECK(stamp.has_value() == each.stamped);
    if (!stamp) continue;
    CHECK(stamp->rfind(std::string("1:") + each.bits + ":20260101000000:0a0b0c::", 0) == 0);
    const std::string digest = i2i::util::sha1(*stamp);
    const unsigned head = (static_cast<unsigned char>(digest[0]) << 16U) |
                          (static_cast<unsigned char>(digest[1]) << 8U) | static_cast<unsigned char>(digest[2]);
    CHECK(head >> (24U - static_cast<unsigned>(std::stoi(each.bits))) == 0);
  }
}
