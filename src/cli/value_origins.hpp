#pragma once
// Where an option's value comes from: the command line, the environment, the configuration file (docs/cli.md, "Where
// values come from").

#include <optional>
#include <string>
#include <string_view>

namespace i2i::cli {

/// Where a value comes from, the stronger the later.
enum class Origin { nowhere, file, environment, command_line };

/// What the environment gives a variable; empty where nothing.
std::string environment(const char* name);

/// The variable of an option: ("sync", "limit-rate") is ICLOUD2IMMICH_SYNC_LIMIT_RATE. command: empty for what all
/// commands share.
std::string variable_of(std::string_view command, std::string_view option);

/// Our folder below the one that the variable names, or below the user's home ("/.config").
std::string xdg_folder(const char* variable, const std::string& below_home);

/// The origin of a value that won. CLI11 does not say whose it is, so it is told by the value. in_file: what the
/// configuration file gives the option.
Origin origin_of(const std::string& variable, const std::string& value, const std::optional<std::string>& in_file);

}  // namespace i2i::cli
