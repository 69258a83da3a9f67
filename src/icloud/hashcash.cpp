#include "hashcash.hpp"

#include <fmt/core.h>

#include "i2i/util/hash.hpp"

namespace i2i::icloud {
namespace {

constexpr int kMostBits = 24;

bool starts_with_zero_bits(const std::string& digest, int bits) {
  int left = bits;
  for (const char byte : digest) {
    if (left <= 0) return true;
    const auto value = static_cast<unsigned char>(byte);
    if (left >= 8) {
      if (value != 0) return false;
    } else {
      return (value >> static_cast<unsigned>(8 - left)) == 0;
    }
    left -= 8;
  }
  return left <= 0;
}

/// "2026-01-01T00:00:00Z" without its punctuation.
std::string digits_of(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

}  // namespace

std::optional<std::string> hashcash_stamp(int bits, const std::string& challenge, util::UnixMillis now) {
  if (bits < 0 || bits > kMostBits) return std::nullopt;
  const std::string prefix = fmt::format("1:{}:{}:{}::", bits, digits_of(util::format_utc(now)), challenge);
  for (std::uint64_t counter = 0;; ++counter) {
    std::string stamp = prefix + std::to_string(counter);
    if (starts_with_zero_bits(util::sha1(stamp), bits)) return stamp;
  }
}

}  // namespace i2i::icloud
