#include "sign_in_encode.hpp"

#include "i2i/util/json.hpp"
#include "i2i/util/text.hpp"

namespace i2i::icloud {

using util::Json;

std::string encode_federate(const std::string& account_name) {
  return util::dump_json({{"accountName", account_name}, {"rememberMe", true}});
}

std::string encode_init(const std::string& account_name, const std::string& client_public) {
  return util::dump_json({{"a", util::base64_encode(client_public)},
                          {"accountName", account_name},
                          {"protocols", Json::array({"s2k", "s2k_fo"})}});
}

std::string encode_complete(const std::string& account_name, const std::string& c, const SrpProof& proof,
                            const util::Secret& trust_token) {
  Json json;
  json["accountName"] = account_name;
  json["c"] = Json::parse(c, nullptr, false);
  json["m1"] = util::base64_encode(proof.m1);
  json["m2"] = util::base64_encode(proof.m2);
  json["rememberMe"] = true;
  json["trustTokens"] = Json::array();
  if (!trust_token.empty()) json["trustTokens"].push_back(trust_token.reveal());
  return util::dump_json(json);
}

std::string encode_device_code(const std::string& digits) {
  Json json;
  json["securityCode"]["code"] = digits;
  return util::dump_json(json);
}

std::string encode_phone(const PhoneTarget& phone, const std::optional<std::string>& digits) {
  Json json;
  json["phoneNumber"]["id"] = phone.id;
  if (phone.non_fteu) json["phoneNumber"]["nonFTEU"] = true;
  json["mode"] = phone.mode;
  if (digits) json["securityCode"]["code"] = *digits;
  return util::dump_json(json);
}

std::string encode_account_login(const std::string& account_country, const util::Secret& session_token,
                                 const util::Secret& trust_token) {
  Json json;
  if (!account_country.empty()) json["accountCountryCode"] = account_country;
  json["dsWebAuthToken"] = session_token.reveal();
  json["extended_login"] = true;
  json["trustToken"] = trust_token.reveal();
  return util::dump_json(json);
}

std::string encode_two_step(const std::string& device, const std::optional<std::string>& digits) {
  Json json = Json::parse(device, nullptr, false);
  if (!json.is_object()) json = Json::object();
  if (digits) {
    json["verificationCode"] = *digits;
    json["trustBrowser"] = true;
  }
  return util::dump_json(json);
}

}  // namespace i2i::icloud
