#pragma once
// A transport that answers sign-in from a script, and a person who does.

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "i2i/icloud/sign_in.hpp"
#include "i2i/util/text.hpp"

namespace sign_in_fake {

using i2i::net::Request;
using i2i::net::Response;
using i2i::util::Result;

inline constexpr i2i::util::UnixMillis kNow = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

class FakeClock final : public i2i::util::Clock {
 public:
  [[nodiscard]] i2i::util::UnixMillis now() const override { return now_ms; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(slept);
  }
  bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) override {
    now_ms += duration.count();
    slept += duration;
    return !stop.stop_requested();
  }
  i2i::util::UnixMillis now_ms = kNow;
  std::chrono::milliseconds slept{0};
};

/// Answers by "METHOD /path" (without endpoint and query): the script's next answer, the last one again at its end.
class FakeClient final : public i2i::net::CurlClient {
 public:
  using Answer = std::function<Result<Response>(const Request&)>;

  i2i::net::TransferId submit(Request request, i2i::net::Done done) override {
    static constexpr const char* kMethods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    std::string url(i2i::util::without_query(request.url));
    // Both regions' hosts answer by the same script; requests tell which was asked.
    for (const char* base : {"https://idmsa.apple.com/appleauth/auth", "https://setup.icloud.com/setup/ws/1",
                             "https://idmsa.apple.com.cn/appleauth/auth", "https://setup.icloud.com.cn/setup/ws/1"}) {
      if (url.rfind(base, 0) == 0) url.erase(0, std::string(base).size());
    }
    const std::string key = std::string(kMethods[static_cast<int>(request.method)]) + " " + url;
    asked.push_back(key);
    requests.push_back(request);
    auto found = script.find(key);
    if (found == script.end() || found->second.empty()) {
      done(answer(404, "{}"));
      return 0;
    }
    const Answer next = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    done(next(request));
    return 0;
  }
  void resume(i2i::net::TransferId) override {}
  std::vector<std::string> cookies() override { return jar; }
  void set_cookies(const std::vector<std::string>& lines) override {
    jar.insert(jar.end(), lines.begin(), lines.end());
  }
  void clear_cookies() override { jar.clear(); }
  [[nodiscard]] i2i::net::RequestCounts counts() const override { return {}; }

  static Response answer(int status, std::string body, i2i::net::Headers headers = {}) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    response.headers = std::move(headers);
    if (const auto wait = response.headers.get("Retry-After")) {
      response.retry_after = i2i::net::parse_retry_after(*wait, kNow);
    }
    return response;
  }
  void on(const std::string& key, int status, const std::string& body, const i2i::net::Headers& headers = {}) {
    script[key].push_back([=](const Request&) { return answer(status, body, headers); });
  }
  [[nodiscard]] int count(const std::string& key) const {
    return static_cast<int>(std::count(asked.begin(), asked.end(), key));
  }
  [[nodiscard]] const Request& last(const std::string& key) const {
    for (std::size_t i = asked.size(); i > 0; --i) {
      if (asked[i - 1] == key) return requests[i - 1];
    }
    throw std::runtime_error("never asked: " + key);
  }

  std::map<std::string, std::deque<Answer>> script;
  std::vector<std::string> asked;
  std::vector<Request> requests;
  std::vector<std::string> jar;
};

class FakePerson final : public i2i::icloud::SecondFactorPerson {
 public:
  Result<i2i::icloud::CodeRequest> choose(const i2i::icloud::SecondFactorOptions& options) override {
    seen = options;
    return choice;
  }
  Result<i2i::icloud::CodeAnswer> code(const i2i::icloud::CodeQuestion& question) override {
    attempts.push_back(1 + 3 - question.tries_left);
    news.push_back(question.news);
    if (codes.empty()) return i2i::util::fail(i2i::util::ErrorCode::timed_out_waiting, "no code came");
    auto next = codes.front();
    codes.pop_front();
    if (next) return i2i::icloud::CodeAnswer{*next};
    auto send = question.request;
    if (!ways.empty()) {
      send = ways.front();
      ways.pop_front();
    }
    return i2i::icloud::CodeAnswer{"", send};
  }
  void accepted() override { ++accepted_codes; }
  i2i::icloud::CodeRequest choice;
  i2i::icloud::SecondFactorOptions seen;
  std::deque<std::optional<std::string>> codes;  // nullopt: sends anew
  std::deque<i2i::icloud::CodeRequest> ways;     // by these ways, then by the one of the question
  std::vector<int> attempts;                     // from 1: of codes that were not right, plus one
  std::vector<i2i::icloud::CodeNews> news;
  int accepted_codes = 0;
};

inline const char* const kAccount = R"({"dsInfo":{"dsid":12345678901,"hsaVersion":2,"hasICloudQualifyingDevice":true,
  "isWebAccessAllowed":true,"locked":false},"webservices":{"ckdatabasews":{"pcsRequired":true,
  "url":"https://p61-ckdatabasews.icloud.com:443","status":"active"}},"hsaTrustedBrowser":true,
  "hsaChallengeRequired":false,"termsUpdateNeeded":false})";
/// B has its first byte set and is far below N; no password is checked here.
inline std::string init_body(const std::string& server_public = "\x42" + std::string(255, '\x17')) {
  nlohmann::json json{{"iteration", 10}, {"salt", "AAECAwQFBgcICQoLDA0ODw=="}, {"protocol", "s2k"}, {"c", "d-749:MSA"}};
  json["b"] = i2i::util::base64_encode(server_public);
  return json.dump();
}
inline const char* const kOptions =
    R"({"trustedPhoneNumbers":[{"numberWithDialCode":"+1 (•••) •••-••81","pushMode":"sms","id":3},
  {"numberWithDialCode":"+1 (•••) •••-••99","pushMode":"voice","id":7,"nonFTEU":true}],"securityCode":{"length":6,
  "tooManyCodesSent":false,"tooManyCodesValidated":false,"securityCodeLocked":false},"noTrustedDevices":false})";
inline const char* const kWrongCode =
    R"({"service_errors":[{"code":"-21669","title":"Incorrect Verification Code","message":"Incorrect verification code."}],"hasError":true})";

struct Fixture {
  Fixture() {
    session.apple_id = " User@Example.com";
    session.client_id = "auth-11111111-2222-4333-8444-555555555555";
    http.on("GET /authorize/signin", 200, "<html>", {{"scnt", "s1"}});
    http.on("POST /federate", 200, "{}", {{"scnt", "s2"}});
    http.on("POST /signin/init", 200, init_body(), {{"scnt", "s3"}, {"X-Apple-ID-Session-Id", "sid"}});
    http.on("POST /accountLogin", 200, kAccount);
  }
  /// A second factor that goes well, but for what verify answers.
  void with_second_factor() {
    http.on("POST /signin/complete", 409, R"({"authType":"hsa2"})",
            {{"scnt", "s4"}, {"X-Apple-Session-Token", "before"}});
    http.on("GET ", 409, kOptions, {{"scnt", "s5"}});
    http.on("PUT /verify/trusteddevice/securitycode", 202, kOptions, {{"scnt", "s6"}});
    http.on("GET /2sv/trust", 204, "", {{"X-Apple-TwoSV-Trust-Token", "trust"}, {"X-Apple-Session-Token", "after"}});
  }
  i2i::icloud::SignIn make() {
    return i2i::icloud::SignIn({http,
                                clock,
                                endpoints,
                                {},
                                [this](const i2i::icloud::SessionData& data) -> Result<void> {
                                  stored.push_back(data);
                                  return {};
                                }},
                               session);
  }
  FakeClient http;
  FakeClock clock;
  FakePerson person;
  i2i::icloud::Endpoints endpoints = i2i::icloud::apple_endpoints(i2i::icloud::Region::world);
  i2i::icloud::SessionData session;
  std::vector<i2i::icloud::SessionData> stored;
};

}  // namespace sign_in_fake
