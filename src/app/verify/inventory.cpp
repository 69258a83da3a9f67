#include "app/verify/inventory.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <tuple>

#include "app/selection/home.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr std::size_t kListed = 1000;
constexpr std::int32_t kMonths = 12;
constexpr std::int32_t kUnknownMonth = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMillisPerSecond = 1000;

/// The month on the photo's own clock, counted from year 0; the years are those that a layout's folders know.
std::int32_t month_of(const model::Asset& asset) {
  if (!asset.captured) return kUnknownMonth;
  const std::chrono::sys_time<std::chrono::milliseconds> local{
      std::chrono::milliseconds(*asset.captured + asset.offset_s.value_or(0) * kMillisPerSecond)};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(local)};
  constexpr int kFirstYear = 1900;
  constexpr int kLastYear = 2100;
  const int year = static_cast<int>(day.year());
  if (year < kFirstYear || year > kLastYear) return kUnknownMonth;
  return year * kMonths + static_cast<std::int32_t>(static_cast<unsigned>(day.month())) - 1;
}

std::string text_of_month(std::int32_t month) {
  return month == kUnknownMonth ? std::string{} : fmt::format("{:04}-{:02}", month / kMonths, month % kMonths + 1);
}

std::int64_t& field(VerifyReport::Sums& sums, ContentsByMonth::State state) {
  switch (state) {
    case ContentsByMonth::State::different:
      return sums.different;
    case ContentsByMonth::State::pending:
      return sums.pending;
    case ContentsByMonth::State::unavailable:
      return sums.unavailable;
    case ContentsByMonth::State::not_checked:
      return sums.not_checked;
    case ContentsByMonth::State::by_size:
      return sums.by_size;
    case ContentsByMonth::State::proven:
      break;
  }
  return sums.proven;
}

}  // namespace

void ContentsByMonth::add(const model::Checksum& checksum, State state, const model::Asset& asset) {
  entries_.push_back({content_key(checksum), month_of(asset), state});
}

void ContentsByMonth::tell(VerifyReport::Sums& sums, std::vector<VerifyReport::Month>& months) {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.key, a.month, a.state) < std::tie(b.key, b.month, b.state);
  });
  std::map<std::int32_t, VerifyReport::Month> by_month;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto month = entry->month;
    auto state = entry->state;
    for (const auto key = entry->key; entry != entries_.end() && entry->key == key; ++entry) {
      state = std::min(state, entry->state);
    }
    ++field(sums, state);
    auto& row = by_month[month];
    ++row.files;
    if (state == State::proven || state == State::by_size) ++row.proven;
    if (state == State::different) ++row.different;
    if (state == State::pending || state == State::unavailable) ++row.pending;
  }
  entries_.clear();
  for (auto& [month, row] : by_month) {
    row.month = text_of_month(month);
    months.push_back(std::move(row));
  }
}

Inventory::Inventory(ledger::Ledger& ledger, const Findings& findings,
                     std::unordered_multimap<model::Checksum, std::size_t> differing, std::optional<SafeWish> safe,
                     VerifyReport& report)
    : placements_(ledger),
      catalogue_(ledger),
      findings_(findings),
      differing_(std::move(differing)),
      safe_(std::move(safe)),
      report_(report) {
  if (!safe_) return;
  report_.safe_to_delete = VerifyReport::SafeToDelete{};
  list_.emplace(safe_->list);
}

Result<void> Inventory::know_awaited() {
  I2I_ASSIGN(const auto files, catalogue_.awaited_files());
  awaited_ = {files.begin(), files.end()};
  return {};
}

Result<void> Inventory::selected(const ledger::AssetView& view) {
  end_asset();
  asset_ = State::proven;
  name_differences(view);
  return {};
}

Result<void> Inventory::wanted(const ledger::AssetView& view, const std::vector<model::Rendition>& renditions,
                               const std::vector<std::string>& /*album_paths*/) {
  for (const auto& rendition : renditions) {
    I2I_ASSIGN(const auto state, state_of(view, rendition));
    contents_.add(rendition.checksum, state, view.asset);
    asset_ = std::min(*asset_, state);
  }
  return safe_ && *asset_ == State::proven ? list_if_safe(view) : Result<void>{};
}

Result<void> Inventory::excluded(const ledger::AssetView& view, const std::string& reason) {
  ++report_.excluded[reason];
  ++report_.icloud.assets;
  name_differences(view);
  return {};
}

Result<void> Inventory::unavailable(const ledger::AssetView& /*view*/) {
  ++report_.unavailable;
  asset_ = std::min(*asset_, State::unavailable);
  return {};
}

Result<void> Inventory::finish() {
  end_asset();
  contents_.tell(report_.files, report_.months);
  const auto& files = report_.files;
  report_.icloud.files =
      files.proven + files.by_size + files.different + files.pending + files.unavailable + files.not_checked;
  report_.pending = files.pending;
  report_.unavailable += files.unavailable;
  if (!list_) return {};
  I2I_ASSIGN(const bool written, list_->finish());
  if (written) report_.safe_to_delete->list = safe_->list;
  return {};
}

Result<ContentsByMonth::State> Inventory::state_of(const ledger::AssetView& view, const model::Rendition& rendition) {
  I2I_ASSIGN(const auto placement, placements_.find(rendition.checksum));
  if (!placement || placement->state == ledger::PlacementState::planned) {
    const bool of_asset = ledger::is_of_asset(rendition.kind);
    // Apple had no address for it in the last sync, and has brought no news of it since.
    if (awaited_.contains({view.zone, of_asset ? view.asset.name : view.master.name, rendition.kind})) {
      return State::unavailable;
    }
    return State::pending;  // newer than the last sync, or left over by it
  }
  if (placement->state == ledger::PlacementState::trashed) return State::pending;
  if (findings_.different.contains(rendition.checksum)) return State::different;
  if (findings_.volume == Findings::Volume::not_asked) return State::not_checked;
  if (findings_.volume == Findings::Volume::part && placement->proven_at.value_or(0) < findings_.since) {
    return State::not_checked;
  }
  return placement->proven ? State::proven : State::by_size;
}

/// Deleting the asset deletes all that Apple has of it, so that all of it counts here, wanted or not.
Result<void> Inventory::list_if_safe(const ledger::AssetView& view) {
  if (!view.asset.captured || *view.asset.captured >= safe_->captured_until) return {};
  std::string path;
  for (const auto& rendition : view.renditions) {
    I2I_ASSIGN(const auto placement, placements_.find(rendition.checksum));
    const bool is_safe =
        placement && placement->state == ledger::PlacementState::placed && placement->proven &&
        placement->proven_at.value_or(0) >= findings_.since && !findings_.different.contains(rendition.checksum) &&
        std::binary_search(findings_.in_immich.begin(), findings_.in_immich.end(), content_key(rendition.checksum));
    if (!is_safe) return {};
    if (path.empty()) path = placement->path;
  }
  auto& told = *report_.safe_to_delete;
  if (told.assets == 0) I2I_TRY(list_->line("# captured\tname\tlibrary\tpath\tasset"));
  ++told.assets;
  VerifyReport::SafeAsset asset{view.asset.name, view.zone.name, view.asset.captured,
                                view.master.filename.empty() ? leaf_of(path) : view.master.filename, path};
  const auto shown = [](const std::string& text) { return util::escape_for_terminal(text); };
  I2I_TRY(list_->line(fmt::format("{}\t{}\t{}\t{}\t{}", util::format_utc(*asset.captured), shown(asset.name),
                                  shown(asset.library), shown(asset.path), shown(asset.asset))));
  if (told.listed.size() < kListed) told.listed.push_back(std::move(asset));
  return {};
}

void Inventory::name_differences(const ledger::AssetView& view) {
  if (differing_.empty()) return;
  for (const auto& rendition : view.renditions) {
    const auto [first, last] = differing_.equal_range(rendition.checksum);
    for (auto it = first; it != last; ++it) {
      auto& asset = report_.differences[it->second].asset;
      if (asset.empty()) asset = view.asset.name;
    }
  }
}

void Inventory::end_asset() {
  if (!asset_) return;
  ++report_.icloud.assets;
  ++report_.icloud.selected;
  ++field(report_.assets, *asset_);
  asset_.reset();
}

}  // namespace i2i::app
