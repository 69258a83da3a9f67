#include "app/telling/notification_encode.hpp"

#include "app/telling/redact.hpp"
#include "catch.hpp"
#include "i2i/util/json.hpp"

using namespace i2i::app;
namespace net = i2i::net;
namespace util = i2i::util;

namespace {

NotifyTarget target(NotifyKind kind, const std::string& url) { return {kind, util::Secret(url), "host", 1, false, {}}; }

News news() {
  return {ProblemKind::sign_in,    false,          "auth", 3, 1'700'000'000'000, 1'700'086'400'000,
          "nobody is \"in\" here", "Sign in: auth"};
}

}  // namespace

TEST_CASE("pings put what happened behind the address of a check, before its query") {
  const auto hc = target(NotifyKind::healthchecks, "https://hc-ping.com/uuid?create=1");
  CHECK(start_ping(hc).url == "https://hc-ping.com/uuid/start?create=1");
  struct Row {
    int exit_code;
    const char* url;
  };
  for (const Row& row :
       {Row{0, "https://hc-ping.com/uuid?create=1"}, Row{3, "https://hc-ping.com/uuid/3?create=1"},
        Row{143, "https://hc-ping.com/uuid/143?create=1"}, Row{10, "https://hc-ping.com/uuid/log?create=1"}}) {
    const auto request = end_ping(hc, row.exit_code, "sync: well");
    CHECK(request.url == row.url);
    CHECK(request.method == net::Method::post);
    CHECK(request.kind == net::RequestKind::notification);
    CHECK(request.body == "sync: well");
  }
  CHECK(end_ping(target(NotifyKind::healthchecks, "http://hc.lan/ping/x/"), 5, "").url == "http://hc.lan/ping/x/5");
}

TEST_CASE("ntfy gets the sentence and the remedy as its text, the rest as fields") {
  const auto request =
      message_for(target(NotifyKind::ntfy, "https://ntfy.sh/photos"), news(), {"y***@example.com", {}});
  CHECK(request.url == "https://ntfy.sh/photos");
  CHECK(request.body == "auth for y***@example.com: nobody is \"in\" here.\nSign in: auth.");
  CHECK(request.headers.get("Title") == "icloud2immich: A person must sign in to iCloud");
  CHECK(request.headers.get("Priority") == "high");
  CHECK(request.headers.get("Tags") == "warning");

  auto over = news();
  over.settled = true;
  const auto settled =
      message_for(target(NotifyKind::ntfy, "https://ntfy.sh/photos"), over, {"", {"info  one", "warn  two"}});
  CHECK(settled.headers.get("Title") == "icloud2immich: The iCloud sign-in works");
  CHECK(settled.headers.get("Priority") == "low");
  CHECK_THAT(*settled.body, Catch::Matchers::EndsWith("\n\ninfo  one\nwarn  two"));

  auto endless = news();
  endless.sentence = std::string(10'000, 'x');
  CHECK(message_for(target(NotifyKind::ntfy, "https://ntfy.sh/p"), endless, {"", {}}).body->size() < 4096);
}

TEST_CASE("a webhook gets one JSON object") {
  const auto request =
      message_for(target(NotifyKind::webhook, "https://chat/x"), news(), {"y***@example.com", {"a line"}});
  CHECK(request.headers.get("Content-Type") == "application/json");
  const auto json = util::parse_json(*request.body, "body");
  REQUIRE(json);
  const auto want = util::parse_json(
      R"({"schema": 1, "event": "problem", "kind": "sign-in", "title": "icloud2immich: A person must sign in to iCloud",
          "text": "auth for y***@example.com: nobody is \"in\" here.\nSign in: auth.", "account": "y***@example.com",
          "command": "auth", "exit_code": 3, "since": "2023-11-14T22:13:20Z", "at": "2023-11-15T22:13:20Z",
          "log": ["a line"]})",
      "wanted");
  REQUIRE(want);
  CHECK(*json == *want);
}

TEST_CASE("what others read has no address of an account, and log lines no tokens") {
  CHECK(masked_address("you@example.com") == "y***@example.com");
  CHECK(masked_address("\xC3\xA9t\xC3\xA9@example.com") == "\xC3\xA9***@example.com");
  CHECK(masked_address("").empty());
  CHECK(masked_address("nobody") == "***");
  CHECK(for_others("You@Example.com is not you@example.com\n", "you@example.com") ==
        "y***@example.com is not y***@example.com\\x0A");
  struct Row {
    const char* line;
    const char* want;
  };
  for (const Row& row :
       {Row{"IMG_1234-edited.JPG came", "IMG_1234-edited.JPG came"}, Row{"token=AbCdEfGhIjKlMnOpQrStUvWxYz.", "***."},
        Row{"at https://hc-ping.com/01234567-89ab-cdef-0123-456789abcdef/start", "at https://hc-ping.com/***/start"},
        Row{"internationalizationofwords stays", "internationalizationofwords stays"}}) {
    CHECK(log_for_others(row.line, "you@example.com") == row.want);
  }
}
