#include "i2i/icloud/catalogue.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "i2i/util/log.hpp"
#include "icloud/catalogue_albums.hpp"
#include "icloud/catalogue_changes.hpp"
#include "icloud/catalogue_listed.hpp"
#include "icloud/catalogue_pages.hpp"

namespace i2i::icloud {
namespace {

using util::ErrorCode;

constexpr int kListings = 3;  // the first, and twice again
constexpr std::array kCounted = {Index::visible, Index::hidden, Index::recently_deleted};
constexpr int kHealingRounds = 5;  // of albums whose members shifted

using Progress = std::function<void(std::int64_t, std::int64_t)>;

/// How a listing went.
enum class Outcome {
  whole,      // complete, once healed
  disturbed,  // something listed was removed or moved meanwhile: something else may be in no page
  doubtful,   // the lists themselves have gaps
};

class Lister {
 public:
  Lister(CloudKit& cloudkit, const model::ZoneId& zone, CatalogueSink& sink, const Progress& progress)
      : cloudkit_(cloudkit), zone_(zone), sink_(sink), progress_(progress), albums_(cloudkit, zone, [this](Page& page) {
          return take_album_page(page);
        }) {}

  util::Result<ListingReport> run() {
    I2I_TRY(prepare());
    bool lists_help = report_.indexed;
    bool listed = false;
    while (lists_help && report_.listings < kListings) {
      auto outcome = list_once();
      if (!outcome) {
        // Zones differ in the lists they have (§7.2); the stream of changes every zone has.
        if (outcome.error().code != ErrorCode::refused && outcome.error().code != ErrorCode::bad_token) {
          return util::fail(outcome.error());
        }
        util::log_info("zone {}: {}; reading its whole history instead", zone_.name, outcome.error().message);
        listed = listed_to_the_end_;
        break;
      }
      if (*outcome == Outcome::whole) return std::move(report_);
      lists_help = *outcome == Outcome::disturbed;
    }
    auto history = read_history();
    if (history) return std::move(report_);
    const auto code = history.error().code;
    if (code != ErrorCode::bad_token && code != ErrorCode::refused) return util::fail(std::move(history).error());
    if (!listed) return util::fail(no_way_left(history.error()));
    // iCloud gives positions in the changes and takes none back. What was listed is there; what is gone, and what
    // changed while it was listed, nobody can say: nothing is forgotten, and the next run lists again.
    report_.healed = false;
    I2I_TRY(sink_.finish_listing(zone_, "", Unshown::stay));
    return std::move(report_);
  }

 private:
  /// Readiness and counts. Both are hints: where the zone does not know them, the listing works without.
  util::Result<void> prepare() {
    auto indexed = cloudkit_.is_indexed(zone_);
    if (indexed) {
      report_.indexed = *indexed;
    } else if (!is_hint_missing(indexed.error())) {
      return util::fail(indexed.error());
    }
    for (const Index index : kCounted) {
      I2I_ASSIGN(const auto count, ask_count(index));
      if (!count && index == Index::visible)
        return {};  // the other lists are smaller: a zone without this one has none
      if (count) report_.counts.push_back({index, *count, 0});
    }
    I2I_ASSIGN(const auto bursts, ask_count(Index::bursts));
    bursts_ = bursts.value_or(0);
    return {};
  }

  /// nullopt where the zone does not know that number.
  util::Result<std::optional<std::int64_t>> ask_count(Index index) {
    auto count = cloudkit_.count(zone_, index);
    if (count) return std::optional<std::int64_t>(*count);
    if (!is_hint_missing(count.error())) return util::fail(std::move(count).error());
    return std::optional<std::int64_t>{};
  }

  static bool is_hint_missing(const util::Error& error) {
    return error.code == ErrorCode::refused || error.code == ErrorCode::bad_answer;
  }

  [[nodiscard]] std::int64_t count_of(Index index) const {
    if (index == Index::bursts) return bursts_;
    const auto found = std::find_if(report_.counts.begin(), report_.counts.end(),
                                    [index](const IndexCount& count) { return count.index == index; });
    return found == report_.counts.end() ? 0 : found->apple;
  }

  util::Result<Outcome> list_once() {
    ++report_.listings;
    begin();
    I2I_TRY(sink_.begin_listing(zone_));
    I2I_TRY(list_index(Index::visible));
    I2I_TRY(list_optional(Index::hidden));
    I2I_TRY(list_optional(Index::recently_deleted));
    // Whether the visible list holds the frames of a burst that nobody picked is unknown (§9.3): where the account has
    // bursts, their list is read too; an asset that comes twice is one.
    if (bursts_ > 0) I2I_TRY(list_optional(Index::bursts));
    I2I_TRY(albums_.run());
    I2I_TRY(fetch_missing_masters());
    // Each asset without a reference leaves its master alone; more lone masters than those have assets in no page.
    if (gaps_ || pairs_.without_asset() > unreferring_assets_) return Outcome::doubtful;
    if (seam_broken_) return Outcome::disturbed;
    listed_to_the_end_ = true;
    I2I_ASSIGN(const Outcome outcome, heal());
    if (outcome == Outcome::whole) I2I_TRY(finish());
    return outcome;
  }

  /// Compares with Apple's counts, then ends the listing. Rows are forgotten only where nothing speaks against it.
  util::Result<void> finish() {
    if (!report_.indexed) return sink_.finish_listing(zone_, "", Unshown::stay);
    I2I_ASSIGN(const Shown shown, sink_.shown(zone_));
    const auto shown_in = [&](Index index) {
      return index == Index::visible ? shown.visible : index == Index::hidden ? shown.hidden : shown.recently_deleted;
    };
    std::int64_t unexplained = 0;
    for (auto& count : report_.counts) {
      count.listed = shown_in(count.index);
      if (count.apple != count.listed) {
        // The library may have changed since it was counted.
        I2I_ASSIGN(const auto now, ask_count(count.index));
        count.apple = now.value_or(count.apple);
      }
      unexplained += std::max<std::int64_t>(0, count.apple - count.listed);
    }
    report_.unreadable_assets = static_cast<std::int64_t>(unreadable_assets_.size());
    report_.short_by = std::max<std::int64_t>(0, unexplained - report_.unreadable_assets);
    return sink_.finish_listing(zone_, *token_, report_.short_by > 0 ? Unshown::stay : Unshown::forget);
  }

  static util::Error no_way_left(const util::Error& error) {
    return {ErrorCode::throttled,
            "iCloud lets the library be read neither by its lists nor by its changes: " + error.message,
            "Run again in an hour; nothing that is known or on the volume is lost.", error.retry_after};
  }

  void begin() {
    token_.reset();
    pairs_ = {};
    places_ = {};
    places_.reserve(static_cast<std::size_t>(std::clamp<std::int64_t>(report_.apple_count(), 0, 5'000'000)) + 1000);
    albums_.forget();
    report_.skipped.clear();
    report_.skipped_by_reason.clear();
    listed_ = 0;
    listed_to_the_end_ = false;
    unreferring_assets_ = 0;
    unreadable_assets_.clear();
    gaps_ = false;
    seam_broken_ = false;
  }

  void tell() const {
    if (progress_) progress_(listed_, report_.apple_count());
  }

  /// Lists that some zones do not have.
  util::Result<void> list_optional(Index index) {
    auto done = list_index(index);
    if (!done && done.error().code == ErrorCode::refused) return {};
    return done;
  }

  util::Result<void> list_index(Index index) {
    PageWalk walk(cloudkit_, zone_, index, count_of(index), [this](Page& page) { return take_page(page); });
    // The very first page goes alone: its token must be older than every other page, or a removal between them is in no
    // change.
    I2I_TRY(walk.run(!token_));
    gaps_ = gaps_ || walk.has_gaps();
    seam_broken_ = seam_broken_ || walk.has_broken_seam();
    return {};
  }

  util::Result<void> take_page(Page& page) {
    if (!token_) {
      if (page.sync_token.empty()) {
        return util::fail(ErrorCode::bad_token, fmt::format("the list of zone {} comes without a token", zone_.name));
      }
      token_ = page.sync_token;
    }
    I2I_TRY(fetch_failed(cloudkit_, zone_, page));
    I2I_TRY(put(page.records));
    tell();
    return {};
  }

  util::Result<void> put(const std::vector<model::Record>& records) {
    if (records.empty()) return {};
    pairs_.add(records);
    for (const auto& record : records) {
      if (const auto* asset = std::get_if<model::Asset>(&record)) {
        places_.add(*asset);
        ++listed_;
      }
      const auto* skipped = std::get_if<model::Skipped>(&record);
      if (skipped != nullptr && (skipped->type == "CPLAsset" || skipped->type.empty())) ++unreferring_assets_;
    }
    note_unreadable(records);
    note_skipped(records, report_.skipped, report_.skipped_by_reason);
    return sink_.put_listed(zone_, records);
  }

  util::Result<void> take_album_page(Page& page) {
    note_skipped(page.records, report_.skipped, report_.skipped_by_reason);
    return page.records.empty() ? util::Result<void>{} : sink_.put_listed(zone_, page.records);
  }

  void note_unreadable(const std::vector<model::Record>& records) {
    for (const auto& record : records) {
      const auto* skipped = std::get_if<model::Skipped>(&record);
      if (skipped != nullptr && skipped->type == "CPLAsset") unreadable_assets_.insert(skipped->name);
    }
  }

  /// Files of assets whose master was in no page: seams between pages, pages of assets only (§7.3).
  util::Result<void> fetch_missing_masters() {
    constexpr std::size_t kBatch = 100;
    const std::vector<std::string> names = pairs_.wanted();
    for (std::size_t begin = 0; begin < names.size(); begin += kBatch) {
      Page page;
      page.failed.assign(names.begin() + static_cast<std::ptrdiff_t>(begin),
                         names.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kBatch, names.size())));
      I2I_TRY(fetch_failed(cloudkit_, zone_, page));
      I2I_TRY(put(page.records));
    }
    return {};
  }

  /// Applies what changed since the listing began.
  util::Result<Outcome> heal() {
    places_.sort();
    if (places_.moved_meanwhile()) return Outcome::disturbed;
    for (int round = 0; round < kHealingRounds; ++round) {
      std::set<std::string> shifted_albums;
      bool disturbed = false;
      const auto take = [&](const Page& page) -> util::Result<bool> {
        // Asked before the page is applied: afterwards nobody knows what was listed.
        I2I_ASSIGN(disturbed, disturbs(page.records, shifted_albums));
        if (page.records.empty()) return true;
        note_skipped(page.records, report_.skipped, report_.skipped_by_reason);
        I2I_TRY(sink_.put_changes(zone_, page.records, page.sync_token));
        return !disturbed;
      };
      I2I_TRY(follow_changes(cloudkit_, zone_, token_, take));
      if (disturbed) return Outcome::disturbed;
      if (shifted_albums.empty()) return Outcome::whole;
      I2I_TRY(albums_.list_members({shifted_albums.begin(), shifted_albums.end()}));
    }
    return Outcome::disturbed;
  }

  /// True where a change removed a listed asset from its list or moved it within: hidden, deleted, restored, its date
  /// changed.
  util::Result<bool> disturbs(const std::vector<model::Record>& records, std::set<std::string>& shifted_albums) {
    for (const auto& record : records) {
      std::string name;
      if (const auto* tombstone = std::get_if<model::Tombstone>(&record)) {
        name = tombstone->name;
        const std::size_t split = name.find("-IN-");
        if (split != std::string::npos) {
          // A removal from an album shifts that album's pages; one page has no seam.
          std::string album = name.substr(split + 4);
          if (albums_.is_long(album)) shifted_albums.insert(std::move(album));
          continue;
        }
      } else if (const auto* asset = std::get_if<model::Asset>(&record)) {
        if (!places_.is_unmoved(*asset)) name = asset->name;
      } else if (const auto* album = std::get_if<model::Album>(&record)) {
        // Moved between folders while they were listed: its members are in no change.
        if (!album->is_folder && albums_.is_new(album->name_id)) shifted_albums.insert(album->name_id);
      }
      if (name.empty()) continue;
      if (places_.was_listed(name)) return true;
      I2I_ASSIGN(const bool listed, sink_.is_listed_asset(zone_, name));
      if (listed) return true;
    }
    return false;
  }

  util::Result<void> read_history() {
    report_.fell_back_to_history = true;
    begin();
    I2I_TRY(sink_.begin_listing(zone_));
    const auto take = [&](const Page& page) -> util::Result<bool> {
      if (page.records.empty()) return true;
      note_unreadable(page.records);
      for (const auto& record : page.records) listed_ += std::holds_alternative<model::Asset>(record) ? 1 : 0;
      note_skipped(page.records, report_.skipped, report_.skipped_by_reason);
      I2I_TRY(sink_.put_changes(zone_, page.records, page.sync_token));
      tell();
      return true;
    };
    I2I_TRY(follow_changes(cloudkit_, zone_, token_, take));
    return finish();
  }

  CloudKit& cloudkit_;
  const model::ZoneId& zone_;
  CatalogueSink& sink_;
  const Progress& progress_;

  ListingReport report_;
  std::int64_t bursts_ = 0;
  std::optional<std::string> token_;
  Pairs pairs_;
  Places places_;
  AlbumWalk albums_;
  std::int64_t listed_ = 0;
  bool listed_to_the_end_ = false;
  std::size_t unreferring_assets_ = 0;
  std::set<std::string> unreadable_assets_;
  bool gaps_ = false;
  bool seam_broken_ = false;
};

}  // namespace

util::Result<ListingReport> list_zone(CloudKit& cloudkit, const model::ZoneId& zone, CatalogueSink& sink,
                                      const std::function<void(std::int64_t listed, std::int64_t expected)>& progress) {
  return Lister(cloudkit, zone, sink, progress).run();
}

}  // namespace i2i::icloud
