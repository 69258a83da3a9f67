#include "i2i/net/url.hpp"

#include "catch.hpp"

using namespace i2i::net;

TEST_CASE("the parts of a URL") {
  struct Row {
    const char* name;
    const char* url;
    const char* scheme;
    const char* host;
    const char* port;
    bool user;
  };
  const Row rows[] = {
      {"database host", "https://p61-ckdatabasews.icloud.com:443", "https", "p61-ckdatabasews.icloud.com", "443",
       false},
      {"upper case and final dot", "HTTPS://Setup.iCloud.COM./x?y=1", "https", "setup.icloud.com", "", false},
      {"IPv6", "http://[::1]:8080/", "http", "::1", "8080", false},
      {"user name as a lure", "https://setup.icloud.com@evil.example/", "https", "evil.example", "", true},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto parts = split_url(row.url);
    REQUIRE(parts);
    CHECK(parts->scheme == row.scheme);
    CHECK(parts->host == row.host);
    CHECK(parts->port == row.port);
    CHECK(parts->has_user == row.user);
  }
  for (const char* url : {"", "icloud.com", "https://", "https://a b/", "http://[::1", "https:///x"}) {
    INFO(url);
    const auto parts = split_url(url);
    CHECK((!parts || parts->host != "icloud.com"));
  }
}

TEST_CASE("loopback hosts") {
  for (const char* host : {"localhost", "setup.icloud.localhost", "127.0.0.1", "127.8.8.8", "::1"}) {
    INFO(host);
    CHECK(is_loopback_host(host));
  }
  for (const char* host :
       {"localhost.example.com", "notlocalhost", "127.evil.example", "127.0.0.1.example", "128.0.0.1", "::2", ""}) {
    INFO(host);
    CHECK_FALSE(is_loopback_host(host));
  }
}

TEST_CASE("below a domain") {
  CHECK(is_below_domain("icloud.com", "icloud.com"));
  CHECK(is_below_domain("p61-ckdatabasews.icloud.com", "icloud.com"));
  CHECK_FALSE(is_below_domain("evilicloud.com", "icloud.com"));
  CHECK_FALSE(is_below_domain("icloud.com.evil.example", "icloud.com"));
  CHECK_FALSE(is_below_domain("com", "icloud.com"));
  CHECK_FALSE(is_below_domain("x", ""));
}
