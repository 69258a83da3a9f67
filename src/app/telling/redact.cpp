#include "app/telling/redact.hpp"

#include <algorithm>
#include <cctype>

#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

constexpr std::size_t kMayBeToken = 25;

bool is(int (*what)(int), char c) { return what(static_cast<unsigned char>(c)) != 0; }

bool in_token(char c) { return is(std::isalnum, c) || std::string_view("+-_=").find(c) != std::string_view::npos; }

bool may_be_token(std::string_view word) {
  const auto any = [word](int (*what)(int)) {
    return std::any_of(word.begin(), word.end(), [what](char c) { return is(what, c); });
  };
  return word.size() >= kMayBeToken && (any(std::isdigit) || (any(std::isupper) && any(std::islower)));
}

std::string without_tokens(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && in_token(text[end])) ++end;
    const auto word = text.substr(at, end - at);
    out += may_be_token(word) ? "***" : word;
    if (end < text.size()) out += text[end++];
    at = end;
  }
  return out;
}

}  // namespace

std::string masked_address(std::string_view address) {
  const auto at = address.find('@');
  if (at == std::string_view::npos || at == 0) return address.empty() ? std::string() : "***";
  return std::string(address.substr(0, util::next_code_point(address).bytes)) + "***" + std::string(address.substr(at));
}

std::string for_others(std::string_view text, const std::string& apple_id) {
  std::string out = util::escape_for_terminal(text);
  if (!apple_id.empty()) {
    const std::string masked = masked_address(apple_id);
    // ASCII letters only: both have the same length.
    for (auto at = util::ascii_lower(out).find(apple_id); at != std::string::npos;
         at = util::ascii_lower(out).find(apple_id, at + masked.size())) {
      out.replace(at, apple_id.size(), masked);
    }
  }
  return out;
}

std::string log_for_others(std::string_view line, const std::string& apple_id) {
  return without_tokens(for_others(line, apple_id));
}

}  // namespace i2i::app
