#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "i2i/icloud/cloudkit.hpp"
#include "i2i/model/asset.hpp"
#include "i2i/util/result.hpp"

namespace i2i::icloud {

/// What becomes of rows that a listing did not show.
enum class Unshown {
  forget,  // they are gone from iCloud
  stay,    // the listing may have missed them: nothing is taken for gone
};

/// Assets a listing has shown so far, by Apple's lists.
struct Shown {
  std::int64_t visible = 0;
  std::int64_t hidden = 0;  // and not in Recently Deleted
  std::int64_t recently_deleted = 0;
};

/// Who keeps the catalogue (the ledger, through app/ledger_sink). put_changes without a listing and finish_listing are
/// durable when they return; what a listing puts before its finish may be lost with the process.
class CatalogueSink {
 public:
  virtual ~CatalogueSink() = default;
  /// A listing starts: what it does not show again by finish_listing is gone.
  virtual util::Result<void> begin_listing(const model::ZoneId& zone) = 0;
  /// Records of a listing page; the same record may come more than once.
  virtual util::Result<void> put_listed(const model::ZoneId& zone, const std::vector<model::Record>& records) = 0;
  /// The listing is complete and healed up to token: forgets what it did not show (or not, as unshown says), stores the
  /// token, in one transaction. token "": the next run lists anew.
  virtual util::Result<void> finish_listing(const model::ZoneId& zone, const std::string& token, Unshown unshown) = 0;
  virtual util::Result<Shown> shown(const model::ZoneId& zone) = 0;
  /// A page of changes and the token it ends in, in one transaction. While a listing is on, records count as shown and
  /// the token is not stored yet.
  virtual util::Result<void> put_changes(const model::ZoneId& zone, const std::vector<model::Record>& records,
                                         const std::string& token) = 0;
  /// True when the record is a known asset that is visible (not hidden, not deleted): its removal shifts the listed
  /// ranks.
  virtual util::Result<bool> is_listed_asset(const model::ZoneId& zone, const std::string& name) = 0;
};

/// One of Apple's lists: what Apple counts in it, and what was listed.
struct IndexCount {
  Index index = Index::visible;
  std::int64_t apple = 0;
  std::int64_t listed = 0;
};

struct ListingReport {
  std::vector<IndexCount> counts;  // of the lists Apple counts; listed is 0 where the index was not finished
  std::int64_t unreadable_assets = 0;
  /// Photos that Apple counts, that were not listed, and that no unreadable record explains.
  std::int64_t short_by = 0;
  int listings = 0;  // 1, or more when removals made it list again
  bool fell_back_to_history = false;
  bool indexed = true;
  /// False: iCloud took none of its own positions back, so that what changed while it was listed is not in it.
  bool healed = true;
  std::vector<model::Skipped> skipped;                    // at most 100 of each reason
  std::map<std::string, std::int64_t> skipped_by_reason;  // all of them

  [[nodiscard]] std::int64_t apple_count() const {
    std::int64_t all = 0;
    for (const auto& count : counts) all += count.apple;
    return all;
  }
};

/// A zone without a token: lists by rank with pages in flight, heals by the changes since the remembered token, lists
/// again when they removed or moved anything listed (at most twice), else reads the whole history; so it does at once
/// where Apple's index is not finished, lacks the list, or shows gaps. Design §3; docs/protocol/icloud.md §7.4. Where
/// the index is not finished, or less was listed than Apple counts, nothing is forgotten
/// (docs/decisions/0009-what-a-listing-proves.md). progress may be empty. Errors: as CloudKit's, and the sink's;
/// nothing is finished then.
util::Result<ListingReport> list_zone(CloudKit& cloudkit, const model::ZoneId& zone, CatalogueSink& sink,
                                      const std::function<void(std::int64_t listed, std::int64_t expected)>& progress);

struct ChangesReport {
  std::size_t records = 0;
  std::vector<model::Skipped> skipped;                    // at most 100 of each reason
  std::map<std::string, std::int64_t> skipped_by_reason;  // all of them
};

/// A zone with a token: changes page by page; nothing is put where nothing changed. bad_token: list instead.
util::Result<ChangesReport> read_changes(CloudKit& cloudkit, const model::ZoneId& zone, const std::string& token,
                                         CatalogueSink& sink);

}  // namespace i2i::icloud
