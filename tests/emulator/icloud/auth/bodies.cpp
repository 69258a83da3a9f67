#include "emulator/icloud/auth/bodies.hpp"

#include <nlohmann/json.hpp>

#include "emulator/icloud/auth/bytes.hpp"

namespace emulator::icloud {
namespace {

using nlohmann::json;

json phone_json(const TrustedPhone& phone) {
  json out = {{"id", phone.id},
              {"numberWithDialCode", phone.dial_code + " " + phone.masked_number},
              {"obfuscatedNumber", phone.masked_number},
              {"lastTwoDigits", phone.last_two_digits},
              {"pushMode", phone.push_mode}};
  if (phone.non_fteu) out["nonFTEU"] = true;
  return out;
}

json phones_json(const Account& account) {
  json phones = json::array();
  for (const auto& phone : account.phones) phones.push_back(phone_json(phone));
  return phones;
}

json phone_verification_json(const Account& account, const CodeFlags& flags) {
  json out = {{"trustedPhoneNumbers", phones_json(account)},
              {"securityCode", code_flags_json(flags)},
              {"authenticationType", "hsa2"},
              {"recoveryUrl", "https://iforgot.apple.com/phone/add?autoSubmitAccount=true&appId=142"},
              {"autoVerified", false},
              {"showAutoVerificationUI", false},
              {"hideSendSMSCodeOption", false},
              {"supportsRecovery", true},
              {"hsa2Account", true},
              {"restrictedAccount", false},
              {"managedAccount", false}};
  if (!account.phones.empty()) out["trustedPhoneNumber"] = phone_json(account.phones.front());
  return out;
}

int device_count(const Account& account) {
  return account.second_factor == SecondFactor::hsa2_device ? account.trusted_devices : 0;
}

json key_json(const Account& account, std::string_view challenge) {
  json handles = json::array();
  for (const auto& handle : key_handles(account)) handles.push_back(to_base64url(*from_base64(handle)));
  return {{"accountName", account.lower_name()},
          {"fsaChallenge", {{"challenge", challenge}, {"keyHandles", handles}, {"rpId", "apple.com"}}},
          {"keyNames", account.key_names}};
}

json error_item(std::string_view code, std::string_view message) {
  return {{"code", code}, {"message", message}, {"suppressDismissal", false}};
}

}  // namespace

std::vector<std::string> key_handles(const Account& account) {
  std::vector<std::string> out;
  for (const auto& name : account.key_names) out.push_back(to_base64(sha256("key handle of " + name)));
  return out;
}

json code_flags_json(const CodeFlags& flags) {
  return {{"length", 6},
          {"tooManyCodesSent", flags.too_many_sent},
          {"tooManyCodesValidated", flags.too_many_tried},
          {"securityCodeLocked", flags.locked},
          {"securityCodeCooldown", flags.cooldown}};
}

json options_json(const Account& account, const CodeFlags& flags, std::string_view key_challenge) {
  if (account.second_factor == SecondFactor::security_key) return key_json(account, key_challenge);
  json out = phone_verification_json(account, flags);
  out["trustedDeviceCount"] = device_count(account);
  out["noTrustedDevices"] = device_count(account) == 0;
  out["supportedPushModes"] = {"voice", "sms"};
  return out;
}

std::string boot_page(const Account& account, const CodeFlags& flags, std::string_view key_challenge) {
  json direct = {{"module", "widget/auth/components/hsa2/hsa2"},
                 {"isReact", true},
                 {"authUserType", "hsa2"},
                 {"hasTrustedDevices", device_count(account) > 0},
                 {"urlContext", "/appleauth"},
                 {"tag", "<hsa2></hsa2>"},
                 {"authType", "hsa2"},
                 {"authInitialRoute", device_count(account) > 0 ? "auth/verify/trusteddevice" : "auth/verify/phone"}};
  if (account.second_factor == SecondFactor::security_key) {
    direct["twoSV"] = key_json(account, key_challenge);
  } else {
    direct["twoSV"] = {{"supportedPushModes", {"voice", "sms"}},
                       {"phoneNumberVerification", phone_verification_json(account, flags)},
                       {"authFactors", {"robocall", "sms", "generatedcode"}},
                       {"sourceAppId", 1159}};
  }
  std::string args;
  for (const char c : json{{"direct", direct}, {"additional", json::object()}}.dump()) {
    if (c == '<') {
      args += "\\u003C";
    } else if (c == '>') {
      args += "\\u003E";
    } else {
      args += c;
    }
  }
  return "<!DOCTYPE html>\n<html>\n<head><title>Sign In</title></head>\n<body>\n"
         "<script type=\"application/json\" class=\"boot_args\">" +
         args + "</script>\n</body>\n</html>\n";
}

json pushed_json(const Account& account, const CodeFlags& flags) {
  return {{"trustedDeviceCount", device_count(account)},
          {"securityCode", code_flags_json(flags)},
          {"phoneNumberVerification", phone_verification_json(account, flags)}};
}

json accepted_json(const Account& account, std::string_view code) {
  json flags = code_flags_json({});
  flags.erase("length");
  flags["code"] = code;
  flags["valid"] = true;
  return {{"trustedDeviceCount", device_count(account)},
          {"securityCode", flags},
          {"phoneNumberVerification", {{"trustedPhoneNumbers", phones_json(account)}}},
          {"trustedPhoneNumbers", phones_json(account)},
          {"authenticationType", "hsa2"},
          {"hsa2Account", true}};
}

Response json_response(int status, const json& body) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json;charset=UTF-8");
  response.body = apple_json(body);
  return response;
}

Response service_errors(int status, std::string_view code, std::string_view message) {
  return json_response(status, {{"serviceErrors", {error_item(code, message)}}});
}

Response code_errors(int status, std::string_view code, std::string_view title, std::string_view message) {
  json item = error_item(code, message);
  item["title"] = title;
  Response response = json_response(status, {{"service_errors", {item}}, {"hasError", true}});
  response.headers.add("X-Apple-I-Ercd", std::string(code));
  return response;
}

Response html_503() {
  Response response;
  response.status = 503;
  response.headers.add("Content-Type", "text/html;charset=UTF-8");
  response.body =
      "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n"
      "<center><h1>503 Service Temporarily "
      "Unavailable</h1></center>\r\n<hr><center>Apple</center>\r\n</body>\r\n</html>\r\n";
  return response;
}

}  // namespace emulator::icloud
