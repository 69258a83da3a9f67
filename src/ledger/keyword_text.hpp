#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace i2i::ledger {

/// Keywords in one column: netstrings without the comma, "5:beach3:sun". Any bytes survive.
std::string join_keywords(const std::vector<std::string>& keywords);
/// The readable part of a damaged text; never fails.
std::vector<std::string> split_keywords(std::string_view text);

}  // namespace i2i::ledger
