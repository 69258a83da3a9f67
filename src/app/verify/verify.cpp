#include "i2i/app/verify.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <vector>

#include "app/catalogue/mirror.hpp"
#include "app/catalogue/sync_state_decode.hpp"
#include "app/import/immich_access.hpp"
#include "app/import/immich_root.hpp"
#include "app/import/last_look.hpp"
#include "app/import/presence.hpp"
#include "app/import/trashed_ones.hpp"
#include "app/run/run_scope.hpp"
#include "app/verify/inventory.hpp"
#include "app/verify/restore_sample.hpp"
#include "app/verify/sizes_in_immich.hpp"
#include "app/verify/volume_check.hpp"
#include "app/volume/volume.hpp"
#include "i2i/app/exit_code.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {
namespace {

using util::fail;
using util::Result;

constexpr std::int64_t kMillisPerSecond = 1000;
constexpr util::UnixMillis kDay = 86'400 * kMillisPerSecond;
/// Proofs are stored in groups, so that an interrupted run loses little of its work.
constexpr std::size_t kProofsAtOnce = 500;
constexpr auto kProofsEvery = std::chrono::seconds(10);
/// A full read that was interrupted is gone on with within this time (docs/decisions/0024-proofs-have-an-age.md).
constexpr util::UnixMillis kGoOnWithin = 2 * kDay;
constexpr const char* kUnfinishedFact = "unfinished_verify";

class Verify {
 public:
  Verify(const RunContext& context, const VerifyOptions& options, Observer& observer)
      : context_(context), options_(options), observer_(observer) {}

  VerifyOutcome run() {
    auto opened = RunScope::open(context_, "verify", LedgerNeed::must_exist);
    if (!opened) return {std::move(report_), std::move(opened).error()};
    scope_ = *std::move(opened);
    VerifyOutcome outcome;
    if (auto done = steps(); !done) outcome.error = std::move(done).error();
    report_.finished = !outcome.error;
    outcome.report = std::move(report_);
    scope_->note_end(exit_code_for(outcome), outcome.error ? outcome.error->message : verdict_sentence(outcome.report),
                     outcome.error);
    return outcome;
  }

 private:
  Result<void> steps() {
    I2I_TRY(refuse_what_makes_no_sense());
    report_.photos_dir = options_.photos_dir;
    report_.icloud_asked = options_.against_icloud;
    report_.volume_asked = options_.against_volume;
    report_.quick = options_.quick;
    report_.subset = options_.subset;
    // Whoever reads all files rests on every row.
    if (options_.against_volume && !options_.quick) I2I_TRY(scope_->ledger().check());
    I2I_ASSIGN(const auto before, load_sync_state(scope_->ledger()));
    const model::Selection selection = before ? before->selection : model::Selection{};
    if (options_.against_icloud) {
      I2I_TRY(scope_->sign_in());
      auto cloudkit = scope_->make_cloudkit();
      I2I_ASSIGN(const auto mirrored,
                 mirror(cloudkit, scope_->ledger(), MirrorWay::changes_where_possible, selection, observer_));
      for (const auto& library : mirrored.libraries) {
        if (library.error) return fail(*library.error);
      }
    }
    auto looked = look();
    if (looked && options_.restore_sample > 0) looked = compare_sample(selection);
    // What was seen until then is told all the same, but nobody waits for it who wants to stop.
    if (looked || looked.error().code != util::ErrorCode::cancelled) I2I_TRY(take_inventory(selection));
    return looked;
  }

  Result<void> refuse_what_makes_no_sense() const {
    if (options_.restore_sample > 0 && (!options_.against_icloud || !options_.against_volume)) {
      return fail(util::ErrorCode::usage, "a sample is fetched from iCloud and compared with the volume",
                  "Leave --against out, or name both icloud and volume in it.");
    }
    if (!options_.list_safe_to_delete) return {};
    if (options_.against_icloud && options_.against_volume && options_.immich && !options_.quick) return {};
    return fail(util::ErrorCode::usage,
                "what is safe to delete is known only where iCloud, every byte on the volume and Immich are looked at",
                "Give --immich-url, and neither --quick nor an --against that leaves one of the three out.");
  }

  Result<void> look() {
    if (options_.against_volume) I2I_TRY(check_files());
    if (options_.immich) I2I_TRY(check_immich());
    return {};
  }

  Result<void> compare_sample(const model::Selection& selection) {
    I2I_ASSIGN(const auto dsid, scope_->dsid());
    I2I_ASSIGN(const auto root, open_volume(options_.photos_dir, scope_->ledger(), dsid, VolumeUse::read));
    auto cloudkit = scope_->make_cloudkit();
    I2I_ASSIGN(
        report_.restore_sample,
        restore_sample({scope_->http(), cloudkit, scope_->ledger(), root, selection, context_.clock, context_.stop},
                       options_.restore_sample, [&](const ledger::Placement& placement, std::string what) {
                         // A file that is known to be damaged is told once.
                         if (!findings_.different.insert(placement.checksum).second) return;
                         add_difference(placement, "volume", std::move(what),
                                        "icloud2immich verify --repair without --quick, then icloud2immich sync");
                       }));
    return {};
  }

  Result<void> take_inventory(const model::Selection& selection) {
    std::optional<SafeWish> safe;
    if (options_.list_safe_to_delete) {
      std::sort(findings_.in_immich.begin(), findings_.in_immich.end());
      safe =
          SafeWish{scope_->paths().safe_list(), context_.clock.now() - options_.older_than.count() * kMillisPerSecond};
    }
    Inventory inventory(scope_->ledger(), findings_, std::move(differing_), std::move(safe), report_);
    I2I_TRY(inventory.know_awaited());
    I2I_TRY(walk_wanted(scope_->ledger(), selection, AlbumPaths::not_needed, inventory));
    I2I_TRY(inventory.finish());
    // The next sync plans anew, whatever the last one left to do: the remedy told must be one.
    return report_.pending > 0 ? note_news(scope_->ledger()) : Result<void>{};
  }

  Result<void> check_files() {
    I2I_ASSIGN(const auto dsid, scope_->dsid());
    I2I_ASSIGN(const auto root, open_volume(options_.photos_dir, scope_->ledger(), dsid, VolumeUse::read));
    I2I_ASSIGN(const auto goes_on_since, begin_reading());
    findings_.volume = Findings::Volume::part;
    std::vector<model::Checksum> bad;
    const auto checked =
        check_volume({root, scope_->ledger(), options_.quick, options_.subset, goes_on_since, context_.stop, observer_},
                     [&](const CheckedFile& file) { return take(file, bad); });
    I2I_TRY(store_proofs());
    I2I_TRY(checked);
    if (options_.quick || !options_.subset) findings_.volume = Findings::Volume::all;
    if (is_full_read()) I2I_TRY(scope_->ledger().set_fact(kUnfinishedFact, ""));
    if (options_.repair) {
      for (const auto& checksum : bad) I2I_TRY(ledger::Placements(scope_->ledger()).mark_damaged(checksum));
      report_.queued_for_repair = static_cast<std::int64_t>(bad.size());
    }
    I2I_TRY(tell_proofs());
    return count_extra(root);
  }

  [[nodiscard]] bool is_full_read() const { return !options_.quick && !options_.subset; }

  /// Since when proofs count as this run's. nullopt: since now; a time: an interrupted run's, that is gone on with.
  Result<std::optional<util::UnixMillis>> begin_reading() {
    const auto now = context_.clock.now() / kMillisPerSecond * kMillisPerSecond;
    findings_.since = now;
    if (!is_full_read()) return std::optional<util::UnixMillis>{};
    I2I_ASSIGN(const auto unfinished, scope_->ledger().fact(kUnfinishedFact));
    const auto since = unfinished ? util::parse_iso8601(*unfinished) : std::nullopt;
    if (since && *since <= now && now - *since < kGoOnWithin) {
      findings_.since = *since;
      return since;
    }
    I2I_TRY(scope_->ledger().set_fact(kUnfinishedFact, util::format_utc(now)));
    return std::optional<util::UnixMillis>{};
  }

  Result<void> take(const CheckedFile& file, std::vector<model::Checksum>& bad) {
    count(file, bad);
    if (file.read) {
      report_.volume.bytes_read += static_cast<std::int64_t>(file.placement.size);
      proven_.push_back(file.placement.checksum);
    }
    const auto now = context_.clock.steady();
    if (proven_.size() < kProofsAtOnce && now - proofs_stored_ < kProofsEvery) return {};
    proofs_stored_ = now;
    return store_proofs();
  }

  Result<void> store_proofs() {
    I2I_TRY(ledger::Placements(scope_->ledger()).note_proven(proven_, context_.clock.now()));
    proven_.clear();
    return {};
  }

  Result<void> tell_proofs() {
    ledger::Placements placements(scope_->ledger());
    constexpr int kMonth = 31;
    constexpr int kYear = 366;
    const auto now = context_.clock.now();
    I2I_ASSIGN(const auto ages, placements.proof_ages({findings_.since, now - kMonth * kDay, now - kYear * kDay}));
    report_.proofs = {ages.oldest, ages.newest, ages.this_run, ages.month, ages.year, ages.older, ages.never};
    I2I_ASSIGN(const auto totals, placements.totals());
    const auto& volume = report_.volume;
    const auto differing = volume.missing + volume.damaged;
    report_.volume.not_checked =
        std::max<std::int64_t>(0, totals.placed + totals.damaged - volume.matching - volume.unproven - differing);
    return {};
  }

  void count(const CheckedFile& file, std::vector<model::Checksum>& bad) {
    switch (file.state) {
      case FileState::matching:
        ++report_.volume.matching;
        break;
      case FileState::unproven:
        ++report_.volume.unproven;
        break;
      case FileState::missing:
        ++report_.volume.missing;
        break;
      case FileState::damaged:
        ++report_.volume.damaged;
        break;
    }
    if (file.state == FileState::matching || file.state == FileState::unproven) {
      if (!file.read && is_full_read()) ++report_.volume.read_before;
      return;
    }
    bad.push_back(file.placement.checksum);
    findings_.different.insert(file.placement.checksum);
    add_difference(file.placement, "volume", file.what,
                   options_.repair ? "Queued: the next sync fetches it again."
                                   : "icloud2immich verify --repair, then icloud2immich sync");
  }

  void add_difference(const ledger::Placement& placement, const char* where, std::string what, std::string remedy) {
    differing_.emplace(placement.checksum, report_.differences.size());
    report_.differences.push_back({placement.path, "", where, std::move(what), std::move(remedy)});
  }

  /// Files that no placement names. Said, not a difference: people may keep files of their own there.
  Result<void> count_extra(const util::Root& root) {
    ledger::Placements placements(scope_->ledger());
    // A folder that nobody may read (lost+found) is no reason to prove nothing.
    return root.scan({[](const std::string& path) -> Result<bool> { return path.ends_with(".xmp"); },
                      [&](const std::string& path, const util::FileFacts&) -> Result<void> {
                        I2I_ASSIGN(const auto placement, placements.at_path(path));
                        if (!placement || placement->state == ledger::PlacementState::trashed) ++report_.volume.extra;
                        return {};
                      },
                      [](const std::string&, const util::Error& error) {
                        util::log_warn("{}", util::escape_for_terminal(error.message));
                      }});
  }

  Result<void> check_immich() {
    I2I_ASSIGN(const auto immich, with_known_root(*options_.immich, scope_->ledger()));
    I2I_ASSIGN(const auto access,
               ImmichAccess::open(context_, scope_->http(), immich, options_.photos_dir, ImmichAccess::Need::reading));
    report_.immich.asked = true;
    SizesInImmich sizes(access->owner());
    I2I_ASSIGN(const auto totals,
               for_each_presence(*access, scope_->ledger(), [&](const PresentFile& file) -> Result<void> {
                 if (!file.presence.asset_id.empty() && !file.presence.trashed) return judge_size(sizes, file);
                 return judge_absent(file);
               }));
    report_.immich.not_importable = totals.not_importable;
    I2I_TRY(trashed_.tell(*access, "", [&](std::size_t number, bool offline) -> Result<void> {
      judge_trashed(in_trash_[number], offline);
      return {};
    }));
    // The next import is not to rest on a look that this one proves wrong.
    const auto& found = report_.immich;
    return found.missing + found.offline > 0 ? forget_look(scope_->ledger()) : Result<void>{};
  }

  Result<void> judge_size(SizesInImmich& sizes, const PresentFile& file) {
    I2I_ASSIGN(const auto size, of_immich(sizes.of(file.presence.asset_id)));
    if (size.state == SizeInImmich::State::unread) {
      ++report_.immich.unread;
    } else if (size.state == SizeInImmich::State::known && size.bytes != file.placement.size) {
      ++report_.immich.different;
      add_immich(file.placement,
                 fmt::format("Immich knows it with {} bytes, the file has {}: it was another file when Immich read it",
                             size.bytes, file.placement.size),
                 "In Immich, choose 'Refresh metadata' for it.");
    } else {
      ++report_.immich.present;
      if (options_.list_safe_to_delete) findings_.in_immich.push_back(content_key(file.placement.checksum));
    }
    return {};
  }

  Result<void> judge_absent(const PresentFile& file) {
    if (file.presence.asset_id.empty()) {
      ++report_.immich.missing;
      add_immich(file.placement, "Immich does not have it", "icloud2immich import");
    } else {
      trashed_.add(file.presence.asset_id, in_trash_.size());
      in_trash_.push_back(file.placement);
    }
    return {};
  }

  void judge_trashed(const ledger::Placement& placement, bool offline) {
    if (offline) {
      ++report_.immich.offline;
      add_immich(placement, "Immich shows it as offline: it does not see the file",
                 "Check that the photos dir is mounted into Immich, then icloud2immich import");
    } else {
      ++report_.immich.trashed;
      add_immich(placement, "a person moved it to Immich's trash", "Restore it there if that was a mistake.");
    }
  }

  void add_immich(const ledger::Placement& placement, std::string what, std::string remedy) {
    // A file that is not on the volume is told once.
    if (findings_.different.contains(placement.checksum)) return;
    add_difference(placement, "immich", std::move(what), std::move(remedy));
  }

  const RunContext& context_;
  const VerifyOptions& options_;
  Observer& observer_;
  std::unique_ptr<RunScope> scope_;
  Findings findings_;
  std::unordered_multimap<model::Checksum, std::size_t> differing_;  // where in the differences
  TrashedOnes trashed_;                                              // in Immich, each by its place in in_trash_
  std::vector<ledger::Placement> in_trash_;
  std::vector<model::Checksum> proven_;  // read and not noted in the ledger yet
  std::chrono::steady_clock::time_point proofs_stored_{};
  VerifyReport report_;
};

}  // namespace

VerifyOutcome verify(const RunContext& context, const VerifyOptions& options, Observer& observer) {
  return Verify(context, options, observer).run();
}

}  // namespace i2i::app
