// Everything that has to know code points; the only user of utf8proc.
#include <fmt/core.h>
#include <utf8proc.h>

#include <algorithm>

#include <cstdlib>
#include <memory>

#include "i2i/util/text.hpp"

namespace i2i::util {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct FreeDeleter {
  void operator()(utf8proc_uint8_t* bytes) const noexcept {
    std::free(bytes);  // NOLINT(cppcoreguidelines-no-malloc): utf8proc hands out malloc'ed memory
  }
};

/// text must be valid UTF-8. Without memory, or where the result would be too long for the library: text as it is.
std::string map_utf8(std::string text, int options) {
  utf8proc_uint8_t* raw = nullptr;
  const auto length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &raw, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, FreeDeleter> owned(raw);
  if (length < 0) return text;
  return {reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length)};
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c <= 0x9F); }
bool is_line_separator(char32_t c) { return c == 0x2028 || c == 0x2029; }

}  // namespace

CodePoint next_code_point(std::string_view text) {
  utf8proc_int32_t value = 0;
  const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &value);
  if (length <= 0) return {kReplacement, 1, false};
  return {static_cast<char32_t>(value), static_cast<std::size_t>(length), true};
}

void append_utf8(std::string& text, char32_t code_point) {
  utf8proc_uint8_t bytes[4];
  const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), bytes);
  text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

std::string_view cut_utf8(std::string_view text, std::size_t limit_bytes) {
  if (text.size() <= limit_bytes) return text;
  std::size_t end = limit_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

bool is_bidi_control(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = next_code_point(text);
    if (!point.valid) return false;
    text.remove_prefix(point.bytes);
  }
  return true;
}

std::string replace_bad_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = next_code_point(text);
    append_utf8(clean, point.value);
    text.remove_prefix(point.bytes);
  }
  return clean;
}

std::string to_nfc(std::string_view text) {
  return map_utf8(replace_bad_utf8(text), UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string case_fold(std::string_view text) {
  // Most paths are ASCII, and a walk over a volume folds each: the long way gives the same, slowly.
  const bool is_ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (is_ascii) return ascii_lower(text);
  return map_utf8(to_nfc(text), UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
}

std::string escape_for_terminal(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = next_code_point(text);
    if (!point.valid || point.value < 0x20 || point.value == 0x7F) {
      safe += fmt::format("\\x{:02X}", static_cast<unsigned>(static_cast<unsigned char>(text.front())));
    } else if (is_control(point.value) || is_bidi_control(point.value) || is_line_separator(point.value)) {
      safe += fmt::format("\\u{{{:X}}}", static_cast<unsigned>(point.value));
    } else {
      safe.append(text.substr(0, point.bytes));
    }
    text.remove_prefix(point.bytes);
  }
  return safe;
}

}  // namespace i2i::util
