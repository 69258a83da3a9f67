#include "auth_headers.hpp"

#include <charconv>

#include "i2i/net/url.hpp"
#include "i2i/util/text.hpp"

namespace i2i::icloud {
namespace {

// The iCloud web app's (docs/protocol/icloud.md §1.2).
constexpr const char* kWidgetKey = "d39ba9916b7251055b22c7f910e2ea796ee65e98b2ddecea8f5dde8d9d1a815d";

std::string origin_of(const std::string& url) {
  const auto parts = net::split_url(url);
  if (!parts) return url;
  return parts->scheme + "://" + parts->host + (parts->port.empty() ? "" : ":" + parts->port);
}

std::optional<int> as_int(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  int number = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (problem != std::errc{}) return std::nullopt;
  return number;
}

/// Where a field comes twice, the later value is the one in force.
std::optional<std::string> last_of(const net::Headers& headers, const char* name) {
  std::optional<std::string> value;
  const std::string wanted = util::ascii_lower(name);
  for (const net::Header& field : headers.fields()) {
    if (util::ascii_lower(field.name) == wanted) value = field.value;
  }
  return value;
}

bool keep(const net::Headers& headers, const char* name, util::Secret& into) {
  auto value = last_of(headers, name);
  if (!value || value->empty() || *value == into.reveal()) return false;
  into = util::Secret(*std::move(value));
  return true;
}

}  // namespace

net::Headers auth_headers(const Endpoints& endpoints, const SessionData& session, AuthOrigin origin,
                          const char* accept) {
  const std::string from = origin == AuthOrigin::web_app ? endpoints.home : origin_of(endpoints.auth);
  net::Headers headers{
      {"Accept", accept},
      {"Content-Type", "application/json"},
      {"Origin", from},
      {"Referer", from + "/"},
      {"X-Apple-Widget-Key", kWidgetKey},
      {"X-Apple-OAuth-Client-Id", kWidgetKey},
      {"X-Apple-OAuth-Client-Type", "firstPartyAuth"},
      {"X-Apple-OAuth-Redirect-URI", endpoints.home},
      {"X-Apple-OAuth-Require-Grant-Code", "true"},
      {"X-Apple-OAuth-Response-Mode", "web_message"},
      {"X-Apple-OAuth-Response-Type", "code"},
      {"X-Apple-OAuth-State", session.client_id},
      {"X-Apple-Frame-Id", session.client_id},
      {"X-Apple-Domain-Id", "3"},
      {"X-Apple-Locale", "en_US"},
      {"X-Requested-With", "XMLHttpRequest"},
  };
  if (!session.scnt.empty()) headers.add("scnt", session.scnt.reveal());
  if (!session.session_id.empty()) headers.add("X-Apple-ID-Session-Id", session.session_id.reveal());
  if (!session.auth_attributes.empty()) headers.add("X-Apple-Auth-Attributes", session.auth_attributes.reveal());
  return headers;
}

net::Headers setup_headers(const Endpoints& endpoints, const char* content_type) {
  return {{"Accept", "application/json"},
          {"Content-Type", content_type},
          {"Origin", endpoints.home},
          {"Referer", endpoints.home + "/"}};
}

bool keep_headers(const net::Headers& headers, SessionData& session, WorkChallenge& work) {
  bool changed = keep(headers, "scnt", session.scnt);
  changed = keep(headers, "X-Apple-ID-Session-Id", session.session_id) || changed;
  changed = keep(headers, "X-Apple-Session-Token", session.session_token) || changed;
  changed = keep(headers, "X-Apple-TwoSV-Trust-Token", session.trust_token) || changed;
  changed = keep(headers, "X-Apple-Auth-Attributes", session.auth_attributes) || changed;
  if (auto country = headers.get("X-Apple-ID-Account-Country");
      country && !country->empty() && *country != session.account_country) {
    session.account_country = *std::move(country);
    changed = true;
  }
  const auto bits = as_int(headers.get("X-Apple-HC-Bits"));
  auto challenge = headers.get("X-Apple-HC-Challenge");
  if (bits && *bits > 0 && challenge && !challenge->empty()) work = {*bits, *std::move(challenge)};
  return changed;
}

int effective_status(const net::Response& response) {
  if (response.status != 200) return response.status;
  const auto real = as_int(response.headers.get("X-Apple-I-Rscd"));
  return real && *real >= 300 && *real < 600 ? *real : response.status;
}

}  // namespace i2i::icloud
