#pragma once
// What can go wrong with a body on its way: docs/protocol/icloud.md §13.5 item 18.

#include <span>
#include <string_view>

#include "emulator/common/fault_plan.hpp"

namespace emulator {

/// flip_bit, truncate, reset, short_body, html_body, wrong_size, ignore_range, without_length.
std::span<const std::string_view> body_fault_kinds();
bool is_body_fault(const std::string& kind);

/// Spoils an answer, before ranges are applied. What happens between the two ends (truncate, reset, html_body) happens
/// to every answer; the other kinds leave all but status 200 unchanged, for they spoil files. flip_bit: one bit at
/// action.at (middle); truncate: the connection ends there though more was announced; reset: the same by a TCP reset;
/// short_body: 17 bytes (or action.n) with a Content-Length of 17; html_body: 200 with an error page; wrong_size:
/// action.n bytes more (or fewer) than the file has; ignore_range: 200 with everything; without_length: no
/// Content-Length.
Response spoil_body(const FaultAction& action, Response response);

/// The answer with the other's bytes, repeated or cut to the length announced; inverted bytes where there is no other.
Response swap_body(Response response, const Response& other);

}  // namespace emulator
