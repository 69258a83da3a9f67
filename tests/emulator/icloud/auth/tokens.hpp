#pragma once
// What a good sign-in hands out: session tokens (dsWebAuthToken) and trust tokens. idmsa issues, setup redeems.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>

#include "emulator/common/http.hpp"

namespace emulator::icloud {

/// How far the sign-in has come that a session token stands for.
enum class Proof { password, second_factor, trusted };

/// Thread-safe; shared by the two services of one account.
class TokenDesk {
 public:
  TokenDesk(Now now, std::uint64_t seed);

  /// A session token of a sign-in context. It rises with the context: a token given before the code is good after it.
  std::string issue_session_token(const std::string& context);
  void set_proof(const std::string& context, Proof proof);

  struct Grant {
    std::string context;
    Proof proof = Proof::password;
    bool expired = false;
  };
  /// nullopt: never issued.
  std::optional<Grant> redeem(const std::string& token);

  std::string issue_trust_token();
  bool trust_token_is_good(const std::string& token);
  /// The mark a browser keeps in X-APPLE-WEBAUTH-HSA-TRUST; used by two-step accounts.
  std::string issue_trust_mark();
  bool trust_mark_is_good(const std::string& mark);

  /// Lives of what is issued from now on (ms). §4.6: trust is told as 30 to 90 days.
  void set_lives(std::int64_t session_token_ms, std::int64_t trust_token_ms);
  void expire_session_tokens();
  void expire_trust();

 private:
  struct SessionToken {
    std::string context;
    std::int64_t expires_ms = 0;
  };
  std::string draw(std::string_view prefix, std::size_t bytes);

  Now now_;
  std::mutex mutex_;
  std::mt19937_64 random_;
  std::int64_t session_life_ms_ = std::int64_t{30} * 86400 * 1000;
  std::int64_t trust_life_ms_ = std::int64_t{60} * 86400 * 1000;
  std::map<std::string, SessionToken> session_tokens_;
  std::map<std::string, Proof> proofs_;
  std::map<std::string, std::int64_t> trust_tokens_;
  std::map<std::string, std::int64_t> trust_marks_;
};

}  // namespace emulator::icloud
