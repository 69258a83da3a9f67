#pragma once
// One practice Apple Account: what the sign-in half of the practice iCloud knows of its owner.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace emulator::icloud {

/// How the password is turned into the SRP secret (docs/protocol/icloud.md §2.4).
enum class SrpProtocol { s2k, s2k_fo };

/// What the account wants beside the password (§3).
enum class SecondFactor {
  none,           // 412 "sa", then repair/complete
  hsa2_device,    // six digits on a trusted device; text messages too where there are phones
  hsa2_sms_only,  // no trusted device: text or call only
  legacy_2sa,     // two-step of old: setup/listDevices and friends
  security_key,   // FIDO2 only: fsaChallenge
};

/// Which family of hosts the account lives on (§1.1).
enum class Region { world, china };

struct TrustedPhone {
  int id = 1;
  std::string dial_code = "+1";
  std::string masked_number = "(•••) •••-••81";
  std::string last_two_digits = "81";
  std::string push_mode = "sms";  // "sms" or "voice"
  bool non_fteu = false;
};

/// Name the spelling used in JSON ("s2k_fo", "hsa2_device", "china").
std::string_view name_of(SrpProtocol value);
std::string_view name_of(SecondFactor value);
std::string_view name_of(Region value);

struct Account {
  std::string apple_id = "user@example.com";  // any case; compared and proved in lower case
  std::string password = "correct horse";
  SrpProtocol srp = SrpProtocol::s2k;
  int iteration = 20064;
  std::string salt;  // raw bytes; empty: 16 bytes drawn from the seed
  SecondFactor second_factor = SecondFactor::hsa2_device;
  std::vector<TrustedPhone> phones = {
      TrustedPhone{.id = 2},
      TrustedPhone{.id = 5, .masked_number = "(•••) •••-••07", .last_two_digits = "07", .push_mode = "voice"}};
  int trusted_devices = 1;
  std::vector<std::string> key_names = {"Blue key"};  // of security_key accounts
  Region region = Region::world;
  bool adp = false;        // Advanced Data Protection: PCS cookies wanted (§5)
  bool web_access = true;  // "Access iCloud Data on the Web"
  bool terms_pending = false;
  bool locked = false;
  bool photos = true;  // false: no ckdatabasews in the webservices map
  std::string dsid = "12345678901";
  std::string full_name = "User Example";
  std::string country = "USA";  // ISO 3166 alpha-3

  /// The name as the service compares it and as it enters M1.
  [[nodiscard]] std::string lower_name() const;
};

/// Reads an account from an object with the member names above; "salt" is base64, enumerations are their names.
/// Members left out keep the values of base. Throws std::invalid_argument naming an unknown member or value.
Account account_from_json(const nlohmann::json& json, Account base = {});

}  // namespace emulator::icloud
