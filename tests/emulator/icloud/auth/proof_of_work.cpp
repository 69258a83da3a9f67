#include "emulator/icloud/auth/proof_of_work.hpp"

#include <algorithm>
#include <cctype>

#include "emulator/icloud/auth/bytes.hpp"

namespace emulator::icloud {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
}

}  // namespace

int leading_zero_bits(std::string_view digest) {
  int bits = 0;
  for (const char c : digest) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0) {
      bits += 8;
      continue;
    }
    for (unsigned mask = 0x80; (byte & mask) == 0; mask >>= 1) ++bits;
    break;
  }
  return bits;
}

bool stamp_is_good(std::string_view stamp, int bits, std::string_view challenge) {
  const std::string head = "1:" + std::to_string(bits) + ":";
  if (!stamp.starts_with(head)) return false;
  const auto rest = stamp.substr(head.size());
  const std::string tail = ":" + std::string(challenge) + "::";
  if (rest.size() <= 14 + tail.size() || !all_digits(rest.substr(0, 14)) || rest.substr(14, tail.size()) != tail) {
    return false;
  }
  return all_digits(rest.substr(14 + tail.size())) && leading_zero_bits(sha1(stamp)) >= bits;
}

}  // namespace emulator::icloud
