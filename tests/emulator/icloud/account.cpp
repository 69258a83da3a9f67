#include "emulator/icloud/account.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "emulator/icloud/auth/bytes.hpp"
#include "emulator/icloud/auth/knob_reader.hpp"

namespace emulator::icloud {
namespace {

using SrpNames = std::vector<std::pair<std::string_view, SrpProtocol>>;
using FactorNames = std::vector<std::pair<std::string_view, SecondFactor>>;
using RegionNames = std::vector<std::pair<std::string_view, Region>>;

const SrpNames& names_of_srp() {
  static const SrpNames names = {{"s2k", SrpProtocol::s2k}, {"s2k_fo", SrpProtocol::s2k_fo}};
  return names;
}

const FactorNames& names_of_factor() {
  static const FactorNames names = {{"none", SecondFactor::none},
                                    {"hsa2_device", SecondFactor::hsa2_device},
                                    {"hsa2_sms_only", SecondFactor::hsa2_sms_only},
                                    {"legacy_2sa", SecondFactor::legacy_2sa},
                                    {"security_key", SecondFactor::security_key}};
  return names;
}

const RegionNames& names_of_region() {
  static const RegionNames names = {{"world", Region::world}, {"china", Region::china}};
  return names;
}

template <typename Names, typename Value>
std::string_view look_up(const Names& names, Value value) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const auto& item) { return item.second == value; });
  return found == names.end() ? std::string_view{"?"} : found->first;
}

TrustedPhone phone_from_json(const nlohmann::json& json) {
  TrustedPhone phone;
  KnobReader reader("account.phones[]", json);
  reader.value("id", phone.id)
      .value("dial_code", phone.dial_code)
      .value("masked_number", phone.masked_number)
      .value("last_two_digits", phone.last_two_digits)
      .value("push_mode", phone.push_mode)
      .value("non_fteu", phone.non_fteu);
  reader.finish();
  if (phone.push_mode != "sms" && phone.push_mode != "voice") {
    throw std::invalid_argument("account.phones[].push_mode is neither sms nor voice");
  }
  return phone;
}

}  // namespace

std::string_view name_of(SrpProtocol value) { return look_up(names_of_srp(), value); }
std::string_view name_of(SecondFactor value) { return look_up(names_of_factor(), value); }
std::string_view name_of(Region value) { return look_up(names_of_region(), value); }

std::string Account::lower_name() const { return to_lower(apple_id); }

Account account_from_json(const nlohmann::json& json, Account account) {
  KnobReader reader("account", json);
  reader.value("apple_id", account.apple_id)
      .value("password", account.password)
      .choice("srp", account.srp, names_of_srp())
      .value("iteration", account.iteration)
      .choice("second_factor", account.second_factor, names_of_factor())
      .value("trusted_devices", account.trusted_devices)
      .value("key_names", account.key_names)
      .choice("region", account.region, names_of_region())
      .value("adp", account.adp)
      .value("web_access", account.web_access)
      .value("terms_pending", account.terms_pending)
      .value("locked", account.locked)
      .value("photos", account.photos)
      .value("dsid", account.dsid)
      .value("full_name", account.full_name)
      .value("country", account.country);
  if (const auto* salt = reader.take("salt")) {
    const auto bytes = salt->is_string() ? from_base64(salt->get<std::string>()) : std::nullopt;
    if (!bytes) throw std::invalid_argument("account.salt is not base64");
    account.salt = *bytes;
  }
  if (const auto* phones = reader.take("phones")) {
    if (!phones->is_array()) throw std::invalid_argument("account.phones is not an array");
    account.phones.clear();
    for (const auto& phone : *phones) account.phones.push_back(phone_from_json(phone));
  }
  reader.finish();
  return account;
}

}  // namespace emulator::icloud
