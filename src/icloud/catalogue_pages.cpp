#include "icloud/catalogue_pages.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace i2i::icloud {
namespace {

constexpr std::int64_t kPagePhotos = 100;  // docs/protocol/icloud.md §7.3
constexpr std::int64_t kStep = kPagePhotos - 1;
constexpr std::size_t kEmptyPagesAtEnd = 2;

}  // namespace

/// It ends where the count is reached and two pages beyond are empty; the count alone decides nothing, and an empty
/// page before it is asked for again, then passed over.
util::Result<void> PageWalk::run(bool first_alone) {
  alone_ = first_alone;
  beyond_wanted_ = kEmptyPagesAtEnd;
  I2I_TRY(cloudkit_.list_each(
      zone_, index_, [this] { return next_rank(); },
      [this](std::int64_t rank, Page& page) {
        auto taken = take_page(rank, page);
        if (taken) return taken;
        return util::Result<void>(
            util::fail(taken.error().in(fmt::format("photos from {} of zone {}", rank, zone_.name))));
      }));
  return guard_end(next_);
}

std::optional<std::int64_t> PageWalk::next_rank() {
  if (alone_ && in_flight_ > 0) return std::nullopt;
  if (!guard_end(next_)) return std::nullopt;
  if (next_ >= count_) {
    const bool at_end = empty_at_end_ >= kEmptyPagesAtEnd;
    if (at_end || empty_at_end_ + beyond_in_flight_ >= beyond_wanted_) return std::nullopt;
    ++beyond_in_flight_;
  }
  ++in_flight_;
  return std::exchange(next_, next_ + kStep);
}

util::Result<void> PageWalk::take_page(std::int64_t rank, Page& page) {
  alone_ = false;
  --in_flight_;
  if (rank >= count_) --beyond_in_flight_;
  if (page.raw_records == 0 && rank < count_) {
    I2I_ASSIGN(page, cloudkit_.list(zone_, index_, rank));
  }
  I2I_TRY(take_(page));
  if (page.raw_records == 0) {
    ++empty_at_end_;
    return {};
  }
  // Photos behind an empty page: it should not have been empty.
  gaps_ = gaps_ || empty_at_end_ > 0;
  empty_at_end_ = 0;
  // Photos behind the count: it is wrong, or nobody knows one. What is asked for at once grows.
  if (rank >= count_) ++beyond_wanted_;
  Names names = names_in(page);
  I2I_TRY(mend_seam(rank, names));
  I2I_TRY(follow_short_page(rank, page, names));
  before_ = std::move(names);
  return {};
}

PageWalk::Names PageWalk::names_in(const Page& page) {
  Names names;
  for (const auto& record : page.records) {
    if (const auto* asset = std::get_if<model::Asset>(&record)) names.insert(asset->name);
    const auto* skipped = std::get_if<model::Skipped>(&record);
    if (skipped != nullptr && skipped->type == "CPLAsset") names.insert(skipped->name);
  }
  return names;
}

bool PageWalk::share_one(const Names& some, const Names& others) {
  return std::any_of(some.begin(), some.end(), [&others](const std::string& name) { return others.contains(name); });
}

/// Two neighbours that have no photo in common: a page across the seam has to have one with each, or the list is read
/// anew. (A photo that did not move keeps its side of every other such photo, so what both pages hold leaves no room
/// between them.)
util::Result<void> PageWalk::mend_seam(std::int64_t rank, const Names& names) {
  if (before_.empty() || names.empty() || share_one(before_, names)) return {};
  I2I_ASSIGN(Page page, cloudkit_.list(zone_, index_, rank - kPagePhotos / 2));
  I2I_TRY(take_(page));
  const Names across = names_in(page);
  seam_broken_ = seam_broken_ || !share_one(before_, across) || !share_one(across, names);
  return {};
}

/// A page that holds fewer photos than its ranks, with more to come behind: the rest of its ranks.
util::Result<void> PageWalk::follow_short_page(std::int64_t rank, const Page& page, Names& names) {
  const std::int64_t end = rank + kPagePhotos;
  auto got = static_cast<std::int64_t>(names.size());
  bool more = page.more;
  while (got > 0 && rank + got < end && (more || rank + got < count_)) {
    rank += got;
    I2I_ASSIGN(Page rest, cloudkit_.list(zone_, index_, rank));
    I2I_TRY(take_(rest));
    more = rest.more;
    Names rest_names = names_in(rest);
    got = static_cast<std::int64_t>(rest_names.size());
    names.merge(rest_names);
  }
  return {};
}

util::Result<void> PageWalk::guard_end(std::int64_t rank) const {
  constexpr std::int64_t kBeyondAnyLibrary = 10'000'000;
  if (rank <= std::max(kBeyondAnyLibrary, 2 * count_)) return {};
  return util::fail(util::ErrorCode::bad_answer, fmt::format("the list of zone {} does not end", zone_.name));
}

}  // namespace i2i::icloud
