#pragma once
// The command line with an environment and a configuration file of the test's own.

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "catch.hpp"
#include "i2i/cli/options.hpp"
#include "unit/util/temp_folder.hpp"

extern char** environ;

namespace cli_test {

/// Nothing of ours in the environment; what a test sets is gone after it.
class Environment {
 public:
  Environment() {
    std::vector<std::string> ours;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string text = *entry;
      const auto name = text.substr(0, text.find('='));
      if (name.starts_with("ICLOUD2IMMICH_") || name.starts_with("IMMICH_") || name.starts_with("XDG_")) {
        ours.push_back(name);
      }
    }
    for (const auto& name : ours) set(name, std::nullopt);
    set("HOME", home.path());
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() {
    for (const auto& [name, value] : before_) change(name, value);
  }
  void set(const std::string& name, const std::optional<std::string>& value) {
    const char* old = std::getenv(name.c_str());
    before_.try_emplace(name, old == nullptr ? std::nullopt : std::optional<std::string>(old));
    change(name, value);
  }
  TempFolder home;

 private:
  static void change(const std::string& name, const std::optional<std::string>& value) {
    if (value) {
      ::setenv(name.c_str(), value->c_str(), 1);
    } else {
      ::unsetenv(name.c_str());
    }
  }
  std::map<std::string, std::optional<std::string>> before_;
};

inline i2i::cli::ParseOutcome parse(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv{"icloud2immich"};
  for (const auto& argument : arguments) argv.push_back(argument.c_str());
  return i2i::cli::parse_options(static_cast<int>(argv.size()), argv.data());
}

inline i2i::cli::Invocation parsed(const std::vector<std::string>& arguments) {
  auto outcome = parse(arguments);
  if (outcome.error) FAIL(outcome.error->message);
  REQUIRE(outcome.invocation);
  return *std::move(outcome.invocation);
}

/// The default configuration file.
inline void configure(const Environment& environment, const std::string& toml) {
  environment.home.write(".config/icloud2immich/config.toml", toml);
}

}  // namespace cli_test
