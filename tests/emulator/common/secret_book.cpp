#include "emulator/common/secret_book.hpp"

namespace emulator {
namespace {

// docs/protocol/icloud.md §1.4; the others are Immich's key and the client's own values.
constexpr const char* kHeaders[] = {"scnt",
                                    "X-Apple-ID-Session-Id",
                                    "X-Apple-Session-Token",
                                    "X-Apple-TwoSV-Trust-Token",
                                    "X-Apple-Auth-Attributes",
                                    "X-Apple-OAuth-Grant-Code",
                                    "x-api-key"};
constexpr const char* kMembers[] = {"code", "verificationCode", "dsWebAuthToken", "trustToken", "m1", "m2",
                                    "c",    "challenge",        "salt",           "a",          "b"};
/// Shorter cookie values are marks such as a language.
constexpr std::size_t kShortestCookie = 8;

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
  return text;
}

}  // namespace

void SecretBook::add(std::string_view secret) {
  if (secret.empty()) return;
  const std::lock_guard lock(mutex_);
  secrets_.emplace(secret);
}

void SecretBook::add_members(const std::string& body, std::string_view name) {
  const std::string mark = "\"" + std::string(name) + "\"";
  for (std::size_t at = body.find(mark); at != std::string::npos; at = body.find(mark, at + 1)) {
    std::size_t begin = at + mark.size();
    while (begin < body.size() && (body[begin] == ' ' || body[begin] == ':')) ++begin;
    if (begin >= body.size() || body[begin] != '"') continue;
    const std::size_t end = body.find('"', begin + 1);
    if (end != std::string::npos) add(std::string_view(body).substr(begin + 1, end - begin - 1));
  }
}

void SecretBook::add_queries(const std::string& body) {
  constexpr std::string_view kUrl = "\"downloadURL\"";
  for (std::size_t at = body.find(kUrl); at != std::string::npos; at = body.find(kUrl, at + 1)) {
    const std::size_t begin = body.find('?', at);
    const std::size_t end = begin == std::string::npos ? begin : body.find('"', begin);
    if (end != std::string::npos) add(std::string_view(body).substr(begin + 1, end - begin - 1));
  }
}

void SecretBook::look_at(const Request& request, const Response& response) {
  if (!watching_) return;
  for (const char* name : kHeaders) {
    for (const Headers* headers : {&request.headers, &response.headers}) {
      for (const std::string& value : headers->all(name)) add(value);
    }
  }
  for (const std::string& cookie : response.headers.all("Set-Cookie")) {
    const auto begin = cookie.find('=') + 1;
    const auto value = unquoted(std::string_view(cookie).substr(begin, cookie.find(';') - begin));
    if (value.size() >= kShortestCookie) add(value);
  }
  if (request.path.starts_with("/appleauth/") || request.path.starts_with("/setup/")) {
    for (const char* name : kMembers) {
      add_members(request.body, name);
      if (request.path.find("/signin/init") != std::string::npos) add_members(response.body, name);
    }
  }
  add_queries(response.body);
}

std::vector<std::string> SecretBook::all() {
  const std::lock_guard lock(mutex_);
  return {secrets_.begin(), secrets_.end()};
}

}  // namespace emulator
