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
/// Bytes, or nullopt where the text is not canonical base64. Blanks and line breaks are skipped, missing padding accepted,
/// the URL-safe alphabet too.
std::optional<std::string> base64_decode(std::string_view text);
std::string hex_encode(std::string_view bytes);
std::optional<std::string> hex_decode(std::string_view text);

std::string ascii_lower(std::string_view text);
std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
bool is_valid_utf8(std::string_view text);
/// NFC; text that is not UTF-8 comes back with every bad byte as U+FFFD.
std::string to_nfc(std::string_view text);
/// Unicode case folding of the NFC form, for "would these clash on a case-insensitive disk?".
std::string case_fold(std::string_view text);
/// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
std::string url_encode(std::string_view text);

/// Text from a server or a file name made safe for a terminal or a log line: control characters, escape sequences,
/// bidirectional overrides and bad UTF-8 become \xNN or \u{…}. Everything else stays as it is.
std::string escape_for_terminal(std::string_view text);
/// A URL without its query string and fragment, for logs.
std::string without_query(std::string_view url);

/// "48,213"; and "1.4 GB" (powers of 1000).
std::string with_thousands(std::uint64_t number);
std::string human_bytes(std::uint64_t bytes);
/// "10M", "500k", "1G", "123" (powers of 1000; Ki, Mi, Gi powers of 1024).
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace i2i::util
