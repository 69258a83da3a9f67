// Consent and cookies of Advanced Data Protection (docs/protocol/icloud.md chapter 5).
#include "emulator/icloud/auth/bodies.hpp"
#include "emulator/icloud/auth/bytes.hpp"
#include "emulator/icloud/setup/setup_service.hpp"

namespace emulator::icloud {

bool SetupService::consented() const { return now_() < consent_until_ms_; }

nlohmann::json SetupService::access_state() const {
  nlohmann::json state = {{"dsid", account_.dsid}, {"isWebAccessAllowed", account_.web_access}};
  if (account_.adp) {
    state["isICDRSDisabled"] = true;
    state["isDeviceConsentedForPCS"] = consented();
    state["deviceConsentForPCSExpiry"] = consented() ? consent_until_ms_ : 0;
  }
  return state;
}

Response SetupService::web_access_state(const Request& request) {
  if (!sessions_.find(request)) return not_signed_in(request);
  if (prompted_ && !knobs_.consent_denied && knobs_.consent_after_polls >= 0 &&
      ++polls_ >= knobs_.consent_after_polls) {
    prompted_ = false;
    consent_until_ms_ = now_() + sessions_.knobs().pcs_life_ms;
  }
  return json_response(200, access_state());
}

Response SetupService::enable_consent(const Request& request) {
  if (!sessions_.find(request)) return not_signed_in(request);
  nlohmann::json state = access_state();
  const bool prompt = account_.adp && account_.web_access && !consented();
  if (prompt) {
    ++counters_.consent_prompts;
    prompted_ = true;
    polls_ = 0;
    pcs_asked_ = 0;
  }
  state["isDeviceConsentNotificationSent"] = prompt;
  return json_response(200, state);
}

Response SetupService::request_pcs(const Request& request) {
  const auto session = sessions_.find(request);
  if (!session) return not_signed_in(request);
  ++counters_.pcs_requests;
  if (knobs_.request_pcs_status != 0) return json_response(knobs_.request_pcs_status, nlohmann::json::object());
  if (account_.terms_pending) return json_response(500, nlohmann::json::object());
  const auto body = parse_object(request.body);
  const auto app = body ? body->value("appName", nlohmann::json{}) : nlohmann::json{};
  if (app != "photos" && app != "iclouddrive")
    return json_response(400, {{"success", false}, {"error", "Invalid appName"}});
  const auto answer = [&](const char* status, const char* message) {
    return json_response(200, {{"isWebAccessAllowed", account_.web_access}, {"status", status}, {"message", message}});
  };
  if (!account_.web_access) return answer("failure", "Web access is not allowed.");
  if (account_.adp) {
    if (!consented()) return answer("failure", "Device consent is missing.");
    if (knobs_.consent_renews) consent_until_ms_ = now_() + sessions_.knobs().pcs_life_ms;
    if (pcs_asked_ < knobs_.pcs_pending) {
      return answer("pending", pcs_asked_++ == 0 ? "Requested the device to upload cookies."
                                                 : "Cookies not available yet on server.");
    }
    sessions_.grant_pcs(session->id, consent_until_ms_);
  }
  Response response = answer("success", "PCS cookies are set.");
  for (const auto& cookie : sessions_.pcs_cookies(*session, {app == "photos" ? "Photos" : "Documents", "Sharing"})) {
    response.headers.add("Set-Cookie", cookie);
  }
  return response;
}

void SetupService::allow() {
  const std::lock_guard lock(mutex_);
  if (!prompted_ || knobs_.consent_denied) return;
  prompted_ = false;
  consent_until_ms_ = now_() + sessions_.knobs().pcs_life_ms;
}

void SetupService::end_consent() {
  const std::lock_guard lock(mutex_);
  prompted_ = false;
  consent_until_ms_ = 0;
  sessions_.kill_pcs();
}

}  // namespace emulator::icloud
