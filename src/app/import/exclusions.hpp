#pragma once
// Exclusion patterns of an Immich library. Two engines of Immich read the same pattern, each in its own way
// (docs/protocol/immich.md §7.5); here both are asked about one path as the server names it.

#include <optional>
#include <string>
#include <vector>

namespace i2i::app {

/// For a library that we make: plain names between slashes, which both engines read alike.
std::vector<std::string> own_exclusions();

/// The crawl passes the file over, so it never becomes an asset. False where the pattern has more than names, *, ? and
/// **: then nobody knows.
bool is_passed_over(const std::string& pattern, const std::string& container_path);
/// The check takes the asset offline: what Immich makes of the pattern for its database.
bool is_taken_offline(const std::string& pattern, const std::string& container_path);

/// The first pattern of which the engine says so.
std::optional<std::string> passing_over(const std::vector<std::string>& patterns, const std::string& container_path);
std::optional<std::string> taking_offline(const std::vector<std::string>& patterns, const std::string& container_path);

}  // namespace i2i::app
