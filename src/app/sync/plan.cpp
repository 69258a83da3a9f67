#include "app/sync/plan.hpp"

#include <algorithm>
#include <stop_token>

#include "app/selection/home.hpp"
#include "app/selection/wanted.hpp"
#include "app/volume/content_check.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

constexpr std::size_t kGroup = 500;  // reservations in one transaction

class Planner : public WantedVisitor {
 public:
  Planner(ledger::Ledger& ledger, const util::Root& root, const media::Layout& layout, util::UnixMillis now,
          std::stop_token stop, Observer& observer)
      : ledger_(ledger),
        placements_(ledger),
        root_(root),
        layout_(layout),
        now_(now),
        stop_(std::move(stop)),
        observer_(observer) {}

  Result<void> selected(const ledger::AssetView&) override {
    ++report_.selected;
    return {};
  }

  Result<void> wanted(const ledger::AssetView& view, const std::vector<model::Rendition>& renditions,
                      const std::vector<std::string>& album_paths) override {
    if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "stopped while planning");
    I2I_TRY(in_transaction());
    std::vector<model::Rendition> unplaced;
    for (const auto& rendition : renditions) {
      I2I_ASSIGN(auto placement, placements_.find(rendition.checksum));
      if (!placement) {
        unplaced.push_back(rendition);
      } else if (placement->state != ledger::PlacementState::placed) {
        I2I_TRY(take_size(*placement, rendition.size));
        I2I_ASSIGN(const bool keeps_it, keeps_path(*placement));
        if (!keeps_it) unplaced.push_back(rendition);
      } else {
        contents_.add(rendition.checksum, rendition.size, DistinctContents::Is::here);
      }
    }
    if (!unplaced.empty()) I2I_TRY(reserve(view, unplaced, album_paths));
    if (++assets_ % 1000 == 0) observer_.progress({Progress::Phase::planning, assets_, 0, 0, 0});
    return {};
  }

  Result<void> excluded(const ledger::AssetView& view, const std::string& reason) override {
    ++report_.excluded[reason];
    ++report_.excluded_by_zone[view.zone.name];
    return {};
  }

  Result<void> unavailable(const ledger::AssetView& view) override {
    ++report_.unavailable;
    report_.awaited.push_back({view.zone, view.asset.master, model::RenditionKind::original});
    return {};
  }

  Result<PlanReport> finish() {
    const auto totals = contents_.totals();
    report_.wanted = totals.count;
    report_.to_fetch = totals.to_come;
    report_.bytes_to_fetch = totals.bytes_to_come;
    I2I_TRY(release_unwanted());
    if (transaction_) I2I_TRY(transaction_->commit());
    transaction_.reset();
    return std::move(report_);
  }

 private:
  /// Rows are committed in groups; a crash loses at most reservations, which the next plan makes again the same.
  Result<void> in_transaction() {
    if (transaction_ && writes_ < kGroup) return {};
    if (transaction_) I2I_TRY(transaction_->commit());
    transaction_.reset();
    writes_ = 0;
    I2I_ASSIGN(auto transaction, ledger::Transaction::begin(ledger_));
    transaction_.emplace(std::move(transaction));
    return {};
  }

  /// A path that was reserved for what is wanted no more, as a photo that was deleted before its file came, is free
  /// again: nothing would ever bring it, and `status` call it pending for ever.
  Result<void> release_unwanted() {
    I2I_ASSIGN(const auto rows, placements_.totals());
    if (rows.planned + rows.damaged <= report_.to_fetch) return {};
    return placements_.for_each(ledger::PlacementState::planned, [&](const ledger::Placement& row) -> Result<void> {
      if (contents_.contains(row.checksum)) return {};
      I2I_TRY(in_transaction());
      ++writes_;
      return placements_.release(row.checksum);
    });
  }

  /// A size that iCloud announced wrongly, and corrected since, must not stay with the reserved path: no body would
  /// ever fit it. A damaged file's size was proven.
  Result<void> take_size(ledger::Placement& placement, std::uint64_t announced) {
    if (placement.state != ledger::PlacementState::planned || placement.size == announced) return {};
    I2I_TRY(placements_.release(placement.checksum));
    placement.size = announced;
    ++writes_;
    return placements_.reserve(placement);
  }

  /// The planned path is always looked at: a file that was renamed there just before a crash has no placed row. False
  /// where somebody else's file took a path that was only reserved: no download could ever get there.
  Result<bool> keeps_path(const ledger::Placement& placement) {
    I2I_ASSIGN(const auto proof, content_at(placement.path, placement.checksum, placement.size));
    if (proof) {
      I2I_TRY(adopt(placement, *proof));
      return true;
    }
    if (placement.state == ledger::PlacementState::planned) {
      I2I_ASSIGN(const auto there, root_.facts(placement.path));
      if (there) {
        I2I_TRY(placements_.release(placement.checksum));
        ++writes_;
        return false;
      }
    }
    contents_.add(placement.checksum, placement.size, DistinctContents::Is::to_come);
    return true;
  }

  Result<std::optional<model::ContentProof>> content_at(const std::string& path, const model::Checksum& checksum,
                                                        std::uint64_t size) {
    const std::optional<model::ContentProof> nothing;
    I2I_ASSIGN(const auto facts, root_.facts(path));
    if (!facts || !facts->is_regular || facts->size != size) return nothing;
    I2I_ASSIGN(auto proof, hash_file(root_, path, ReadPath::cached, stop_));
    if (!is_content(proof, checksum, size)) return nothing;
    return std::optional<model::ContentProof>(std::move(proof));
  }

  Result<void> adopt(ledger::Placement placement, const model::ContentProof& proof) {
    I2I_ASSIGN(const auto facts, root_.facts(placement.path));
    placement.sha1_hex = proof.sha1_hex;
    placement.size = proof.size;
    placement.proven = model::is_provable(placement.checksum);
    placement.adopted = true;
    if (facts) placement.mtime_ms = facts->mtime_ms;
    I2I_TRY(placements_.mark_placed({placement}));
    contents_.add(placement.checksum, placement.size, DistinctContents::Is::here);
    ++report_.adopted;
    ++writes_;
    return {};
  }

  /// Where the file at another content's path is the one wanted, the ledger's row of it is wrong, and a second copy
  /// would be fetched.
  Result<void> check_other_content(const ledger::Placement& owner, const model::Rendition& wanted) {
    if (!model::is_provable(wanted.checksum)) return {};
    I2I_ASSIGN(const auto proof, content_at(owner.path, wanted.checksum, wanted.size));
    if (proof && proof->sha1_hex == owner.sha1_hex) return fail(contradicted(owner.path));
    return {};
  }

  /// Paths for the renditions of one asset that have none yet. They share folder and stem with what is placed already,
  /// else get new ones.
  Result<void> reserve(const ledger::AssetView& view, const std::vector<model::Rendition>& unplaced,
                       const std::vector<std::string>& album_paths) {
    I2I_ASSIGN(auto home, home_of_siblings(placements_, view));
    if (!home) home = home_by_layout(layout_, name_facts(view, album_paths));
    for (const std::string& candidate : suffixes_for(view, unplaced.front().checksum)) {
      I2I_ASSIGN(const bool done, try_suffix(view, unplaced, *home, candidate));
      if (done) return {};
    }
    return fail(ErrorCode::internal, "no free name was found for " + join(home->folder, home->stem));
  }

  struct Candidate {
    model::Rendition rendition;
    std::string path;
    std::optional<model::ContentProof> there;  // lies there already, whole
  };

  Result<bool> try_suffix(const ledger::AssetView& view, const std::vector<model::Rendition>& unplaced,
                          const Home& home, const std::string& suffix) {
    std::vector<Candidate> candidates;
    for (const auto& rendition : unplaced) {
      if (std::any_of(candidates.begin(), candidates.end(),
                      [&](const auto& other) { return other.rendition.checksum == rendition.checksum; })) {
        continue;  // one content under two kinds is one file
      }
      const auto path_with = [&](const std::string& with) {
        return join(home.folder,
                    media::file_name(home.stem, with, rendition, view.master.filename, view.master.item_type));
      };
      Candidate candidate{rendition, path_with(suffix), {}};
      const auto clashes = [&](const auto& other) {
        return util::case_fold(other.path) == util::case_fold(candidate.path);
      };
      // Two files of one asset under one name, as no server should say: no suffix of the asset's parts them.
      if (std::any_of(candidates.begin(), candidates.end(), clashes)) {
        candidate.path = path_with(media::suffix_for(rendition.checksum));
      }
      I2I_ASSIGN(const auto owner, placements_.at_path(candidate.path));
      if (owner) {
        I2I_TRY(check_other_content(*owner, rendition));
        return false;
      }
      I2I_ASSIGN(const auto there, root_.facts(candidate.path));
      if (there) {
        I2I_ASSIGN(candidate.there, content_at(candidate.path, rendition.checksum, rendition.size));
        if (!candidate.there) return false;  // somebody else's file: never overwritten
      }
      candidates.push_back(std::move(candidate));
    }
    for (const auto& candidate : candidates) I2I_TRY(reserve_one(view, candidate));
    return true;
  }

  Result<void> reserve_one(const ledger::AssetView& view, const Candidate& candidate) {
    ledger::Placement placement;
    placement.checksum = candidate.rendition.checksum;
    placement.path = candidate.path;
    placement.size = candidate.rendition.size;
    placement.mtime_ms = first_mtime(view.asset, now_);
    I2I_TRY(placements_.reserve(placement));
    ++writes_;
    if (candidate.there) return adopt(placement, *candidate.there);
    contents_.add(placement.checksum, placement.size, DistinctContents::Is::to_come);
    return {};
  }

  ledger::Ledger& ledger_;
  ledger::Placements placements_;
  const util::Root& root_;
  const media::Layout& layout_;
  util::UnixMillis now_;
  std::stop_token stop_;
  Observer& observer_;
  std::optional<ledger::Transaction> transaction_;
  std::size_t writes_ = 0;
  std::int64_t assets_ = 0;
  DistinctContents contents_;
  PlanReport report_;
};

}  // namespace

util::UnixMillis first_mtime(const model::Asset& asset, util::UnixMillis now) {
  // Most file systems hold at least 1902 to 2038; what one really keeps is read back and goes to the ledger.
  constexpr util::UnixMillis kFirst = -2'145'916'800'000;  // 1902-01-01
  constexpr util::UnixMillis kLast = 4'102'444'800'000;    // 2100-01-01
  for (const auto& candidate : {asset.captured, asset.added}) {
    if (candidate && *candidate >= kFirst && *candidate < kLast) return *candidate;
  }
  return now;
}

Result<PlanReport> make_plan(ledger::Ledger& ledger, const util::Root& root, const model::Selection& selection,
                             const media::Layout& layout, util::UnixMillis now, const std::stop_token& stop,
                             Observer& observer) {
  Planner planner(ledger, root, layout, now, stop, observer);
  I2I_TRY(walk_wanted(ledger, selection, layout.wants_album() ? AlbumPaths::needed : AlbumPaths::not_needed, planner));
  return planner.finish();
}

}  // namespace i2i::app
