#pragma once
// The JSON bodies that sign-in sends (docs/protocol/icloud.md §2-4).

#include <optional>
#include <string>

#include "i2i/icloud/srp.hpp"
#include "i2i/util/secret.hpp"

namespace i2i::icloud {

std::string encode_federate(const std::string& account_name);
/// client_public: raw bytes of A.
std::string encode_init(const std::string& account_name, const std::string& client_public);
/// c: the JSON text of the member as init gave it.
std::string encode_complete(const std::string& account_name, const std::string& c, const SrpProof& proof,
                            const util::Secret& trust_token);
std::string encode_device_code(const std::string& digits);

struct PhoneTarget {
  int id = 0;
  bool non_fteu = false;
  const char* mode = "sms";  // or "voice"
};
/// digits: nullopt asks for a code to be sent.
std::string encode_phone(const PhoneTarget& phone, const std::optional<std::string>& digits);
std::string encode_account_login(const std::string& account_country, const util::Secret& session_token,
                                 const util::Secret& trust_token);
/// device: its JSON as listDevices gave it. digits: nullopt asks for a code to be sent.
std::string encode_two_step(const std::string& device, const std::optional<std::string>& digits);

}  // namespace i2i::icloud
