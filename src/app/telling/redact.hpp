#pragma once
#include <string>
#include <string_view>

namespace i2i::app {

/// An address as others may see it: "y***@example.com".
std::string masked_address(std::string_view address);

/// A sentence for somebody else's computer: the account's address masked wherever it stands, in one line.
std::string for_others(std::string_view text, const std::string& apple_id);

/// The same of a log line; there also words are masked that may be tokens (25 or more letters, digits and "+-_=" with a
/// digit or two cases among them).
std::string log_for_others(std::string_view line, const std::string& apple_id);

}  // namespace i2i::app
