#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace i2i::net {

struct UrlParts {
  std::string scheme;  // lower case
  std::string host;    // lower case, without a final dot; an IPv6 address without its brackets
  std::string port;    // "" where the URL names none
  bool has_user = false;
};

/// The parts that decide where a request goes, as libcurl reads them; nullopt where it would not take the URL.
std::optional<UrlParts> split_url(std::string_view url);

/// localhost, names below .localhost, 127.0.0.0/8 and ::1. host as in UrlParts.
bool is_loopback_host(std::string_view host);

/// True for the domain itself and for every name below it ("a.icloud.com" below "icloud.com"; "eviliCloud.com" is not).
bool is_below_domain(std::string_view host, std::string_view domain);

}  // namespace i2i::net
