#pragma once
// A bounded reader of property lists, for the two shapes that photo records hold: a dict of numbers (a place) and an
// array of strings (keywords). libplist (Debian: libplist-dev) would read them too, but brings four formats, its own
// allocations and a history of memory bugs for what two small functions do here, over bytes that any shared library's
// member can write.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace i2i::icloud {

struct Plist {
  enum class Kind { other, number, text, array, dict };
  Kind kind = Kind::other;
  double number = 0;              // integers, reals, booleans; dates as seconds since 2001-01-01T00:00:00Z
  std::string text;               // UTF-8
  std::vector<std::string> keys;  // of a dict, in the order of items
  std::vector<Plist> items;       // of an array or a dict

  /// The value of a dict's key; nullptr where this is no dict or has no such key.
  [[nodiscard]] const Plist* find(std::string_view key) const;
};

/// A binary ("bplist00") or XML property list.
/// nullopt for anything malformed and for what is larger or deeper than any record needs: more than 4,096 values in all
/// (so that an object that refers to itself or to many others ends), deeper than 8.
/// Source: docs/protocol/icloud.md §9.3, Appendix A.4.
std::optional<Plist> parse_plist(std::string_view bytes);

}  // namespace i2i::icloud
