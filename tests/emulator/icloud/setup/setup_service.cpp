#include "emulator/icloud/setup/setup_service.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "emulator/icloud/auth/bodies.hpp"
#include "emulator/icloud/auth/bytes.hpp"
#include "emulator/icloud/setup/login_body.hpp"

namespace emulator::icloud {
namespace {

constexpr std::string_view kPrefix = "/setup/ws/1";
constexpr int kTermsVersion = 21;

std::string text_in(const nlohmann::json& body, const char* name) {
  const auto found = body.find(name);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// "2522Project44": digits, letters, digits. The leading number, or -1.
int build_number(const std::string& text) {
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  const auto letters = std::find_if_not(text.begin(), text.end(), is_digit);
  const bool plausible = letters - text.begin() == 4 && letters != text.end() && is_digit(text.back());
  return plausible ? std::stoi(text.substr(0, 4)) : -1;
}

/// "auth-" and a lower-case UUID, or a bare UUID.
bool is_client_id(std::string_view text) {
  if (text.starts_with("auth-")) text.remove_prefix(5);
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

}  // namespace

SetupService::SetupService(Account account, AuthHosts hosts, TokenDesk& tokens, WebSessions& sessions, Now now,
                           std::uint64_t seed)
    : account_(std::move(account)),
      hosts_(std::move(hosts)),
      tokens_(tokens),
      sessions_(sessions),
      now_(std::move(now)),
      random_(seed) {}

Response SetupService::handle(const Request& request) {
  const std::lock_guard lock(mutex_);
  Response response;
  if (request.path.starts_with(kPrefix)) {
    response = route(request, request.path.substr(kPrefix.size()));
  } else {
    ++counters_.unknown_paths;
    response.status = 404;
  }
  if (!response.headers.get("Content-Type")) response.headers.add("Content-Type", "application/json; charset=UTF-8");
  response.headers.set("Server", "AppleHttpServer/78689afb4479");
  response.headers.set("Cache-Control", "no-cache, no-store, private");
  const std::string origin = request.headers.value("Origin");
  response.headers.set("Access-Control-Allow-Origin", origin.empty() ? hosts_.homes.front() : origin);
  response.headers.set("Access-Control-Allow-Credentials", "true");
  response.headers.set("X-Apple-Request-UUID", random_uuid(random_));
  response.headers.set("X-Responding-Instance",
                       "setupservice:33200401:mr55p32ic-qukt01202301:7001:2404B363:5934c9004de5");
  response.headers.set("x-apple-user-partition", hosts_.partition);
  return response;
}

Response SetupService::route(const Request& request, const std::string& path) {
  using Method = Response (SetupService::*)(const Request&);
  struct Route {
    std::string_view method;
    Method handler;
    bool params_required;
  };
  static const std::map<std::string_view, Route> kRoutes = {
      {"/accountLogin", {"POST", &SetupService::account_login, false}},
      {"/validate", {"POST", &SetupService::validate, false}},
      {"/logout", {"POST", &SetupService::logout, true}},
      {"/listDevices", {"GET", &SetupService::list_devices, true}},
      {"/sendVerificationCode", {"POST", &SetupService::send_code, true}},
      {"/validateVerificationCode", {"POST", &SetupService::validate_code, true}},
      {"/getTerms", {"GET", &SetupService::get_terms, true}},
      {"/repairDone", {"GET", &SetupService::repair_done, true}},
      {"/requestWebAccessState", {"POST", &SetupService::web_access_state, true}},
      {"/enableDeviceConsentForPCS", {"POST", &SetupService::enable_consent, true}},
      {"/requestPCS", {"POST", &SetupService::request_pcs, true}},
  };
  const auto found = kRoutes.find(path);
  if (found == kRoutes.end()) {
    ++counters_.unknown_paths;
    return json_response(404, nlohmann::json::object());
  }
  if (found->second.method != request.method) return json_response(405, nlohmann::json::object());
  if (auto refused = check_origin(request)) return *refused;
  if (auto refused = check_params(request, found->second.params_required || knobs_.strict_params)) return *refused;
  return (this->*(found->second.handler))(request);
}

std::optional<Response> SetupService::check_origin(const Request& request) {
  const auto origin = request.headers.get("Origin");
  const bool good = origin ? hosts_.is_home(*origin) : !knobs_.strict_origin;
  if (good) return std::nullopt;
  return json_response(403, {{"success", false}, {"error", "Invalid origin"}});
}

std::optional<Response> SetupService::check_params(const Request& request, bool required) {
  const auto refuse = [&](int status, const std::string& name) -> Response {
    ++counters_.bad_params;
    return json_response(status, {{"success", false}, {"error", "Invalid or missing parameter " + name}});
  };
  const auto& query = request.query;
  for (const auto* name : {"clientBuildNumber", "clientMasteringNumber", "clientId"}) {
    if (required && !query.contains(name)) return refuse(400, name);
  }
  if (const auto build = query.find("clientBuildNumber"); build != query.end()) {
    const int number = build_number(build->second);
    if (number < 0) return refuse(400, "clientBuildNumber");
    if (number < knobs_.min_build) {
      ++counters_.bad_params;
      return html_503();
    }
  }
  if (const auto mastering = query.find("clientMasteringNumber"); mastering != query.end()) {
    if (build_number(mastering->second) < 0) return refuse(400, "clientMasteringNumber");
  }
  if (const auto id = query.find("clientId"); id != query.end() && !is_client_id(id->second)) {
    return refuse(400, "clientId");
  }
  if (const auto dsid = query.find("dsid"); dsid != query.end() && dsid->second != account_.dsid) {
    return refuse(401, "dsid");
  }
  return std::nullopt;
}

Response SetupService::not_signed_in(const Request& request) {
  const bool sent = cookie_value(request.headers.value("Cookie"), "X-APPLE-WEBAUTH-TOKEN").has_value();
  return json_response(421, no_session_body(hosts_, sent));
}

void SetupService::add_cookies(Response& response, const WebSessions::Session& session) {
  // -REPAIR for terms and for web access alike (§1.5).
  const bool owes_repair = account_.terms_pending || !account_.web_access;
  for (const auto& cookie : sessions_.login_cookies(session, owes_repair)) {
    response.headers.add("Set-Cookie", cookie);
  }
  if (session.trusted) {
    response.headers.add("Set-Cookie", sessions_.long_cookie("X-APPLE-WEBAUTH-HSA-TRUST", tokens_.issue_trust_mark(),
                                                             sessions_.trust_left_ms(session)));
  }
  if (!account_.adp && !session.owes_code && !owes_repair) {
    for (const auto& cookie : sessions_.pcs_cookies(
             session, {"Documents", "Photos", "News", "Notes", "Mail", "Safari", "Cloudkit", "Sharing"})) {
      response.headers.add("Set-Cookie", cookie);
    }
  }
}

Response SetupService::account_login(const Request& request) {
  const auto refuse = [&](int status, const char* error) {
    ++counters_.refused_logins;
    return json_response(status, {{"success", false}, {"error", error}});
  };
  const auto body = parse_object(request.body);
  if (!body) return refuse(400, "Invalid request");
  std::string domain = knobs_.domain_to_use;
  if (domain.empty() && account_.region != AuthHosts::region_of(request.host)) {
    domain = account_.region == Region::china ? "iCloud.com.cn" : "iCloud.com";
  }
  if (!domain.empty()) return json_response(knobs_.domain_status, {{"domainToUse", domain}});
  if (knobs_.refuse_logins > 0) {
    --knobs_.refuse_logins;
    return refuse(421, "Authentication required");
  }
  const auto grant = tokens_.redeem(text_in(*body, "dsWebAuthToken"));
  if (!grant) return refuse(400, "Invalid Session Token");
  if (grant->expired) return refuse(421, "Session token expired");
  if (account_.second_factor == SecondFactor::none && grant->proof != Proof::trusted) {
    return refuse(400, "Missing apple_id field");
  }
  if (account_.terms_pending && knobs_.terms_as_400) return refuse(400, "Invalid Session Token");

  const auto mark = cookie_value(request.headers.value("Cookie"), "X-APPLE-WEBAUTH-HSA-TRUST");
  const bool marked = account_.second_factor == SecondFactor::legacy_2sa && mark && mark->size() > 2 &&
                      tokens_.trust_mark_is_good(mark->substr(1, mark->size() - 2));
  const bool trusted =
      grant->proof == Proof::trusted || tokens_.trust_token_is_good(text_in(*body, "trustToken")) || marked;
  const auto extended = body->find("extended_login");
  const auto session = sessions_.open(grant->context, trusted, !trusted && grant->proof == Proof::password,
                                      extended != body->end() && *extended == true);
  ++counters_.logins;
  Response response = json_response(200, login_body(account_, hosts_, session, knobs_.under_maintenance));
  add_cookies(response, session);
  return response;
}

Response SetupService::validate(const Request& request) {
  ++counters_.validations;
  if (!request.body.empty() && request.body != "null") {
    return json_response(400, {{"success", false}, {"error", "Invalid request"}});
  }
  auto session = sessions_.find(request);
  if (!session) return not_signed_in(request);
  sessions_.renew(session->id);
  Response response = json_response(200, login_body(account_, hosts_, *session, knobs_.under_maintenance));
  add_cookies(response, *session);
  return response;
}

Response SetupService::logout(const Request& request) {
  const auto session = sessions_.find_login(request);
  if (!session) return not_signed_in(request);
  const auto body = parse_object(request.body);
  const auto flag = [&](const char* name, bool fallback) {
    return body && body->contains(name) && (*body)[name].is_boolean() ? (*body)[name].get<bool>() : fallback;
  };
  ++counters_.logouts;
  const bool keep_trust = flag("trustBrowser", true);
  if (flag("allBrowsers", false)) {
    sessions_.kill_all();
  } else {
    sessions_.close(session->id);
  }
  if (!keep_trust) tokens_.expire_trust();
  Response response = json_response(200, {{"success", true}});
  for (const auto& cookie : sessions_.removal_cookies(keep_trust)) response.headers.add("Set-Cookie", cookie);
  return response;
}

Response SetupService::get_terms(const Request& request) {
  if (!sessions_.find_login(request)) return not_signed_in(request);
  return json_response(200, {{"iCloudTerms", {{"version", kTermsVersion}, {"text", "Practice terms."}}}});
}

Response SetupService::repair_done(const Request& request) {
  if (!sessions_.find_login(request)) return not_signed_in(request);
  // A GET with a body: where the way here drops it, the terms of today are meant.
  if (!request.body.empty()) {
    const auto body = parse_object(request.body);
    if (!body || body->value("acceptedICloudTerms", nlohmann::json{}) != nlohmann::json(kTermsVersion)) {
      return json_response(400, {{"success", false}, {"error", "Invalid terms version"}});
    }
  }
  account_.terms_pending = false;
  sessions_.set_account(account_);
  return json_response(200, {{"success", true}});
}

SetupCounters SetupService::counters() {
  const std::lock_guard lock(mutex_);
  return counters_;
}

SetupKnobs SetupService::knobs() {
  const std::lock_guard lock(mutex_);
  return knobs_;
}

void SetupService::set_knobs(const SetupKnobs& knobs) {
  const std::lock_guard lock(mutex_);
  knobs_ = knobs;
}

void SetupService::set_account(const Account& account) {
  const std::lock_guard lock(mutex_);
  account_ = account;
}

Account SetupService::account() {
  const std::lock_guard lock(mutex_);
  return account_;
}

void SetupService::set_ck_url(const std::string& url) {
  const std::lock_guard lock(mutex_);
  hosts_.ck_url = url;
}

}  // namespace emulator::icloud
