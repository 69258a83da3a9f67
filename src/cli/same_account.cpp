#include "cli/same_account.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace i2i::cli {
namespace {

/// A word as a shell wants it.
std::string shell_word(const std::string& word) {
  const auto harmless = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("@%+=:,./-_").find(c) != std::string::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), harmless)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string same_account(int argc, const char* const* argv) {
  std::string words;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    for (const std::string name : {"--config", "--state-dir", "--apple-id"}) {
      if (word == name && i + 1 < argc) words += name + " " + shell_word(argv[i + 1]) + " ";
      if (word.starts_with(name + "=")) words += name + " " + shell_word(word.substr(name.size() + 1)) + " ";
    }
  }
  return words;
}

}  // namespace i2i::cli
