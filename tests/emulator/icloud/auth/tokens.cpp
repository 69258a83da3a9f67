#include "emulator/icloud/auth/tokens.hpp"

#include <utility>

#include "emulator/icloud/auth/bytes.hpp"

namespace emulator::icloud {
namespace {

bool is_good(const std::map<std::string, std::int64_t>& tokens, const std::string& token, std::int64_t now) {
  const auto found = tokens.find(token);
  return found != tokens.end() && now < found->second;
}

}  // namespace

TokenDesk::TokenDesk(Now now, std::uint64_t seed) : now_(std::move(now)), random_(seed) {}

std::string TokenDesk::draw(std::string_view prefix, std::size_t bytes) {
  return std::string(prefix) + to_base64(random_bytes(random_, bytes));
}

std::string TokenDesk::issue_session_token(const std::string& context) {
  const std::lock_guard lock(mutex_);
  std::string token = draw("", 240);
  session_tokens_[token] = {context, now_() + session_life_ms_};
  proofs_.emplace(context, Proof::password);
  return token;
}

void TokenDesk::set_proof(const std::string& context, Proof proof) {
  const std::lock_guard lock(mutex_);
  proofs_[context] = proof;
}

std::optional<TokenDesk::Grant> TokenDesk::redeem(const std::string& token) {
  const std::lock_guard lock(mutex_);
  const auto found = session_tokens_.find(token);
  if (found == session_tokens_.end()) return std::nullopt;
  return Grant{found->second.context, proofs_[found->second.context], now_() >= found->second.expires_ms};
}

std::string TokenDesk::issue_trust_token() {
  const std::lock_guard lock(mutex_);
  std::string token = draw("HSARMTKNSRVXWFla", 120);
  trust_tokens_[token] = now_() + trust_life_ms_;
  return token;
}

bool TokenDesk::trust_token_is_good(const std::string& token) {
  const std::lock_guard lock(mutex_);
  return is_good(trust_tokens_, token, now_());
}

std::string TokenDesk::issue_trust_mark() {
  const std::lock_guard lock(mutex_);
  std::string mark = draw("", 60);
  trust_marks_[mark] = now_() + trust_life_ms_;
  return mark;
}

bool TokenDesk::trust_mark_is_good(const std::string& mark) {
  const std::lock_guard lock(mutex_);
  return is_good(trust_marks_, mark, now_());
}

void TokenDesk::set_lives(std::int64_t session_token_ms, std::int64_t trust_token_ms) {
  const std::lock_guard lock(mutex_);
  session_life_ms_ = session_token_ms;
  trust_life_ms_ = trust_token_ms;
}

void TokenDesk::expire_session_tokens() {
  const std::lock_guard lock(mutex_);
  for (auto& [token, entry] : session_tokens_) entry.expires_ms = 0;
}

void TokenDesk::expire_trust() {
  const std::lock_guard lock(mutex_);
  for (auto& [token, expires] : trust_tokens_) expires = 0;
  for (auto& [mark, expires] : trust_marks_) expires = 0;
}

}  // namespace emulator::icloud
