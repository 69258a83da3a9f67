#include "ledger/keyword_text.hpp"

#include <charconv>

namespace i2i::ledger {

std::string join_keywords(const std::vector<std::string>& keywords) {
  std::string text;
  for (const std::string& keyword : keywords) {
    text += std::to_string(keyword.size());
    text += ':';
    text += keyword;
  }
  return text;
}

std::vector<std::string> split_keywords(std::string_view text) {
  std::vector<std::string> keywords;
  while (!text.empty()) {
    std::size_t length = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, length);
    if (error != std::errc() || stop == end || *stop != ':') break;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
    if (length > text.size()) break;
    keywords.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return keywords;
}

}  // namespace i2i::ledger
