#pragma once
// Reading changes/zone to its end, for the healing of a listing, for the whole history, and for the daily run.

#include <functional>
#include <optional>
#include <string>

#include "i2i/icloud/cloudkit.hpp"

namespace i2i::icloud {

/// Fetches the records that came as errors of their own and puts them into the page. throttled where one stays out of
/// reach, so that nothing is taken for gone; what is refused for good stays Skipped, what is gone is left out.
util::Result<void> fetch_failed(CloudKit& cloudkit, const model::ZoneId& zone, Page& page);

/// Gives each page to take, whose records are whole, until the service says there is no more; take's false ends early.
/// token: where to begin (nullopt: at the beginning of time); where it ended afterwards.
/// bad_answer where the stream stands still while it promises more.
util::Result<void> follow_changes(CloudKit& cloudkit, const model::ZoneId& zone, std::optional<std::string>& token,
                                  const std::function<util::Result<bool>(const Page& page)>& take);

}  // namespace i2i::icloud
