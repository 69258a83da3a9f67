// What idmsa asks of a request before it looks at the body (docs/protocol/icloud.md §1.3, §13.3).
#include <algorithm>

#include "emulator/icloud/auth/bytes.hpp"
#include "emulator/icloud/auth/sign_in_service.hpp"

namespace emulator::icloud {

Response SignInService::misleading_wrong_code() {
  return code_errors(400, "-21669", "Incorrect Verification Code", "Incorrect verification code.");
}

std::optional<Response> SignInService::check_headers(const Request& request, HeaderSet set) {
  const auto refuse = [&](int status, std::string_view what) {
    ++counters_.bad_headers;
    return service_errors(status, "-20210", "Bad or missing " + std::string(what));
  };
  const auto& headers = request.headers;
  if (headers.value("X-Apple-Widget-Key") != kWidgetKey) return refuse(401, "X-Apple-Widget-Key");
  if (headers.value("X-Apple-OAuth-Client-Id") != kWidgetKey) return refuse(401, "X-Apple-OAuth-Client-Id");
  if (headers.value("X-Apple-OAuth-Client-Type") != "firstPartyAuth") return refuse(400, "X-Apple-OAuth-Client-Type");
  if (headers.value("X-Apple-OAuth-Require-Grant-Code") != "true") {
    return refuse(400, "X-Apple-OAuth-Require-Grant-Code");
  }
  if (!hosts_.is_home(headers.value("X-Apple-OAuth-Redirect-URI"))) return refuse(400, "X-Apple-OAuth-Redirect-URI");
  const std::string state = headers.value("X-Apple-OAuth-State");
  if (state.empty()) return refuse(400, "X-Apple-OAuth-State");
  if (const auto frame = headers.get("X-Apple-Frame-Id"); frame && *frame != state)
    return refuse(400, "X-Apple-Frame-Id");
  // The phone routes work without these two for released clients; a wrong value never does.
  const auto mode = headers.get("X-Apple-OAuth-Response-Mode");
  if (mode ? *mode != "web_message" : set == HeaderSet::all) return refuse(400, "X-Apple-OAuth-Response-Mode");
  const auto type = headers.get("X-Apple-OAuth-Response-Type");
  if (type ? *type != "code" : set == HeaderSet::all) return refuse(400, "X-Apple-OAuth-Response-Type");
  const bool has_text = !request.body.empty();
  if (has_text && !to_lower(headers.value("Content-Type")).starts_with("application/json")) {
    return refuse(400, "Content-Type");
  }
  return std::nullopt;
}

std::optional<Response> SignInService::check_origin(const Request& request, bool password_route) {
  const auto origin = request.headers.get("Origin");
  const auto referer = request.headers.get("Referer");
  const auto good = [&](const std::string& value) {
    if (hosts_.is_home(value)) return true;
    return hosts_.is_idmsa(value) && (password_route || !knobs_.strict_origin);
  };
  const bool origin_good = origin ? good(*origin) : !knobs_.strict_origin;
  const bool referer_good = referer ? good(*referer) : !knobs_.strict_origin;
  if (origin_good && referer_good) return std::nullopt;
  ++counters_.bad_headers;
  return json_response(403, nlohmann::json::object());
}

std::optional<Response> SignInService::check_rate() {
  const std::int64_t now = now_();
  while (!password_times_.empty() && password_times_.front() <= now - knobs_.password_window_ms) {
    password_times_.pop_front();
  }
  RateLimit form = knobs_.rate_limit;
  if (form == RateLimit::off && knobs_.password_limit > 0 &&
      password_times_.size() >= static_cast<std::size_t>(knobs_.password_limit)) {
    form = RateLimit::html_503;
  }
  if (form == RateLimit::off) return std::nullopt;
  Response response = html_503();
  if (form == RateLimit::too_many_429) response = json_response(429, nlohmann::json::object());
  if (form == RateLimit::forbidden_403) response = json_response(403, nlohmann::json::object());
  if (knobs_.retry_after_s > 0) response.headers.add("Retry-After", std::to_string(knobs_.retry_after_s));
  return response;
}

SignInService::Context* SignInService::find_context(const Request& request) {
  const auto named = request.headers.get("X-Apple-ID-Session-Id");
  const auto cookie = cookie_value(request.headers.value("Cookie"), "aasp");
  const auto found = contexts_.find(named ? *named : cookie.value_or(std::string{}));
  return found == contexts_.end() ? nullptr : &found->second;
}

bool SignInService::scnt_is_good(const Context& context, const Request& request) const {
  const auto scnt = request.headers.get("scnt");
  if (knobs_.scnt_check == ScntCheck::of_context) {
    return !scnt || std::find(context.scnts.begin(), context.scnts.end(), *scnt) != context.scnts.end();
  }
  // A request that leaves out the session id, or brings another one in the cookie, is not of this context either.
  const auto named = request.headers.get("X-Apple-ID-Session-Id");
  const auto cookie = cookie_value(request.headers.value("Cookie"), "aasp");
  return scnt && named == context.id && (!cookie || *cookie == context.id) && !context.scnts.empty() &&
         *scnt == context.scnts.back();
}

SignInService::Context* SignInService::context_of_code_route(const Request& request, HeaderSet set, Response& refusal) {
  if (auto refused = check_headers(request, set)) {
    refusal = *refused;
    return nullptr;
  }
  if (auto refused = check_origin(request, false)) {
    refusal = *refused;
    return nullptr;
  }
  Context* context = find_context(request);
  if (context == nullptr || context->stage == Stage::fresh || context->stage == Stage::challenged) {
    refusal = json_response(401, nlohmann::json::object());
    return nullptr;
  }
  if (!scnt_is_good(*context, request)) {
    ++counters_.stale_scnt;
    refusal = finish(*context, misleading_wrong_code());
    return nullptr;
  }
  if (request.headers.value("X-Apple-OAuth-State") != context->state) {
    ++counters_.bad_headers;
    refusal = finish(*context, service_errors(400, "-20210", "Bad X-Apple-OAuth-State"));
    return nullptr;
  }
  return context;
}

SignInService::Context* SignInService::context_of_start(const Request& request, Response& refusal) {
  if (knobs_.check_user_agent && !request.headers.value("User-Agent").starts_with("Mozilla/5.0 (")) {
    refusal = html_503();
    return nullptr;
  }
  if (auto refused = check_headers(request, HeaderSet::all)) {
    refusal = *refused;
    return nullptr;
  }
  if (auto refused = check_origin(request, true)) {
    refusal = *refused;
    return nullptr;
  }
  // A session id nobody knows is as good as none: it is weeks old, and released clients send it.
  Context* context = find_context(request);
  if (context == nullptr) return &new_context();
  if (!scnt_is_good(*context, request)) {
    ++counters_.stale_scnt;
    refusal = finish(*context, json_response(401, nlohmann::json::object()));
    return nullptr;
  }
  return context;
}

}  // namespace emulator::icloud
