// What the client decides without a connection; what it does over the wire is tested against the practice services.
#include "i2i/net/curl_client.hpp"

#include <algorithm>

#include "catch.hpp"

using namespace i2i::net;
using i2i::util::ErrorCode;

namespace {

std::unique_ptr<CurlClient> make(CurlOptions options = {}) {
  auto client = CurlClient::create(std::move(options));
  REQUIRE(client);
  return std::move(*client);
}

Request get(std::string url) {
  Request request;
  request.url = std::move(url);
  return request;
}

}  // namespace

TEST_CASE("the cookie jar gives back what was put in") {
  std::vector<std::string> lines = {
      "#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t4102444800\tX-APPLE-WEBAUTH-USER\t\"v=1:s=1:d=123\"",
      "#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t0\tX-APPLE-WEBAUTH-TOKEN\t\"v=2:t=abc==\"",
      "idmsa.apple.com\tFALSE\t/\tTRUE\t0\taasp\tvalue",
  };
  auto client = make();
  client->set_cookies(lines);
  auto kept = client->cookies();
  std::sort(lines.begin(), lines.end());
  std::sort(kept.begin(), kept.end());
  CHECK(kept == lines);

  client->clear_cookies();
  CHECK(client->cookies().empty());
}

TEST_CASE("jar commands hidden in a session file are not obeyed") {
  auto client = make();
  client->set_cookies({"idmsa.apple.com\tFALSE\t/\tTRUE\t0\taasp\tvalue"});
  client->set_cookies({"ALL", "SESS", "FLUSH", "Set-Cookie: a=b; domain=icloud.com", ""});
  CHECK(client->cookies().size() == 1);
}

TEST_CASE("a request that must not be sent ends in refused") {
  auto client = make();
  for (const char* url :
       {"http://setup.icloud.com/x?secret=1", "ftp://localhost/x", "file:///etc/passwd", "nonsense", ""}) {
    INFO(url);
    const auto answer = client->perform(get(url));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == ErrorCode::refused);
    CHECK(answer.error().message.find("secret") == std::string::npos);
  }
  CHECK(client->counts().catalogue == 0);
}

TEST_CASE("a line break in a header field is not sent") {
  auto client = make();
  Request request = get("https://localhost/");
  request.headers.add("scnt", "a\r\nHost: evil");
  const auto answer = client->perform(request);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::internal);
}

TEST_CASE("after a stop everything ends in cancelled") {
  std::stop_source stop;
  CurlOptions options;
  options.stop = stop.get_token();
  auto client = make(options);
  stop.request_stop();
  const auto answer = client->perform(get("https://setup.icloud.com/"));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::cancelled);
}

TEST_CASE("trust anchors that cannot be read are an error of usage") {
  CurlOptions options;
  options.ca_file = "/nonexistent/ca.pem";
  const auto client = CurlClient::create(options);
  REQUIRE_FALSE(client);
  CHECK(client.error().code == ErrorCode::usage);
}
