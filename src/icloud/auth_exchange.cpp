#include "auth_exchange.hpp"

#include <algorithm>

#include "i2i/net/retry.hpp"
#include "i2i/net/url.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::icloud {
namespace {

using util::ErrorCode;

// Stale values have been refused (docs/protocol/icloud.md §1.2).
constexpr const char* kBuild = "clientBuildNumber=2534Project66&clientMasteringNumber=2534B22";
constexpr std::chrono::milliseconds kAuthTimeout{30'000};
constexpr net::Backoff kSetupPatience{std::chrono::milliseconds(1'000), std::chrono::milliseconds(8'000), 3};
/// A longer wait is for the caller to decide.
constexpr std::chrono::seconds kLongestWait{30};

bool is_transient(int status) {
  return status == 408 || status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

AuthExchange::AuthExchange(SignIn::Parts parts, SessionData data) : session(std::move(data)), parts_(std::move(parts)) {
  if (session.client_id.empty()) session.client_id = "auth-" + util::random_uuid();
  if (!parts_.endpoints.given) parts_.endpoints = apple_endpoints(session.region);
  parts_.http.set_cookies(session.cookies);
}

util::Result<void> AuthExchange::store() {
  session.cookies = parts_.http.cookies();
  std::sort(session.cookies.begin(), session.cookies.end());
  // Compared by its hash only: no second copy of the secrets stays in memory.
  const util::Secret text(encode_session(session));
  const std::string now_stored = util::sha256(text.reveal());
  if (now_stored == stored_) return {};
  if (parts_.on_change) I2I_TRY(parts_.on_change(session));
  stored_ = now_stored;
  return {};
}

void AuthExchange::forget_sign_in_context() {
  session.session_id = {};
  session.scnt = {};
  session.auth_attributes = {};
  work = {};
}

util::Result<void> AuthExchange::move_to(Region region) {
  session.region = region;
  session.region_by_apple = true;
  parts_.endpoints = apple_endpoints(region);
  forget_sign_in_context();
  I2I_TRY(store());
  moved = true;
  return {};
}

void AuthExchange::forget_cookies() { parts_.http.clear_cookies(); }

void AuthExchange::drop_auth_cookies(const std::function<bool(const std::string& name)>& which) {
  const auto auth = net::split_url(parts_.endpoints.auth);
  const auto setup = net::split_url(parts_.endpoints.setup);
  if (!auth || !setup) return;
  std::vector<std::string> kept;
  for (const std::string& line : parts_.http.cookies()) {
    const auto fields = util::split(line, '\t');
    std::string domain = fields.empty() ? "" : fields[0];
    constexpr std::string_view kHttpOnly = "#HttpOnly_";
    if (domain.compare(0, kHttpOnly.size(), kHttpOnly) == 0) domain.erase(0, kHttpOnly.size());
    if (!domain.empty() && domain.front() == '.') domain.erase(0, 1);
    const bool auth_only = net::is_below_domain(auth->host, domain) && !net::is_below_domain(setup->host, domain);
    if (fields.size() != 7 || !auth_only || !which(fields[5])) kept.push_back(line);
  }
  parts_.http.clear_cookies();
  parts_.http.set_cookies(kept);
}

util::Result<net::Response> AuthExchange::send(net::Request request) {
  request.kind = net::RequestKind::auth;
  request.cookies = net::CookieUse::account;
  request.timeout = kAuthTimeout;
  request.max_collected_bytes = std::size_t{8} << 20;
  auto response = parts_.http.perform(std::move(request));
  if (!response) return util::fail(std::move(response).error());
  keep_headers(response->headers, session, work);
  I2I_TRY(store());
  return response;
}

util::Result<void> AuthExchange::wait(std::chrono::milliseconds delay) {
  if (parts_.clock.sleep(delay, parts_.stop)) return {};
  return util::fail(ErrorCode::cancelled, "stopped on request");
}

util::Result<net::Response> AuthExchange::ask_auth(const AuthRequest& request) {
  constexpr std::chrono::milliseconds kPause{1'000};
  for (int attempt = 1;; ++attempt) {
    net::Request out;
    out.method = request.method;
    out.url = parts_.endpoints.auth + request.path;
    out.headers = auth_headers(parts_.endpoints, session, request.origin, request.accept);
    if (!request.work.empty()) out.headers.add("X-Apple-HC", request.work);
    if (!request.body.empty()) out.body = request.body;
    // libcurl sends a request again by itself when a connection it used before turns out dead; a password or a code
    // that Apple may have taken must not come twice.
    out.fresh_connection = request.repeat != Repeat::allowed;
    auto response = send(std::move(out));
    const bool again = !response && response.error().code == ErrorCode::unreachable && attempt == 1 &&
                       request.repeat == Repeat::allowed;
    if (!again) return response;
    util::log_debug("sign-in: {}; asking once more", response.error().message);
    I2I_TRY(wait(kPause));
  }
}

std::string AuthExchange::setup_url(const std::string& path) const {
  std::string url = parts_.endpoints.setup + path + "?" + kBuild + "&clientId=" + util::url_encode(session.client_id);
  if (!session.dsid.empty()) url += "&dsid=" + util::url_encode(session.dsid);
  return url;
}

util::Result<net::Response> AuthExchange::ask_setup(net::Method method, const std::string& path,
                                                    const std::string& body, const char* content_type) {
  bool fresh = false;
  for (int attempt = 1;; ++attempt) {
    net::Request out;
    out.method = method;
    out.url = setup_url(path);
    out.headers = setup_headers(parts_.endpoints, content_type);
    if (!body.empty()) out.body = body;
    out.fresh_connection = fresh;
    auto response = send(std::move(out));
    if (response && response->status == 421 && !fresh) {
      fresh = true;  // may only mean that the connection was made for another host (§4.6)
      continue;
    }
    const bool transient = response ? is_transient(response->status) : response.error().code == ErrorCode::unreachable;
    if (!transient || attempt >= kSetupPatience.attempts) return response;
    const auto floor = response ? response->retry_after.value_or(std::chrono::seconds(0)) : std::chrono::seconds(0);
    if (floor > kLongestWait) return response;
    const auto jitter = static_cast<double>(static_cast<unsigned char>(util::random_bytes(1)[0])) / 256.0;
    I2I_TRY(wait(net::backoff_delay(kSetupPatience, attempt, floor, jitter)));
  }
}

}  // namespace i2i::icloud
