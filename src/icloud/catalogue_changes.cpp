#include "icloud/catalogue_changes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "i2i/icloud/catalogue.hpp"
#include "i2i/net/retry.hpp"
#include "icloud/catalogue_listed.hpp"

namespace i2i::icloud {
namespace {

constexpr std::size_t kLookupNames = 100;
/// Dozens of empty pages in a row are normal (docs/protocol/icloud.md §8.2).
constexpr int kMaxStandingStill = 1000;

}  // namespace

util::Result<void> fetch_failed(CloudKit& cloudkit, const model::ZoneId& zone, Page& page) {
  const std::vector<std::string> names = std::move(page.failed);
  page.failed.clear();
  for (std::size_t begin = 0; begin < names.size(); begin += kLookupNames) {
    const std::size_t end = std::min(begin + kLookupNames, names.size());
    const std::vector<std::string> batch(names.begin() + static_cast<std::ptrdiff_t>(begin),
                                         names.begin() + static_cast<std::ptrdiff_t>(end));
    I2I_ASSIGN(auto found, cloudkit.lookup(zone, batch));
    for (auto& one : found) {
      if (one.error && net::action_for(one.error->code) == net::Action::retry_later) {
        return util::fail(one.error->in(fmt::format("record {}", one.name)));
      }
      if (one.error) continue;  // its Skipped stays in the page
      std::erase_if(page.records, [&one](const model::Record& record) {
        const auto* skipped = std::get_if<model::Skipped>(&record);
        return skipped != nullptr && skipped->name == one.name;
      });
      if (one.record) page.records.push_back(*std::move(one.record));
    }
  }
  return {};
}

util::Result<void> follow_changes(CloudKit& cloudkit, const model::ZoneId& zone, std::optional<std::string>& token,
                                  const std::function<util::Result<bool>(const Page& page)>& take) {
  int standing_still = 0;
  for (std::size_t number = 1;; ++number) {
    auto page = cloudkit.changes(zone, token);
    if (!page) return util::fail(page.error().in(fmt::format("page {} of the changes of zone {}", number, zone.name)));
    I2I_TRY(fetch_failed(cloudkit, zone, *page));
    standing_still = token && *token == page->sync_token ? standing_still + 1 : 0;
    I2I_ASSIGN(const bool go_on, take(*page));
    token = page->sync_token;
    if (!page->more || !go_on) return {};
    if (standing_still >= kMaxStandingStill) {
      return util::fail(util::ErrorCode::bad_answer,
                        fmt::format("the changes of zone {} do not move on, though more are promised", zone.name));
    }
  }
}

util::Result<ChangesReport> read_changes(CloudKit& cloudkit, const model::ZoneId& zone, const std::string& token,
                                         CatalogueSink& sink) {
  ChangesReport report;
  std::string stored = token;
  std::optional<std::string> position = token;
  const auto take = [&](const Page& page) -> util::Result<bool> {
    // Nothing new: the run that finds nothing writes nothing.
    if (page.records.empty() && page.sync_token == stored) return true;
    I2I_TRY(sink.put_changes(zone, page.records, page.sync_token));
    stored = page.sync_token;
    report.records += page.records.size();
    note_skipped(page.records, report.skipped, report.skipped_by_reason);
    return true;
  };
  I2I_TRY(follow_changes(cloudkit, zone, position, take));
  return report;
}

}  // namespace i2i::icloud
