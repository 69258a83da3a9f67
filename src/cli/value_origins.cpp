#include "cli/value_origins.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace i2i::cli {

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread is started
  return value == nullptr ? std::string{} : std::string(value);
}

std::string variable_of(std::string_view command, std::string_view option) {
  std::string name = "ICLOUD2IMMICH_";
  if (!command.empty()) name += std::string(command) + "_";
  name += option;
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return name;
}

std::string xdg_folder(const char* variable, const std::string& below_home) {
  const std::string given = environment(variable);
  const std::string base = given.empty() ? environment("HOME") + below_home : given;
  return base + "/icloud2immich";
}

Origin origin_of(const std::string& variable, const std::string& value, const std::optional<std::string>& in_file) {
  if (value.empty()) return Origin::nowhere;
  const auto from_environment = environment(variable.c_str());
  if (!from_environment.empty()) return value == from_environment ? Origin::environment : Origin::command_line;
  return value == in_file ? Origin::file : Origin::command_line;
}

}  // namespace i2i::cli
