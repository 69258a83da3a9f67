#pragma once
// One list of a zone by ranks, several pages in flight, with the proof that nothing fell between two pages.

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_set>

#include "i2i/icloud/cloudkit.hpp"

namespace i2i::icloud {

/// Reads one list to its end. Pages overlap by one photo: pages asked for at the same time are read by the server in
/// any order; a photo added or removed between two reads shifts the later ranks, and then the pages have nothing in
/// common: that is seen and mended. docs/protocol/icloud.md §7.3, §7.4.
class PageWalk {
 public:
  using Take = std::function<util::Result<void>(Page& page)>;
  /// count: what Apple counts in the list, a hint: 0 where unknown.
  PageWalk(CloudKit& cloudkit, const model::ZoneId& zone, Index index, std::int64_t count, Take take)
      : cloudkit_(cloudkit), zone_(zone), index_(index), count_(count), take_(std::move(take)) {}

  /// first_alone: the very first page has to come before every other is asked for.
  util::Result<void> run(bool first_alone);
  /// Photos came behind a page that stayed empty.
  [[nodiscard]] bool has_gaps() const { return gaps_; }
  /// Two neighbours have no photo in common, and no page across the seam has one with each.
  [[nodiscard]] bool has_broken_seam() const { return seam_broken_; }

 private:
  using Names = std::unordered_set<std::string>;
  static Names names_in(const Page& page);
  static bool share_one(const Names& some, const Names& others);
  std::optional<std::int64_t> next_rank();
  util::Result<void> take_page(std::int64_t rank, Page& page);
  util::Result<void> mend_seam(std::int64_t rank, const Names& names);
  util::Result<void> follow_short_page(std::int64_t rank, const Page& page, Names& names);
  /// A service that answers any rank with photos would be asked for ever.
  [[nodiscard]] util::Result<void> guard_end(std::int64_t rank) const;

  CloudKit& cloudkit_;
  const model::ZoneId& zone_;
  Index index_;
  std::int64_t count_;
  Take take_;

  std::int64_t next_ = 0;
  bool alone_ = false;
  std::size_t in_flight_ = 0;
  std::size_t beyond_in_flight_ = 0;  // at or behind the count
  std::size_t beyond_wanted_ = 0;
  std::size_t empty_at_end_ = 0;
  Names before_;  // of the page before the one being taken
  bool gaps_ = false;
  bool seam_broken_ = false;
};

}  // namespace i2i::icloud
