#pragma once
// Texts of three forms fill most of a ledger. In the file they stand as the bytes they spell; every other text stands
// as it is. docs/decisions/0019-a-compact-ledger.md.

#include <compare>
#include <string>
#include <string_view>

namespace i2i::ledger {

/// To be bound in the form it has in the file.
struct Packed {
  const std::string& text;
};

/// What a column holds: the bytes of a text, or of a blob.
struct Stored {
  bool is_blob = false;
  std::string bytes;
  /// As SQLite orders them: every text before every blob.
  auto operator<=>(const Stored&) const = default;
};

/// A blob where the text is one of these, to the letter: an upper-case UUID (16 bytes), 40 lower-case hexadecimal
/// digits (20 bytes), the base64 of 21 bytes of which the first is 1 (a provable checksum; the names of most masters).
/// Else the text. Nothing is lost: unpacked(packed(text)) is text.
Stored packed(std::string_view text);
/// The text of a blob; "" for a length that none has, as only a damaged file can hold it.
std::string unpacked(std::string_view blob);

}  // namespace i2i::ledger
