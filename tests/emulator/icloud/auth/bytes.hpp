#pragma once
// Bytes, digests and texts of the sign-in services. Bytes travel as std::string.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace emulator::icloud {

std::string sha256(std::string_view bytes);
std::string sha1(std::string_view bytes);
std::string to_hex(std::string_view bytes);
/// Standard alphabet with padding.
std::string to_base64(std::string_view bytes);
/// nullopt for anything but standard base64 with padding.
std::optional<std::string> from_base64(std::string_view text);
std::string to_base64url(std::string_view bytes);
std::string to_lower(std::string_view text);
/// So many bytes of the seeded generator.
std::string random_bytes(std::mt19937_64& random, std::size_t count);
/// A UUID, version 4, lower case.
std::string random_uuid(std::mt19937_64& random);

/// JSON as Apple prints it: two blanks a level, a blank before each colon (docs/protocol/icloud.md §13.4).
std::string apple_json(const nlohmann::json& json);
/// Parses a request's body; nullopt unless it is a JSON object.
std::optional<nlohmann::json> parse_object(const std::string& text);

/// "Tue, 16-Jan-2024 02:07:19 GMT": the hyphenated form of cookie dates (§1.5).
std::string cookie_date(std::int64_t ms);
/// The value of a cookie in a Cookie header, quotes included; nullopt where it is not sent.
std::optional<std::string> cookie_value(std::string_view header, std::string_view name);

}  // namespace emulator::icloud
