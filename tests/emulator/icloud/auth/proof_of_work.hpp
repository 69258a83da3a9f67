#pragma once
// The X-Apple-HC stamp (docs/protocol/icloud.md §2.5).

#include <string>
#include <string_view>

namespace emulator::icloud {

/// Whether stamp is "1:<bits>:<14 digits>:<challenge>::<counter>" for just these bits and this challenge, and its SHA-1
/// starts with so many zero bits.
bool stamp_is_good(std::string_view stamp, int bits, std::string_view challenge);

/// Zero bits at the start of a digest.
int leading_zero_bits(std::string_view digest);

}  // namespace emulator::icloud
