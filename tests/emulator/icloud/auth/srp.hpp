#pragma once
// The server's half of SRP-6a as Apple does it (docs/protocol/icloud.md §2.4): 2048-bit group of RFC 5054, SHA-256,
// every number padded to 256 bytes.

#include <optional>
#include <string>
#include <string_view>

#include "emulator/icloud/account.hpp"

namespace emulator::icloud {

inline constexpr std::size_t kSrpBytes = 256;

/// N as 256 big-endian bytes.
std::string srp_modulus();
/// k = H(pad(N) | pad(g)).
std::string srp_multiplier();

/// What the service keeps of a password. Deriving it costs the account's iterations once.
class SrpVerifier {
 public:
  /// name: in lower case. salt: raw bytes, leading zeros kept.
  SrpVerifier(std::string name, std::string_view password, std::string salt, int iteration, SrpProtocol protocol);

  [[nodiscard]] const std::string& derived() const { return derived_; }    // P, 32 bytes
  [[nodiscard]] const std::string& exponent() const { return exponent_; }  // x, 32 bytes
  [[nodiscard]] const std::string& verifier() const { return verifier_; }  // pad(v)
  [[nodiscard]] const std::string& salt() const { return salt_; }

  /// pad(B) for a secret b.
  [[nodiscard]] std::string public_key(std::string_view secret) const;

  struct Proof {
    std::string u;       // 32 bytes
    std::string shared;  // pad(S)
    std::string key;     // K, 32 bytes
    std::string m1;
    std::string m2;
  };
  /// What a client that knows the password sends for A and our secret. nullopt where A is not a group element (A mod N
  /// is 0, or it is longer than 256 bytes).
  [[nodiscard]] std::optional<Proof> prove(std::string_view client_public, std::string_view secret) const;

 private:
  std::string name_;
  std::string salt_;
  std::string derived_;
  std::string exponent_;
  std::string verifier_;
};

}  // namespace emulator::icloud
