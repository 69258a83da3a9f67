#pragma once
// The two engines that see an exclusion pattern, and the text search (docs/protocol/immich.md §7.5, §9.3).

#include <string>
#include <string_view>

namespace emulator::immich {

enum class Case { sensitive, insensitive };

/// Glob on a whole path: **, *, ?, [classes] and {alternatives}.
bool glob_matches(std::string_view pattern, std::string_view path, Case letters);
/// The crude translation of a glob that the check uses: braces, brackets, parentheses and + vanish.
std::string glob_to_like(std::string_view pattern);
/// SQL LIKE by code points, case-sensitive.
bool like_matches(std::string_view pattern, std::string_view text);
/// Accent- and case-insensitive substring in which % and _ are wildcards.
bool contains_folded(std::string_view needle, std::string_view text);

}  // namespace emulator::immich
