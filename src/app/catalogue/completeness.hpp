#pragma once
// What was listed against what Apple counts, told to a person.

#include <optional>
#include <string>
#include <vector>

#include "i2i/app/report.hpp"
#include "i2i/icloud/catalogue.hpp"

namespace i2i::app {

std::vector<AppleCount> apple_counts(const icloud::ListingReport& listing);

/// One sentence with the numbers of each list that came out short, and why; nullopt where nothing is missing.
/// docs/decisions/0009-what-a-listing-proves.md.
std::optional<std::string> shortfall(const std::string& zone, const icloud::ListingReport& listing);

}  // namespace i2i::app
