// The two-step check of old (docs/protocol/icloud.md §3.7).
#include <algorithm>

#include "emulator/icloud/auth/bodies.hpp"
#include "emulator/icloud/auth/bytes.hpp"
#include "emulator/icloud/setup/setup_service.hpp"

namespace emulator::icloud {
namespace {

/// deviceId is a text of the phone's id; -1 where the body names no phone of the account.
int device_in(const nlohmann::json& body, const Account& account) {
  const auto found = body.find("deviceId");
  if (found == body.end() || !found->is_string()) return -1;
  const auto text = found->get<std::string>();
  const auto phone = std::find_if(account.phones.begin(), account.phones.end(),
                                  [&](const TrustedPhone& candidate) { return std::to_string(candidate.id) == text; });
  return phone == account.phones.end() ? -1 : phone->id;
}

}  // namespace

Response SetupService::list_devices(const Request& request) {
  if (!sessions_.find_login(request)) return not_signed_in(request);
  nlohmann::json devices = nlohmann::json::array();
  if (account_.second_factor == SecondFactor::legacy_2sa) {
    for (const auto& phone : account_.phones) {
      devices.push_back({{"deviceType", "SMS"},
                         {"areaCode", ""},
                         {"phoneNumber", "*******" + phone.last_two_digits},
                         {"deviceId", std::to_string(phone.id)}});
    }
  }
  return json_response(200, {{"devices", devices}});
}

Response SetupService::send_code(const Request& request) {
  if (!sessions_.find_login(request)) return not_signed_in(request);
  const auto body = parse_object(request.body);
  const int device = body && account_.second_factor == SecondFactor::legacy_2sa ? device_in(*body, account_) : -1;
  if (device < 0)
    return json_response(200, {{"success", false}, {"errorMessage", "Unknown device"}, {"errorCode", -1}});
  code_device_ = device;
  code_ = std::exchange(forced_code_, std::string{});
  while (code_.size() < 6) code_ += static_cast<char>('0' + static_cast<int>(random_() % 10));
  return json_response(200, {{"success", true}});
}

Response SetupService::validate_code(const Request& request) {
  const auto session = sessions_.find_login(request);
  if (!session) return not_signed_in(request);
  const auto body = parse_object(request.body);
  if (!body) return json_response(400, {{"success", false}, {"error", "Invalid request"}});
  const auto code = body->value("verificationCode", nlohmann::json{});
  const bool right = !code_.empty() && code == nlohmann::json(code_) && device_in(*body, account_) == code_device_;
  if (!right) {
    return json_response(200, {{"success", false},
                               {"errorTitle", "Invalid Code"},
                               {"errorMessage", "The code you entered is not valid."},
                               {"errorCode", -21669}});
  }
  code_.clear();
  const bool trust = body->value("trustBrowser", nlohmann::json{}) == nlohmann::json(true);
  tokens_.set_proof(session->context, trust ? Proof::trusted : Proof::second_factor);
  return json_response(200, {{"success", true}});
}

std::string SetupService::two_step_code() {
  const std::lock_guard lock(mutex_);
  return code_;
}

void SetupService::force_next_code(std::string code) {
  const std::lock_guard lock(mutex_);
  forced_code_ = std::move(code);
}

}  // namespace emulator::icloud
