#pragma once
// Change tags, sync tokens and continuation markers: docs/protocol/icloud.md §8.2, §9.1, §7.4.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace emulator::icloud {

/// recordChangeTag: a zone's counter in base 36, lower case.
std::string change_tag(std::uint64_t counter);

/// base64 of 33 bytes: 0x01, the counter, 7f ff ff ff ff ff ff ff, 16 bytes that belong to the zone (or the database).
std::string sync_token(std::uint64_t counter, std::string_view owner_bytes);

enum class TokenFault {
  none,
  garbage,    // "Unknown sync continuation type"
  truncated,  // "Invalid continuation format"
  foreign     // another zone's, or a database's
};

struct ReadToken {
  TokenFault fault = TokenFault::none;
  std::uint64_t counter = 0;
};

ReadToken read_sync_token(std::string_view token, std::string_view owner_bytes);

/// 16 bytes that stand for a zone or database in its tokens.
std::string token_owner(std::string_view name);

/// Where a listing goes on: after that item, or at that rank where the item is gone.
struct Marker {
  std::uint64_t rank = 0;  // of the next item
  std::string last_item;
};

std::string continuation_marker(const Marker& marker);
std::optional<Marker> read_marker(std::string_view text);

}  // namespace emulator::icloud
