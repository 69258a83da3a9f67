#include "emulator/icloud/setup/web_sessions.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "emulator/icloud/auth/bytes.hpp"
#include "emulator/icloud/auth/knob_reader.hpp"

namespace emulator::icloud {
namespace {

constexpr std::int64_t kDayMs = std::int64_t{86400} * 1000;
constexpr std::int64_t kTrustMs = 90 * kDayMs;
/// Answers in flight each bring a new token value; a client that runs several at once may keep any of them.
constexpr std::size_t kKeptTokens = 64;

std::string quoted(const std::string& value) { return "\"" + value + "\""; }

}  // namespace

WebSessions::WebSessions(Account account, std::string cookie_domain, Now now, std::uint64_t seed)
    : account_(std::move(account)), cookie_domain_(std::move(cookie_domain)), now_(std::move(now)), random_(seed) {}

std::string WebSessions::cookie(const std::string& name, const std::string& value, std::int64_t life_ms,
                                bool http_only) const {
  std::string out = name + "=" + value;
  if (life_ms != 0) out += ";Expires=" + cookie_date(life_ms < 0 ? 0 : now_() + life_ms);
  out += ";Path=/;Domain=" + cookie_domain_ + ";Secure";
  if (http_only) out += ";HttpOnly";
  return out;
}

std::string WebSessions::new_token_locked(const Session& session) {
  std::string value = quoted("v=2:t=EQ==BST_IAAAAAAABL" + to_base64url(random_bytes(random_, 96)) + "~~");
  auto& kept = kept_[session.id];
  kept.push_back(value);
  by_token_[value] = session.id;
  while (kept.size() > kKeptTokens) {
    by_token_.erase(kept.front());
    kept.pop_front();
  }
  return value;
}

bool WebSessions::alive_locked(const Session& session) const {
  const std::int64_t now = now_();
  return now < session.expires_ms && (knobs_.dies_at_ms == 0 || now < knobs_.dies_at_ms);
}

WebSessions::Session* WebSessions::find_locked(const Request& request) {
  const auto value = cookie_value(request.headers.value("Cookie"), "X-APPLE-WEBAUTH-TOKEN");
  if (!value) return nullptr;
  const auto by_token = by_token_.find(*value);
  if (by_token == by_token_.end()) return nullptr;
  const auto session = sessions_.find(by_token->second);
  return session == sessions_.end() || !alive_locked(session->second) ? nullptr : &session->second;
}

Response WebSessions::refusal_locked(int status, std::string_view code, std::string_view reason) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json; charset=UTF-8");
  nlohmann::json body = {
      {"uuid", random_uuid(random_)}, {"serverErrorCode", code}, {"reason", reason}, {"error", code}};
  if (knobs_.old_wording && code == "AUTHENTICATION_REQUIRED") {
    body = {{"reason", "Invalid global session"}, {"error", 2}};
  }
  response.body = apple_json(body);
  return response;
}

std::optional<Response> WebSessions::refuse(const Request& request) {
  const std::lock_guard lock(mutex_);
  if (knobs_.dies_after_requests == 0) {
    sessions_.clear();
    by_token_.clear();
    kept_.clear();
    knobs_.dies_after_requests = -1;
  } else if (knobs_.dies_after_requests > 0) {
    --knobs_.dies_after_requests;
  }
  const std::string cookies = request.headers.value("Cookie");
  const Session* session = find_locked(request);
  if (session == nullptr) {
    const bool sent = cookie_value(cookies, "X-APPLE-WEBAUTH-TOKEN").has_value();
    return refusal_locked(knobs_.expired_status, "AUTHENTICATION_REQUIRED",
                          sent ? "Invalid X-APPLE-WEBAUTH-TOKEN cookie" : "Missing X-APPLE-WEBAUTH-TOKEN cookie");
  }
  if (const auto dsid = request.query.find("dsid"); dsid != request.query.end() && dsid->second != account_.dsid) {
    return refusal_locked(knobs_.expired_status, "AUTHENTICATION_REQUIRED", "Invalid global session");
  }
  if (!account_.web_access) {
    return refusal_locked(403, "ACCESS_DENIED", "private db access disabled for this account");
  }
  if (account_.adp) {
    for (const auto* name : {"X-APPLE-WEBAUTH-PCS-Photos", "X-APPLE-WEBAUTH-PCS-Sharing"}) {
      const auto value = cookie_value(cookies, name);
      if (now_() < session->pcs_expires_ms && value && *value == quoted(session->pcs_value)) continue;
      return refusal_locked(knobs_.missing_pcs_status,
                            knobs_.missing_pcs_status == 403 ? "ACCESS_DENIED" : "AUTHENTICATION_REQUIRED",
                            std::string("Missing ") + name + " cookie");
    }
  }
  return std::nullopt;
}

std::string WebSessions::fresh_token_cookie(const Request& request) {
  const std::lock_guard lock(mutex_);
  const Session* session = find_locked(request);
  return session == nullptr ? std::string{} : cookie("X-APPLE-WEBAUTH-TOKEN", new_token_locked(*session), 0);
}

WebSessions::Session WebSessions::open(const std::string& context, bool trusted, bool owes_code, bool extended) {
  const std::lock_guard lock(mutex_);
  Session session;
  session.id = random_uuid(random_);
  session.context = context;
  session.login_value = quoted("v=1:t=Cw==BST_IAAAAAAABLw" + to_base64url(random_bytes(random_, 48)) + "~~");
  session.pcs_value = to_base64(random_bytes(random_, 48));
  session.trusted = trusted;
  session.owes_code = owes_code;
  session.extended = extended;
  session.trusted_until_ms = now_() + kTrustMs;
  put_forward_locked(session);
  sessions_[session.id] = session;
  return session;
}

std::optional<WebSessions::Session> WebSessions::find(const Request& request) {
  const std::lock_guard lock(mutex_);
  const Session* session = find_locked(request);
  if (session == nullptr) return std::nullopt;
  return *session;
}

std::optional<WebSessions::Session> WebSessions::find_login(const Request& request) {
  const std::lock_guard lock(mutex_);
  if (const Session* session = find_locked(request)) return *session;
  const auto value = cookie_value(request.headers.value("Cookie"), "X-APPLE-WEBAUTH-LOGIN");
  for (const auto& [id, session] : sessions_) {
    if (value && session.login_value == *value && alive_locked(session)) return session;
  }
  return std::nullopt;
}

void WebSessions::renew(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  put_forward_locked(found->second);
}

void WebSessions::put_forward_locked(Session& session) const {
  session.expires_ms = now_() + (session.trusted && session.extended ? knobs_.trusted_life_ms : knobs_.life_ms);
  if (session.trusted && !knobs_.trust_renews) {
    session.expires_ms = std::min(session.expires_ms, session.trusted_until_ms);
  }
}

std::int64_t WebSessions::trust_left_locked(const Session& session) const {
  return knobs_.trust_renews ? kTrustMs : session.trusted_until_ms - now_();
}

std::int64_t WebSessions::trust_left_ms(const Session& session) {
  const std::lock_guard lock(mutex_);
  return trust_left_locked(session);
}

void WebSessions::grant_pcs(const std::string& id, std::int64_t until_ms) {
  const std::lock_guard lock(mutex_);
  if (const auto found = sessions_.find(id); found != sessions_.end()) found->second.pcs_expires_ms = until_ms;
}

void WebSessions::close(const std::string& id) {
  const std::lock_guard lock(mutex_);
  for (const auto& value : kept_[id]) by_token_.erase(value);
  kept_.erase(id);
  sessions_.erase(id);
}

std::vector<std::string> WebSessions::login_cookies(const Session& session, bool owes_repair) {
  const std::lock_guard lock(mutex_);
  const auto opaque = [&](const char* head) { return quoted(head + to_base64url(random_bytes(random_, 48)) + "~~"); };
  std::vector<std::string> out;
  out.push_back(cookie("X-APPLE-UNIQUE-CLIENT-ID", quoted("Cw=="), 0, false));
  out.push_back(cookie("X-APPLE-WEBAUTH-LOGIN", session.login_value, 0));
  out.push_back(cookie("X-APPLE-WEBAUTH-VALIDATE", opaque("v=1:t=Cw==BST_IAAAAAAABLw"), 0, false));
  out.push_back(session.owes_code ? cookie("X-APPLE-WEBAUTH-HSA-LOGIN", opaque("v=2:t=Cw==BST_IAAAAAAABLw"), 0)
                                  : cookie("X-APPLE-WEBAUTH-HSA-LOGIN", quoted(""), 0));
  out.push_back(cookie("X-APPLE-WEBAUTH-USER", quoted("v=1:s=1:d=" + account_.dsid),
                       session.trusted ? trust_left_locked(session) : 30 * kDayMs));
  out.push_back(cookie("X_APPLE_WEB_KB-ONHCNAXFAIPPFDMR5UZVNO6NIMY", opaque("v=1:t=Cw==BST_IAAAAAAABLw"), 60 * kDayMs));
  out.push_back(cookie("X-APPLE-DS-WEB-SESSION-TOKEN", quoted(to_base64(random_bytes(random_, 96))), 30 * kDayMs));
  if (owes_repair) {
    out.push_back(cookie("X-APPLE-WEBAUTH-REPAIR", opaque("v=1:t=Cw==BST_IAAAAAAABLw"), 0));
  } else if (!session.owes_code) {
    out.push_back(cookie("X-APPLE-WEBAUTH-TOKEN", new_token_locked(session), 30 * kDayMs));
  }
  return out;
}

std::vector<std::string> WebSessions::pcs_cookies(const Session& session, const std::vector<std::string>& apps) {
  std::vector<std::string> out;
  for (const auto& app : apps) {
    out.push_back(cookie("X-APPLE-WEBAUTH-PCS-" + app, quoted(session.pcs_value), 30 * kDayMs));
  }
  return out;
}

std::string WebSessions::long_cookie(const std::string& name, const std::string& value, std::int64_t life_ms) {
  return cookie(name, quoted(value), life_ms);
}

std::vector<std::string> WebSessions::removal_cookies(bool keep_trust) {
  std::vector<std::string> out;
  for (const auto* name : {"X-APPLE-WEBAUTH-LOGIN", "X-APPLE-WEBAUTH-VALIDATE", "X-APPLE-WEBAUTH-HSA-LOGIN",
                           "X-APPLE-WEBAUTH-USER", "X-APPLE-DS-WEB-SESSION-TOKEN", "X-APPLE-WEBAUTH-TOKEN",
                           "X-APPLE-WEBAUTH-PCS-Photos", "X-APPLE-WEBAUTH-PCS-Sharing"}) {
    out.push_back(cookie(name, "", -1));
  }
  if (!keep_trust) out.push_back(cookie("X-APPLE-WEBAUTH-HSA-TRUST", "", -1));
  return out;
}

void WebSessions::kill_all() {
  const std::lock_guard lock(mutex_);
  sessions_.clear();
  by_token_.clear();
  kept_.clear();
}

void WebSessions::kill_pcs() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, session] : sessions_) session.pcs_expires_ms = 0;
}

std::size_t WebSessions::alive() {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(), [&](const auto& item) { return alive_locked(item.second); }));
}

WebSessionKnobs WebSessions::knobs() {
  const std::lock_guard lock(mutex_);
  return knobs_;
}

void WebSessions::set_knobs(const WebSessionKnobs& knobs) {
  const std::lock_guard lock(mutex_);
  knobs_ = knobs;
}

void WebSessions::set_account(const Account& account) {
  const std::lock_guard lock(mutex_);
  account_ = account;
}

WebSessionKnobs web_session_knobs_from_json(const nlohmann::json& json, WebSessionKnobs knobs) {
  KnobReader reader("sessions", json);
  reader.value("life_ms", knobs.life_ms)
      .value("trusted_life_ms", knobs.trusted_life_ms)
      .value("trust_renews", knobs.trust_renews)
      .value("dies_at_ms", knobs.dies_at_ms)
      .value("dies_after_requests", knobs.dies_after_requests)
      .value("expired_status", knobs.expired_status)
      .value("old_wording", knobs.old_wording)
      .value("pcs_life_ms", knobs.pcs_life_ms)
      .value("missing_pcs_status", knobs.missing_pcs_status);
  reader.finish();
  return knobs;
}

}  // namespace emulator::icloud
