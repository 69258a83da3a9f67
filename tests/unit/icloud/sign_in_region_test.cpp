// Accounts of the other region, and moved ones (docs/protocol/icloud.md §1.1, §2.6) on canned answers.
#include "catch.hpp"
#include "icloud/region.hpp"
#include "sign_in_fake.hpp"

using namespace i2i::icloud;
using i2i::net::Headers;
using i2i::util::ErrorCode;
using i2i::util::Secret;
using sign_in_fake::FakeClient;
using sign_in_fake::Fixture;
using sign_in_fake::kAccount;

namespace {

constexpr const char* kToChina = R"({"domainToUse":"iCloud.com.cn"})";
constexpr const char* kToWorld = R"({"domainToUse":"iCloud.com"})";
constexpr const char* kLost = R"({"success":false,"error":"Missing X-APPLE-WEBAUTH-TOKEN cookie"})";

bool is_china(const i2i::net::Request& request) { return request.url.find(".com.cn/") != std::string::npos; }

/// The hosts of the present family send to the other by this answer; those of the other family go on as usual.
void sends_away(Fixture& f, Region present, const char* request, int status, const std::string& body,
                const Headers& headers) {
  auto usual = f.http.script[request].empty() ? nullptr : f.http.script[request].front();
  f.http.script[request] = {[=](const i2i::net::Request& sent) -> i2i::util::Result<i2i::net::Response> {
    if (is_china(sent) == (present == Region::china)) return FakeClient::answer(status, body, headers);
    return usual ? usual(sent) : FakeClient::answer(404, "{}");
  }};
}

int asked_of_china(const Fixture& f) {
  return static_cast<int>(std::count_if(f.http.requests.begin(), f.http.requests.end(), is_china));
}

void trusted(Fixture& f) { f.http.on("POST /signin/complete", 200, "{}", {{"X-Apple-Session-Token", "token"}}); }

void signed_in(Fixture& f) {
  f.session.session_token = Secret("token");
  f.session.cookies = {"#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t0\tX-APPLE-WEBAUTH-TOKEN\tx"};
}

}  // namespace

TEST_CASE("which region an answer names") {
  struct Row {
    const char* name;
    int status;
    const char* body;
    Headers headers;
    bool elsewhere;
    std::optional<Region> region;
  };
  const Row rows[] = {
      {"domainToUse behind 200", 200, kToChina, {}, true, Region::china},
      {"domainToUse behind 302", 302, kToChina, {}, true, Region::china},
      {"back to the world", 302, kToWorld, {}, true, Region::world},
      {"Location at Apple's sign-in",
       302,
       "",
       {{"Location", "https://idmsa.apple.com.cn/appleauth/auth"}},
       true,
       Region::china},
      {"Location below icloud.com.cn", 307, "", {{"Location", "https://setup.icloud.com.cn/x"}}, true, Region::china},
      {"Location in the world", 302, "", {{"Location", "https://IDMSA.apple.com/"}}, true, Region::world},
      {"a look-alike", 302, "", {{"Location", "https://icloud.com.cn.evil.example/"}}, true, std::nullopt},
      {"a foreign domain", 200, R"({"domainToUse":"evil.example"})", {}, true, std::nullopt},
      {"Location without a host", 302, "", {{"Location", "/auth"}}, true, std::nullopt},
      {"no Location", 302, "", {}, true, std::nullopt},
      {"behind X-Apple-I-Rscd", 200, "{}", {{"X-Apple-I-Rscd", "302"}}, true, std::nullopt},
      {"an ordinary answer", 200, kAccount, {{"Location", "/auth"}}, false, std::nullopt},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto response = FakeClient::answer(row.status, row.body, row.headers);
    CHECK(sends_elsewhere(response) == row.elsewhere);
    CHECK(region_named(response) == row.region);
  }
}

TEST_CASE("told before the password was tried, sign-in starts over there by itself, once") {
  struct Row {
    const char* name;
    Region present;
    int status;
    const char* body;
    Headers headers;
  };
  const Row rows[] = {
      {"domainToUse behind 200", Region::world, 200, kToChina, {}},
      {"domainToUse behind 302", Region::world, 302, kToChina, {}},
      {"Location", Region::world, 302, "", {{"Location", "https://idmsa.apple.com.cn/appleauth/auth"}}},
      {"moved back", Region::china, 302, kToWorld, {}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Fixture f;
    f.session.region = row.present;
    trusted(f);
    sends_away(f, row.present, "POST /signin/init", row.status, row.body, row.headers);
    auto sign_in = f.make();
    REQUIRE(sign_in.with_password(Secret("pw"), nullptr));
    // Once where it is told; there, a start may be unlucky and drawn again.
    CHECK(std::count_if(f.http.requests.begin(), f.http.requests.end(), [&](const i2i::net::Request& request) {
            return request.url.find("/signin/init") != std::string::npos &&
                   is_china(request) == (row.present == Region::china);
          }) == 1);
    CHECK(f.http.count("POST /signin/complete") == 1);
    const bool to_china = row.present == Region::world;
    for (const char* request : {"POST /signin/complete", "POST /accountLogin"})
      CHECK(is_china(f.http.last(request)) == to_china);
    CHECK(f.http.last("POST /accountLogin").headers.get("Origin") ==
          (to_china ? "https://www.icloud.com.cn" : "https://www.icloud.com"));
    CHECK((sign_in.session().region == Region::china) == to_china);
    CHECK(sign_in.session().region_by_apple);
    CHECK(f.stored.back().region == sign_in.session().region);

    // The next run knows.
    Fixture next;
    next.session = f.stored.back();
    trusted(next);
    auto again = next.make();
    REQUIRE(again.with_password(Secret("pw"), nullptr));
    CHECK(asked_of_china(next) == (to_china ? static_cast<int>(next.http.asked.size()) : 0));
  }
}

TEST_CASE("told after the password was sent, the region is remembered and no second attempt is made") {
  for (const char* where : {"POST /signin/complete", "POST /accountLogin"}) {
    for (const int status : {200, 302}) {
      INFO(where << " " << status);
      Fixture f;
      trusted(f);
      sends_away(f, Region::world, where, status, kToChina, {});
      auto sign_in = f.make();
      const auto result = sign_in.with_password(Secret("pw"), nullptr);
      REQUIRE_FALSE(result);
      CHECK(result.error().code == ErrorCode::sign_in_needed);
      CHECK_THAT(result.error().message, ContainsSubstring("icloud.com.cn (mainland China)"));
      CHECK(result.error().remedy == "Run the same command again.");
      CHECK(f.http.count("POST /signin/complete") == 1);
      CHECK(asked_of_china(f) == 0);
      CHECK(f.stored.back().region == Region::china);
      CHECK(f.stored.back().region_by_apple);
    }
  }
}

TEST_CASE("sent to and fro, sign-in ends") {
  Fixture f;
  f.http.script["POST /signin/init"] = {
      [](const i2i::net::Request& sent) { return FakeClient::answer(200, is_china(sent) ? kToWorld : kToChina); }};
  auto sign_in = f.make();
  const auto result = sign_in.with_password(Secret("pw"), nullptr);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::account_action);
  CHECK_THAT(result.error().message, ContainsSubstring("and back"));
  CHECK(f.http.count("POST /signin/init") == 2);
  CHECK(f.http.count("POST /signin/complete") == 0);
}

TEST_CASE("sent elsewhere without a place, or from hosts that were given") {
  for (const bool given : {false, true}) {
    Fixture f;
    f.endpoints.given = given;
    trusted(f);
    sends_away(f, Region::world, "POST /signin/init", 302, given ? kToChina : "", {});
    auto sign_in = f.make();
    const auto result = sign_in.with_password(Secret("pw"), nullptr);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::usage);
    CHECK_THAT(result.error().remedy, ContainsSubstring(given ? "--endpoint" : "--region"));
    CHECK(f.http.count("POST /signin/init") == 1);
    CHECK(sign_in.session().region == Region::world);
    CHECK_FALSE(sign_in.session().region_by_apple);
  }
}

TEST_CASE("a stored session of an account that moved is tried there, once") {
  for (const bool welcome : {true, false}) {
    INFO(welcome);
    Fixture f;
    signed_in(f);
    f.http.on("POST /validate", 200, kToChina);
    if (!welcome) {
      f.http.script["POST /accountLogin"].clear();
      f.http.on("POST /accountLogin", 400, kLost);
    }
    auto sign_in = f.make();
    const auto result = sign_in.renew();
    CHECK(result.has_value() == welcome);
    if (!result) CHECK(result.error().code == ErrorCode::sign_in_needed);
    CHECK(f.http.count("POST /validate") == 1);
    CHECK(f.http.count("POST /accountLogin") == 1);
    CHECK(is_china(f.http.last("POST /accountLogin")));
    CHECK(f.stored.back().region == Region::china);
  }
  Fixture f;
  signed_in(f);
  f.http.on("POST /validate", 302, kToChina);
  f.http.script["POST /accountLogin"].clear();
  f.http.on("POST /accountLogin", 302, kToWorld);
  auto sign_in = f.make();
  const auto result = sign_in.renew();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::account_action);
  CHECK(f.http.asked.size() == 2);
}

TEST_CASE("an account that names its domain is no account of elsewhere") {
  Fixture f;
  trusted(f);
  std::string body = kAccount;
  body.insert(1, R"("domainToUse":"iCloud.com",)");
  f.http.script["POST /accountLogin"].clear();
  f.http.on("POST /accountLogin", 200, body);
  auto sign_in = f.make();
  CHECK(sign_in.with_password(Secret("pw"), nullptr));
}
