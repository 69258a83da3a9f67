#pragma once
#include <memory>
#include <optional>
#include <string>

#include "i2i/util/result.hpp"
#include "i2i/util/secret.hpp"

namespace i2i::icloud {

/// Which form of the password hash enters PBKDF2; Apple picks it per account.
enum class SrpProtocol { s2k, s2k_fo };

struct SrpChallenge {
  SrpProtocol protocol = SrpProtocol::s2k;
  int iterations = 0;
  std::string salt;           // raw bytes as decoded
  std::string server_public;  // B, raw bytes
};

struct SrpProof {
  std::string m1;  // 32 raw bytes
  std::string m2;
};

/// The client's half of SRP-6a, RFC 5054 2048-bit group, SHA-256, as docs/protocol/icloud.md §2.4 has it.
class SrpClient {
 public:
  /// private_key: 32 random bytes (tests give the vector's).
  static util::Result<SrpClient> create(std::string private_key);
  /// A as exactly 256 bytes. Begin again with another key where it starts with a zero byte.
  [[nodiscard]] const std::string& public_key() const { return public_key_; }
  /// account_name: trimmed and lower-cased.
  /// bad_answer where B or u is 0 mod N; nullopt where B or S starts with a zero byte: begin again at init, no attempt
  /// is spent.
  [[nodiscard]] util::Result<std::optional<SrpProof>> prove(const std::string& account_name,
                                                            const util::Secret& password,
                                                            const SrpChallenge& challenge) const;

 private:
  SrpClient(std::string private_key, std::string public_key)
      : private_key_(std::move(private_key)), public_key_(std::move(public_key)) {}
  std::string private_key_;
  std::string public_key_;
};

}  // namespace i2i::icloud
