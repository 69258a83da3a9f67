#include "i2i/app/live_session.hpp"

#include <sys/stat.h>

#include "app/sign_in/holds_decode.hpp"
#include "catch.hpp"
#include "i2i/util/file.hpp"
#include "unit/icloud/sign_in_fake.hpp"
#include "unit/util/temp_folder.hpp"

namespace {

using i2i::app::Hold;
using i2i::app::Holds;
using i2i::app::LiveSession;
using i2i::util::ErrorCode;
using i2i::util::Secret;

/// An account that signed in before; what is stored is refused, unless a test says otherwise.
struct Account {
  Account() {
    paths.apple_id = "user@example.com";
    paths.folder = folder.path();
    i2i::icloud::SessionData data;
    data.apple_id = paths.apple_id;
    data.client_id = "auth-11111111-2222-4333-8444-555555555555";
    data.session_token = Secret("token");
    data.trust_token = Secret("trust");
    data.cookies = {".icloud.com\tTRUE\t/\tTRUE\t2000000000\tX-APPLE-WEBAUTH-USER\tv"};
    REQUIRE(i2i::app::store_session(paths, data));
    context.options.apple_id = paths.apple_id;
    context.password = [this]() -> i2i::util::Result<std::optional<Secret>> {
      ++passwords_given;
      return std::optional<Secret>(Secret("correct horse"));
    };
    fake.http.on("POST /validate", 421, "{}");
    fake.http.script["POST /accountLogin"].clear();
    fake.http.on("POST /accountLogin", 421, "{}");
    fake.http.on("POST /accountLogin", 421, "{}");
  }
  i2i::util::Result<std::unique_ptr<LiveSession>> open() { return LiveSession::open(context, paths, fake.http); }
  [[nodiscard]] Holds holds() const { return i2i::app::load_holds(paths); }
  [[nodiscard]] int attempts() const { return fake.http.count("POST /signin/complete"); }

  TempFolder folder;
  i2i::app::AccountPaths paths;
  sign_in_fake::Fixture fake;
  i2i::app::RunContext context{{}, fake.clock, {}};
  int passwords_given = 0;
};

}  // namespace

TEST_CASE("a session that works asks for nothing else") {
  Account account;
  account.fake.http.script["POST /validate"].clear();
  account.fake.http.on("POST /validate", 200, sign_in_fake::kAccount);
  REQUIRE(account.open());
  CHECK(account.passwords_given == 0);
  CHECK(account.holds() == Holds{});
}

TEST_CASE("a dead session is renewed by the configured password and the trust") {
  Account account;
  account.fake.http.on("POST /signin/complete", 200, "{}", {{"X-Apple-Session-Token", "new"}});
  account.fake.http.on("POST /accountLogin", 200, sign_in_fake::kAccount);
  REQUIRE(account.open());
  CHECK(account.attempts() == 1);
  CHECK(account.holds() == Holds{});
}

TEST_CASE("without a trust token the password is not spent") {
  Account account;
  auto data = i2i::app::load_session(account.paths);
  REQUIRE(data);
  (*data)->trust_token = {};
  REQUIRE(i2i::app::store_session(account.paths, **data));
  const auto opened = account.open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::sign_in_needed);
  CHECK(account.passwords_given == 0);
  CHECK(account.holds().session.has_value());
}

TEST_CASE("a refused password is held against the next runs, which ask Apple nothing") {
  Account account;
  account.fake.http.on("POST /signin/complete", 401,
                       R"({"serviceErrors":[{"code":"-20101","message":"Check the password."}]})");
  const auto first = account.open();
  REQUIRE_FALSE(first);
  CHECK(first.error().code == ErrorCode::wrong_credentials);
  CHECK(first.error().retry_after.has_value());
  CHECK(account.attempts() == 1);
  const auto asked = account.fake.http.asked.size();
  const auto second = account.open();
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::wrong_credentials);
  CHECK(account.fake.http.asked.size() == asked);

  SECTION("a person who wants to may try, and still the password is not spent unasked") {
    account.context.try_anyway = [](const Hold&) { return true; };
    const auto tried = account.open();
    REQUIRE_FALSE(tried);
    CHECK(tried.error().message.find("that was at") == std::string::npos);  // said once, by the next run
    CHECK(account.holds().session->until >= account.holds().password->until - 1000);
    CHECK(account.fake.http.asked.size() > asked);
    CHECK(account.attempts() == 1);
  }
  SECTION("after its time it is tried again") {
    account.fake.clock.now_ms = account.holds().password->until;
    REQUIRE_FALSE(account.open());
    CHECK(account.attempts() == 2);
  }
}

TEST_CASE("the password is noted before it is sent, and not sent where the note cannot be written") {
  Account account;
  account.fake.http.on("POST /signin/complete", 200, "{}");
  SECTION("noted") {
    std::optional<Hold> seen;
    account.fake.http.script["POST /signin/complete"].clear();
    account.fake.http.script["POST /signin/complete"].push_back(
        [&](const i2i::net::Request&) -> i2i::util::Result<i2i::net::Response> {
          seen = account.holds().password;
          return i2i::util::fail(ErrorCode::unreachable, "the wire was cut");
        });
    REQUIRE_FALSE(account.open());
    REQUIRE(seen.has_value());
    CHECK(seen->until > account.fake.clock.now());
    CHECK(account.holds().password == seen);  // the cut wire says nothing; the note stays
  }
  SECTION("not sent") {
    REQUIRE(::mkdir(account.paths.holds().c_str(), 0700) == 0);  // a folder stands where the note shall be
    const auto opened = account.open();
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::volume);
    CHECK(account.attempts() == 0);
  }
}

TEST_CASE("a trust that no longer spares the code is forgotten: the password is spent on it once") {
  Account account;
  account.fake.http.on("POST /signin/complete", 409, R"({"authType":"hsa2"})");
  const auto opened = account.open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::sign_in_needed);
  const auto data = i2i::app::load_session(account.paths);
  REQUIRE(data);
  CHECK((*data)->trust_token.empty());
  account.fake.clock.now_ms += 48LL * 3'600'000;
  REQUIRE_FALSE(account.open());
  CHECK(account.attempts() == 1);
}
