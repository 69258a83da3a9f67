#include "emulator/icloud/photos/tokens.hpp"

#include <algorithm>

#include "emulator/common/codec.hpp"

namespace emulator::icloud {
namespace {

constexpr std::size_t kTokenSize = 33;
constexpr std::string_view kMiddle = "\x7f\xff\xff\xff\xff\xff\xff\xff";

std::string big_endian(std::uint64_t value) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[7 - i] = static_cast<char>((value >> (8 * i)) & 255U);
  return bytes;
}

std::uint64_t from_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8U) | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

std::string change_tag(std::uint64_t counter) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text;
  do {
    text += kDigits[counter % 36];
    counter /= 36;
  } while (counter > 0);
  std::reverse(text.begin(), text.end());
  return text;
}

std::string sync_token(std::uint64_t counter, std::string_view owner_bytes) {
  return base64("\x01" + big_endian(counter) + std::string(kMiddle) + std::string(owner_bytes));
}

ReadToken read_sync_token(std::string_view token, std::string_view owner_bytes) {
  const auto bytes = unbase64(token);
  if (!bytes || bytes->empty() || bytes->front() != '\x01') return {.fault = TokenFault::garbage};
  if (bytes->size() < kTokenSize) return {.fault = TokenFault::truncated};
  if (bytes->size() > kTokenSize || bytes->substr(9, 8) != kMiddle) return {.fault = TokenFault::garbage};
  if (bytes->substr(17) != owner_bytes) return {.fault = TokenFault::foreign};
  return {.counter = from_big_endian(std::string_view(*bytes).substr(1, 8))};
}

std::string token_owner(std::string_view name) { return sha1("token of " + std::string(name)).substr(0, 16); }

std::string continuation_marker(const Marker& marker) {
  const std::string item =
      "\x0a" + std::string(1, static_cast<char>(marker.last_item.size())) + marker.last_item + "\x10\x01";
  return base64("\x12\x09\x19" + big_endian(marker.rank) + "\x1a" + std::string(1, static_cast<char>(item.size())) +
                item);
}

std::optional<Marker> read_marker(std::string_view text) {
  const auto bytes = unbase64(text);
  if (!bytes || bytes->size() < 15 || bytes->substr(0, 3) != "\x12\x09\x19") return std::nullopt;
  const auto length = static_cast<unsigned char>((*bytes)[14]);
  if (bytes->size() != 15U + length + 2U) return std::nullopt;
  return Marker{.rank = from_big_endian(std::string_view(*bytes).substr(3, 8)), .last_item = bytes->substr(15, length)};
}

}  // namespace emulator::icloud
