#include "ledger/packed.hpp"

#include <algorithm>
#include <optional>

#include "i2i/util/text.hpp"

namespace i2i::ledger {
namespace {

constexpr std::size_t kUuidText = 36;
constexpr std::size_t kUuidBytes = 16;
constexpr std::size_t kSha1Text = 40;
constexpr std::size_t kSha1Bytes = 20;
constexpr std::size_t kSignatureText = 28;
constexpr std::size_t kSignatureBytes = 21;

bool is_dash_place(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

int upper_hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> uuid_bytes(std::string_view text) {
  std::string bytes;
  int high = -1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_dash_place(at)) {
      if (text[at] != '-') return std::nullopt;
      continue;
    }
    const int value = upper_hex_value(text[at]);
    if (value < 0) return std::nullopt;
    if (high < 0) {
      high = value;
    } else {
      bytes += static_cast<char>(high * 16 + value);
      high = -1;
    }
  }
  return bytes;
}

std::string uuid_text(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  text.reserve(kUuidText);
  for (const char c : bytes) {
    if (is_dash_place(text.size())) text += '-';
    text += kDigits[static_cast<unsigned char>(c) >> 4U];
    text += kDigits[static_cast<unsigned char>(c) & 0xFU];
  }
  return text;
}

std::optional<std::string> bytes_of(std::string_view text) {
  if (text.size() == kUuidText) return uuid_bytes(text);
  if (text.size() == kSha1Text) {
    const bool is_lower = std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'F'; });
    return is_lower ? util::hex_decode(text) : std::nullopt;
  }
  // 0x01 and what follows it begin with A. Decoding forgives blanks and the alphabet of URLs: only what comes back to
  // the letter is packed.
  if (text.size() == kSignatureText && text[0] == 'A') {
    auto bytes = util::base64_decode(text);
    if (bytes && bytes->size() == kSignatureBytes && bytes->front() == 1 && util::base64_encode(*bytes) == text) {
      return bytes;
    }
  }
  return std::nullopt;
}

}  // namespace

Stored packed(std::string_view text) {
  if (auto bytes = bytes_of(text)) return {true, *std::move(bytes)};
  return {false, std::string(text)};
}

std::string unpacked(std::string_view blob) {
  switch (blob.size()) {
    case kUuidBytes:
      return uuid_text(blob);
    case kSha1Bytes:
      return util::hex_encode(blob);
    case kSignatureBytes:
      return util::base64_encode(blob);
    default:
      return {};
  }
}

}  // namespace i2i::ledger
