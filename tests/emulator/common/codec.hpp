#pragma once
// Encodings and digests the practice services share.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace emulator {

/// RFC 4648 base64 with padding.
std::string base64(std::string_view bytes);
/// RFC 4648 §5 alphabet, no padding.
std::string base64url(std::string_view bytes);
/// Either alphabet, padding optional; nothing where a character does not belong.
std::optional<std::string> unbase64(std::string_view text);

std::string hex(std::string_view bytes);
/// Raw digests: 20 and 32 bytes.
std::string sha1(std::string_view bytes);
std::string hmac_sha1(std::string_view key, std::string_view bytes);

/// Percent-encodes everything but letters, digits and "-._~".
std::string percent_encode(std::string_view text);
std::string percent_decode(std::string_view text);

/// One step of splitmix64: a good mix of any 64-bit number; the base of everything generated.
std::uint64_t mix64(std::uint64_t value);
/// An upper-case UUID (version 4 form) drawn from two numbers; the same for the same numbers.
std::string uuid_from(std::uint64_t high, std::uint64_t low);

/// "*" stands for any run of characters; a pattern without "*" matches wherever it occurs; "" matches all.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace emulator
