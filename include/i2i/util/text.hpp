#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace i2i::util {

/// Standard alphabet with padding (RFC 4648 §4).
std::string base64_encode(std::string_view bytes);
/// Bytes, or nullopt where the text is not canonical base64. Blanks and line breaks are skipped, missing padding
/// accepted, the URL-safe alphabet too.
std::optional<std::string> base64_decode(std::string_view text);
std::string hex_encode(std::string_view bytes);
std::optional<std::string> hex_decode(std::string_view text);

std::string ascii_lower(std::string_view text);
std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
bool is_valid_utf8(std::string_view text);
/// Valid UTF-8: every bad byte becomes U+FFFD.
std::string replace_bad_utf8(std::string_view text);
/// NFC; text that is not UTF-8 comes back with every bad byte as U+FFFD.
std::string to_nfc(std::string_view text);
/// Unicode case folding of the NFC form, for "would these clash on a case-insensitive disk?".
std::string case_fold(std::string_view text);

/// The first code point of a text that is not empty. valid false: the first byte is bad, value is U+FFFD and bytes 1.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
  bool valid = false;
};
CodePoint next_code_point(std::string_view text);
/// code_point: at most U+10FFFF, no surrogate.
void append_utf8(std::string& text, char32_t code_point);
/// The longest front part of at most limit bytes that does not end within a code point.
std::string_view cut_utf8(std::string_view text, std::size_t limit_bytes);
/// Marks, embeddings, overrides and isolates that change the direction in which text is shown.
bool is_bidi_control(char32_t code_point);

/// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
std::string url_encode(std::string_view text);

/// Text from a server or a file name made safe for a terminal or a log line: control characters, escape sequences,
/// bidirectional overrides and bad UTF-8 become \xNN or \u{…}. Everything else stays as it is; escaping twice is
/// harmless.
std::string escape_for_terminal(std::string_view text);
/// The text as a JSON string in ASCII, quotes included; bad UTF-8 replaced.
std::string quote_json(std::string_view text);
/// A URL without its query string, fragment and user information, for logs.
std::string without_query(std::string_view url);

/// "48,213"; and "1.4 GB" (powers of 1000).
std::string with_thousands(std::uint64_t number);
std::string human_bytes(std::uint64_t bytes);
/// "10M", "500k", "1G", "123" (powers of 1000; Ki, Mi, Gi powers of 1024).
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace i2i::util
