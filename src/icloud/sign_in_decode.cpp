#include "sign_in_decode.hpp"

#include <algorithm>

#include "i2i/util/json.hpp"
#include "i2i/util/text.hpp"

namespace i2i::icloud {
namespace {

using util::Json;
using util::member;

Json parse_or_null(const std::string& body) {
  auto json = util::parse_json(body, "the answer");
  return json ? *std::move(json) : Json();
}

/// The object inside <script class="boot_args">, or null.
Json boot_args(const std::string& html) {
  const auto mark = html.find("boot_args");
  if (mark == std::string::npos) return {};
  const auto begin = html.find('>', mark);
  const auto end = html.find("</script>", mark);
  if (begin == std::string::npos || end == std::string::npos || end <= begin) return {};
  return parse_or_null(html.substr(begin + 1, end - begin - 1));
}

TrustedPhone phone_of(const Json& json) {
  TrustedPhone phone;
  phone.id = static_cast<int>(util::as_integer(member(json, "id")).value_or(0));
  phone.masked_number = util::text_or(json, "numberWithDialCode", util::text_or(json, "obfuscatedNumber"));
  if (phone.masked_number.empty()) phone.masked_number = "…" + util::text_or(json, "lastTwoDigits");
  phone.voice_only = util::text_or(json, "pushMode") == "voice";
  phone.non_fteu = util::is_true(member(json, "nonFTEU"));
  return phone;
}

void add_phone(std::vector<TrustedPhone>& phones, const Json& json) {
  if (!json.is_object()) return;
  const TrustedPhone phone = phone_of(json);
  const auto same = [&phone](const TrustedPhone& other) { return other.id == phone.id; };
  if (std::none_of(phones.begin(), phones.end(), same)) phones.push_back(phone);
}

/// Everything one of the places of §3.1 says.
void read_place(const Json& place, Verification& found) {
  if (!place.is_object()) return;
  if (const Json& phones = member(place, "trustedPhoneNumbers"); phones.is_array()) {
    for (const Json& phone : phones) add_phone(found.options.phones, phone);
  }
  add_phone(found.options.phones, member(place, "trustedPhoneNumber"));
  if (util::is_true(member(place, "noTrustedDevices"))) found.options.trusted_devices = false;
  if (util::as_integer(member(place, "trustedDeviceCount")) == 0) found.options.trusted_devices = false;
  if (const Json& has = member(place, "hasTrustedDevices"); has.is_boolean() && !has.get<bool>()) {
    found.options.trusted_devices = false;
  }
  if (member(place, "fsaChallenge").is_object()) found.security_key = true;
  if (const Json& names = member(place, "keyNames"); names.is_array() && found.key_names.empty()) {
    for (const Json& name : names) {
      if (name.is_string()) found.key_names.push_back(name.get<std::string>());
    }
  }
  const Json& code = member(place, "securityCode");
  if (!code.is_object()) return;
  if (const auto length = util::as_integer(member(code, "length")); length && *length >= 4 && *length <= 10) {
    found.options.code_length = static_cast<int>(*length);
  }
  if (const Json& valid = member(code, "valid"); !valid.is_null()) found.valid = util::is_true(valid);
  found.too_many_sent = found.too_many_sent || util::is_true(member(code, "tooManyCodesSent"));
  found.too_many_wrong = found.too_many_wrong || util::is_true(member(code, "tooManyCodesValidated")) ||
                         util::is_true(member(code, "securityCodeLocked"));
}

}  // namespace

util::Result<InitAnswer> decode_init(const std::string& body) {
  const auto bad = [](const std::string& what) {
    return util::fail(util::ErrorCode::bad_answer, "Apple's sign-in challenge " + what,
                      "Look for a newer version of this program.");
  };
  const Json json = parse_or_null(body);
  if (!json.is_object()) return bad("is not the JSON it should be");
  InitAnswer answer;
  const std::string protocol = util::text_or(json, "protocol");
  if (protocol == "s2k_fo") {
    answer.challenge.protocol = SrpProtocol::s2k_fo;
  } else if (protocol != "s2k") {
    return bad("has an unknown protocol");
  }
  const auto iterations = util::as_integer(member(json, "iteration"));
  if (!iterations || *iterations < 1 || *iterations > 1'000'000) return bad("has a bad number of iterations");
  answer.challenge.iterations = static_cast<int>(*iterations);
  const auto salt = util::base64_decode(util::text_or(json, "salt"));
  const auto server_public = util::base64_decode(util::text_or(json, "b"));
  if (!salt || !server_public) return bad("cannot be decoded");
  answer.challenge.salt = *salt;
  answer.challenge.server_public = *server_public;
  if (member(json, "c").is_null()) return bad("lacks its mark");
  answer.c = util::dump_json(member(json, "c"));
  return answer;
}

ServiceError decode_service_error(const std::string& body) {
  const Json json = parse_or_null(body);
  for (const char* name : {"serviceErrors", "service_errors", "validationErrors"}) {
    const Json& list = member(json, name);
    if (!list.is_array() || list.empty()) continue;
    return {util::as_text(member(list.front(), "code")).value_or(""), util::text_or(list.front(), "message")};
  }
  ServiceError error;
  error.code = util::as_text(member(json, "errorCode")).value_or("");
  for (const char* name : {"errorMessage", "error", "reason", "errorTitle"}) {
    const Json& text = member(json, name);
    if (text.is_string() && error.message.empty()) error.message = text.get<std::string>();
  }
  return error;
}

std::optional<Verification> decode_verification(const std::string& body) {
  Json json = parse_or_null(body);
  if (!json.is_object()) json = boot_args(body);
  if (!json.is_object()) return std::nullopt;
  Verification found;
  const Json& direct = member(json, "direct");
  const Json& two_step = member(direct, "twoSV");
  const Json& whole = json;
  for (const Json* place : {&whole, &member(json, "phoneNumberVerification"), &direct, &two_step,
                            &member(two_step, "phoneNumberVerification")}) {
    read_place(*place, found);
  }
  found.lists_phones = !found.options.phones.empty();
  found.options.security_key_only = found.security_key && !found.lists_phones;
  return found;
}

AccountAnswer decode_account(const std::string& body) {
  const Json json = parse_or_null(body);
  const Json& account = member(json, "dsInfo");
  AccountAnswer answer;
  answer.has_account = account.is_object();
  answer.dsid = util::as_text(member(account, "dsid")).value_or("");
  answer.hsa_version = static_cast<int>(util::as_integer(member(account, "hsaVersion")).value_or(0));
  answer.qualifying_device = util::is_true(member(account, "hasICloudQualifyingDevice"));
  answer.locked = util::is_true(member(account, "locked"));
  if (const Json& access = member(account, "isWebAccessAllowed"); !access.is_null()) {
    answer.web_access_off = !util::is_true(access);
  }
  answer.challenge_required = util::is_true(member(json, "hsaChallengeRequired"));
  answer.trusted_browser = util::is_true(member(json, "hsaTrustedBrowser"));
  answer.terms_update_needed = util::is_true(member(json, "termsUpdateNeeded"));
  answer.under_maintenance = util::is_true(member(json, "isUnderMaintenance"));
  answer.domain_to_use = util::text_or(json, "domainToUse");
  answer.database_url = util::text_or(member(member(json, "webservices"), "ckdatabasews"), "url");
  answer.error = decode_service_error(body);
  return answer;
}

util::Result<std::vector<TwoStepDevice>> decode_two_step_devices(const std::string& body) {
  I2I_ASSIGN(const Json json, util::parse_json(body, "the list of devices"));
  std::vector<TwoStepDevice> devices;
  if (const Json& list = member(json, "devices"); list.is_array()) {
    for (const Json& device : list) {
      if (!device.is_object()) continue;
      devices.push_back(
          {util::dump_json(device), util::text_or(device, "phoneNumber", util::text_or(device, "deviceName"))});
    }
  }
  return devices;
}

bool decode_success(const std::string& body) { return util::is_true(member(parse_or_null(body), "success")); }

}  // namespace i2i::icloud
