#include "app/catalogue/completeness.hpp"

#include <fmt/core.h>

namespace i2i::app {
namespace {

const char* word_of(icloud::Index index) {
  switch (index) {
    case icloud::Index::visible:
      return "visible";
    case icloud::Index::hidden:
      return "hidden";
    case icloud::Index::recently_deleted:
      return "recently_deleted";
    case icloud::Index::bursts:
      break;
  }
  return "bursts";
}

const char* place_of(icloud::Index index) {
  switch (index) {
    case icloud::Index::hidden:
      return "in Hidden";
    case icloud::Index::recently_deleted:
      return "in Recently Deleted";
    default:
      return "in the library";
  }
}

}  // namespace

std::vector<AppleCount> apple_counts(const icloud::ListingReport& listing) {
  std::vector<AppleCount> counts;
  // While Apple still builds the index its counts say nothing.
  if (!listing.indexed || !listing.healed) return counts;
  for (const auto& count : listing.counts) counts.push_back({word_of(count.index), count.apple, count.listed});
  return counts;
}

std::optional<std::string> shortfall(const std::string& zone, const icloud::ListingReport& listing) {
  std::string numbers;
  for (const auto& count : listing.counts) {
    if (!listing.indexed || !listing.healed || count.listed >= count.apple) continue;
    numbers += fmt::format("{}{} {} ({} listed)", numbers.empty() ? "" : ", ", count.apple, place_of(count.index),
                           count.listed);
  }
  if (numbers.empty()) return std::nullopt;
  std::string said = fmt::format("Apple counts more in {} than could be listed: {}.", zone, numbers);
  if (listing.unreadable_assets > 0) {
    said += fmt::format(" {} of them cannot be read (the records skipped, by reason, are in the results).",
                        listing.unreadable_assets);
  }
  if (listing.short_by > 0) {
    said += fmt::format(
        " {} are not explained; Apple's counts are off at times. Nothing is taken for deleted because of this listing. "
        "See what is missing in Photos, and list again with: icloud2immich sync --full",
        listing.short_by);
  }
  return said;
}

}  // namespace i2i::app
