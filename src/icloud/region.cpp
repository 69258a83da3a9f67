#include "region.hpp"

#include <fmt/core.h>

#include "i2i/net/url.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"
#include "sign_in_decode.hpp"

namespace i2i::icloud {
namespace {

using util::Error;
using util::ErrorCode;

std::optional<Region> family_of(const std::string& host) {
  if (net::is_below_domain(host, "icloud.com.cn") || net::is_below_domain(host, "apple.com.cn")) return Region::china;
  if (net::is_below_domain(host, "icloud.com") || net::is_below_domain(host, "apple.com")) return Region::world;
  return std::nullopt;
}

}  // namespace

bool sends_elsewhere(const net::Response& response) {
  const int status = effective_status(response);
  return (status >= 300 && status < 400) || !decode_account(response.body).domain_to_use.empty();
}

std::optional<Region> region_named(const net::Response& response) {
  // "iCloud.com.cn": names compare without case.
  if (const std::string domain = decode_account(response.body).domain_to_use; !domain.empty()) {
    return family_of(util::ascii_lower(domain));
  }
  const auto parts = net::split_url(response.headers.get("Location").value_or(""));
  return parts ? family_of(util::ascii_lower(parts->host)) : std::nullopt;
}

Error follow_elsewhere(AuthExchange& exchange, const net::Response& response) {
  const auto named = region_named(response);
  if (!named || *named == exchange.session.region) {
    return {
        ErrorCode::usage,
        fmt::format("Apple sends this account's sign-in elsewhere (HTTP {}) and does not say where", response.status),
        "Check --region; accounts of mainland China need --region china.", std::nullopt};
  }
  const char* home = home_of(*named);
  if (exchange.endpoints().given) {
    return {ErrorCode::usage, fmt::format("this account belongs to {}, and not to the hosts given by --endpoint", home),
            "Give the hosts of that region, or leave --endpoint out.", std::nullopt};
  }
  util::log_warn("Apple says that this account belongs to {}, not to {}.", home, home_of(exchange.session.region));
  if (auto stored = exchange.move_to(*named); !stored) return std::move(stored).error();
  return {ErrorCode::sign_in_needed, fmt::format("this account belongs to {}, which is remembered now", home),
          "Run the same command again.", std::nullopt};
}

Error sent_in_circles() {
  return {ErrorCode::account_action, "Apple sends this account's sign-in from one region to the other and back",
          "Sign in at https://www.icloud.com in a browser to see where the account belongs, then try again.",
          std::nullopt};
}

}  // namespace i2i::icloud
