#include "app/adopt/adopt.hpp"

#include "app/adopt/adopt_steps.hpp"
#include "app/adopt/size_set.hpp"
#include "app/selection/wanted.hpp"
#include "i2i/media/other_names.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using ledger::FileKind;
using ledger::PlacementState;
using util::ErrorCode;
using util::fail;
using util::Result;

/// The volume on which every wanted content that has a placement's row was looked for.
constexpr const char* kFact = "adopted_volume";

/// Which sizes wanted contents without a file have, and whether one was never looked for.
class Unplaced : public WantedVisitor {
 public:
  explicit Unplaced(const AdoptParts& parts) : parts_(parts), placements_(parts.ledger), group_(parts.ledger) {}

  Result<void> wanted(const ledger::AssetView&, const std::vector<model::Rendition>& renditions,
                      const std::vector<std::string>&) override {
    if (parts_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while looking for what is missing");
    I2I_TRY(group_.next());
    for (const auto& rendition : renditions) {
      I2I_ASSIGN(const auto placement, placements_.find(rendition.checksum));
      I2I_ASSIGN(const bool wants, wants_file(placement, parts_.root));
      if (!wants) continue;
      sizes_.add(rendition.size);
      // The plan that follows each walk reserves a path for what was not found.
      if (!placement || placement->state != PlacementState::planned) never_looked_for_ = true;
    }
    return {};
  }
  Result<void> excluded(const ledger::AssetView&, const std::string&) override { return {}; }
  Result<void> unavailable(const ledger::AssetView&) override { return {}; }

  Result<void> finish() { return group_.close(); }
  SizeSet& sizes() { return sizes_; }
  [[nodiscard]] bool never_looked_for() const { return never_looked_for_; }

 private:
  const AdoptParts& parts_;
  ledger::Placements placements_;
  WriteGroup group_;
  SizeSet sizes_;
  bool never_looked_for_ = false;
};

class Walk {
 public:
  Walk(const AdoptParts& parts, SizeSet& sizes, AdoptionReport& report)
      : parts_(parts),
        sizes_(sizes),
        report_(report),
        placements_(parts.ledger),
        files_(parts.ledger),
        group_(parts.ledger) {}

  Result<void> run() {
    I2I_ASSIGN(number_, files_.begin_walk());
    I2I_TRY(
        parts_.root.scan({[this](const std::string& path) { return is_placed(path); },
                          [this](const std::string& path, const util::FileFacts& facts) { return take(path, facts); },
                          [this](const std::string& path, const util::Error& error) { unreadable(path, error); }}));
    I2I_TRY(group_.next());
    I2I_TRY(files_.end_walk(number_));
    return group_.close();
  }

 private:
  Result<bool> is_placed(const std::string& path) {
    I2I_TRY(group_.next());
    I2I_ASSIGN(const auto owner, placements_.exactly_at(path));
    return owner && (owner->state == PlacementState::placed || owner->state == PlacementState::damaged);
  }

  Result<void> take(const std::string& path, const util::FileFacts& facts) {
    if (parts_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while walking the volume");
    I2I_TRY(group_.next());
    if (++report_.files % 1000 == 0) parts_.observer.progress({Progress::Phase::recognising, report_.files, 0, 0, 0});
    return files_.saw(number_, path, kind_of(path, facts), facts);
  }

  FileKind kind_of(const std::string& path, const util::FileFacts& facts) {
    if (media::is_partial_file(path) || media::is_kept_by_others(path)) return FileKind::other;
    if (sizes_.contains(facts.size)) return FileKind::to_read;
    return media::looks_like_media(path) ? FileKind::unknown : FileKind::other;
  }

  void unreadable(const std::string& path, const util::Error& error) {
    if (media::is_kept_by_others(path + "/")) return;
    util::log_warn("{}", util::escape_for_terminal(error.message));
    ++report_.unreadable;
    if (report_.unreadable_files.size() < kNamedInReport) report_.unreadable_files.push_back({path, error.message});
  }

  const AdoptParts& parts_;
  SizeSet& sizes_;
  AdoptionReport& report_;
  ledger::Placements placements_;
  ledger::VolumeFiles files_;
  WriteGroup group_;
  std::int64_t number_ = 0;
};

/// What is to be walked for; nullopt: no need to.
Result<std::optional<SizeSet>> what_for(const AdoptParts& parts) {
  const std::optional<SizeSet> nothing;
  if (parts.wish == AdoptWish::never) {
    // Its plan reserves paths for contents that nobody looked for.
    I2I_TRY(parts.ledger.set_fact(kFact, ""));
    return nothing;
  }
  Unplaced unplaced(parts);
  I2I_TRY(walk_wanted(parts.ledger, parts.selection, AlbumPaths::not_needed, unplaced));
  I2I_TRY(unplaced.finish());
  I2I_ASSIGN(const auto looked_on, parts.ledger.fact(kFact));
  const bool all_looked_for =
      !unplaced.never_looked_for() && looked_on && !looked_on->empty() && *looked_on == parts.volume_id;
  if (parts.wish == AdoptWish::when_useful && (unplaced.sizes().empty() || all_looked_for)) return nothing;
  return std::optional<SizeSet>(std::move(unplaced.sizes()));
}

}  // namespace

Result<std::optional<AdoptionReport>> adopt_files(const AdoptParts& parts) {
  AdoptionReport report;
  {
    I2I_ASSIGN(auto sizes, what_for(parts));
    if (!sizes) return std::optional<AdoptionReport>{};
    I2I_TRY(Walk(parts, *sizes, report).run());
  }
  I2I_TRY(read_candidates(parts, report));
  I2I_TRY(match_contents(parts, report));
  I2I_TRY(look_at_leftovers(parts, report));
  I2I_TRY(tell_leftovers(parts, report));
  I2I_TRY(parts.ledger.set_fact(kFact, parts.volume_id));
  return std::optional<AdoptionReport>(std::move(report));
}

}  // namespace i2i::app
