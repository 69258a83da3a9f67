#include "i2i/net/url.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "i2i/util/text.hpp"

namespace i2i::net {
namespace {

struct UrlCleanup {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK || text == nullptr) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_ipv4(std::string_view host) {
  return std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

std::optional<UrlParts> split_url(std::string_view url) {
  const std::unique_ptr<CURLU, UrlCleanup> handle(curl_url());
  const std::string text(url);
  if (!handle || curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return std::nullopt;
  }
  UrlParts parts;
  parts.scheme = util::ascii_lower(part(handle.get(), CURLUPART_SCHEME));
  parts.host = util::ascii_lower(part(handle.get(), CURLUPART_HOST));
  parts.port = part(handle.get(), CURLUPART_PORT);
  parts.has_user = !part(handle.get(), CURLUPART_USER).empty() || !part(handle.get(), CURLUPART_PASSWORD).empty();
  if (parts.host.size() >= 2 && parts.host.front() == '[' && parts.host.back() == ']') {
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  }
  if (!parts.host.empty() && parts.host.back() == '.') parts.host.pop_back();
  if (parts.host.empty() || parts.scheme.empty()) return std::nullopt;
  return parts;
}

bool is_loopback_host(std::string_view host) {
  return is_below_domain(host, "localhost") || host == "::1" || (is_ipv4(host) && host.substr(0, 4) == "127.");
}

bool is_below_domain(std::string_view host, std::string_view domain) {
  if (domain.empty() || host.size() < domain.size()) return false;
  if (host.substr(host.size() - domain.size()) != domain) return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

}  // namespace i2i::net
