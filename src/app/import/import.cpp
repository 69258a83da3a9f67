#include "i2i/app/import.hpp"

#include <fmt/core.h>

#include "app/import/carry_over.hpp"
#include "app/import/extras.hpp"
#include "app/import/immich_access.hpp"
#include "app/import/immich_library.hpp"
#include "app/import/immich_move.hpp"
#include "app/import/immich_root.hpp"
#include "app/import/live_photos.hpp"
#include "app/import/lock_hidden.hpp"
#include "app/import/look_for_files.hpp"
#include "app/import/phone_duplicates.hpp"
#include "app/import/stacks.hpp"
#include "app/run/run_scope.hpp"
#include "app/volume/volume.hpp"
#include "i2i/app/exit_code.hpp"
#include "i2i/ledger/imports.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

/// Overlapping passes of Immich can lose a chunk of new files (docs/protocol/immich.md §7.3).
constexpr int kScansAtMost = 3;

class Import {
 public:
  Import(const RunContext& context, const ImportOptions& options, Observer& observer)
      : context_(context), options_(options), observer_(observer) {}

  ImportOutcome run() {
    auto opened = RunScope::open(context_, "import", LedgerNeed::must_exist);
    if (!opened) return {std::move(report_), std::move(opened).error()};
    scope_ = *std::move(opened);
    ImportOutcome outcome;
    if (auto done = steps(); !done) outcome.error = std::move(done).error();
    if (access_) report_.write_calls = access_->write_calls();
    outcome.report = std::move(report_);
    const auto& assets = outcome.report.assets;
    scope_->note_end(exit_code_for(outcome),
                     outcome.error ? outcome.error->message
                                   : fmt::format("{} of {} files in Immich", assets.present, assets.expected),
                     outcome.error);
    return outcome;
  }

 private:
  Result<void> steps() {
    I2I_ASSIGN(const auto dsid, scope_->dsid());
    I2I_ASSIGN(const auto root, open_volume(options_.photos_dir, scope_->ledger(), dsid, VolumeUse::read));
    I2I_ASSIGN(const auto immich, with_known_root(options_.immich, scope_->ledger()));
    I2I_ASSIGN(access_, ImmichAccess::open(context_, scope_->http(), immich, root.path(), ImmichAccess::Need::importing,
                                           options_.stacks ? stack_permissions() : std::vector<std::string>{}));
    if (options_.immich.path.empty()) {
      I2I_ASSIGN(const auto volume_id, known_volume_id(scope_->ledger()));
      I2I_TRY(find_root(*access_, root.path(), sentinel_folder(volume_id)));
    }
    I2I_ASSIGN(auto moved, look_for_move());
    if (context_.options.dry_run) return dry_run(moved);
    I2I_ASSIGN(const auto found, moved ? follow(*moved) : find_or_create_library(*access_, options_.library_name));
    report_.library.id = found.library.id;
    report_.library.name = found.library.name;
    report_.library.created = found.created;

    I2I_TRY(know_whose_immich(*access_, scope_->ledger()));
    I2I_TRY(bring_in(found.library, root));
    I2I_TRY(remember_root(*access_, scope_->ledger()));
    return carry_over();
  }

  Result<std::optional<MovedLibrary>> look_for_move() {
    I2I_ASSIGN(const auto known, known_root(*access_, scope_->ledger()));
    if (known == access_->container_root()) return std::optional<MovedLibrary>();
    I2I_ASSIGN(const auto volume_id, known_volume_id(scope_->ledger()));
    std::string note;
    I2I_ASSIGN(auto moved, find_moved(*access_, known, sentinel_folder(volume_id),
                                      context_.options.dry_run ? Probing::never : Probing::by_update, note));
    if (!note.empty()) report_.notes.push_back(std::move(note));
    return moved;
  }

  Result<FoundLibrary> follow(MovedLibrary& moved) {
    I2I_ASSIGN(const auto volume_id, known_volume_id(scope_->ledger()));
    I2I_TRY(move_library(*access_, scope_->ledger(), moved, sentinel_folder(volume_id),
                         options_.accept_move ? Losses::accept : Losses::stop));
    report_.library.moved_from = moved.from;
    report_.notes.push_back(note_of_move(moved.from, access_->container_root()));
    return FoundLibrary{std::move(moved.library), false};
  }

  /// Scans where something was written since the last good scan, or where Immich has not what it should have.
  Result<void> bring_in(const immich::Library& library, const util::Root& root) {
    I2I_ASSIGN(const auto fingerprint, volume_fingerprint());
    const std::string scanned_fact = "immich_scanned/" + library.id;
    I2I_ASSIGN(const auto scanned, scope_->ledger().fact(scanned_fact));
    bool scan_needed = scanned.value_or("") != fingerprint;
    LookForFiles files(*access_, scope_->ledger(), report_);
    for (int scans = 0;; ++scans) {
      if (scan_needed) I2I_TRY(scan(library));
      I2I_TRY(files.look(&library, report_.scanned ? LookForFiles::After::scan : LookForFiles::After::nothing));
      kept_out_ = files.kept_out();
      // What a lost mount took offline comes back by a scan. One is enough: what it leaves, Immich does not see.
      scan_needed = report_.assets.missing > kept_out_.missing ||
                    (report_.assets.offline > kept_out_.offline && !report_.scanned);
      if (!scan_needed || scans + 1 >= kScansAtMost || !options_.wait) break;
    }
    const bool all_there = report_.assets.missing == kept_out_.missing && report_.assets.offline == kept_out_.offline;
    if (all_there && options_.wait && scanned != fingerprint) {
      I2I_TRY(scope_->ledger().set_fact(scanned_fact, fingerprint));
    }
    explain();
    // What costs calls, or a walk over the volume, is looked at only where there is news.
    if (!report_.scanned) return {};
    I2I_ASSIGN(report_.extras, find_extras(*access_, scope_->ledger(), root, library));
    for (auto& note : notes_of(*report_.extras)) report_.notes.push_back(std::move(note));
    return look_for_phone_duplicates();
  }

  Result<void> look_for_phone_duplicates() {
    I2I_ASSIGN(const auto found, count_phone_duplicates(*access_, scope_->ledger()));
    report_.phone_duplicates = found;
    if (found == 0) return {};
    report_.notes.push_back(
        fmt::format("{} files were uploaded to Immich besides, as its phone app does, and show twice; nothing was "
                    "changed. Switch off the backup in the phone's Immich app for what iCloud brings.",
                    found));
    return {};
  }

  Result<void> carry_over() {
    auto& ledger = scope_->ledger();
    Carried carried(ledger);
    if (options_.lock_hidden) I2I_TRY(carried.leave_out_hidden(ledger));
    CarryOver carry(*access_, ledger, carried, context_.stop, report_);
    if (options_.favorites) I2I_TRY(carry.favorites());
    I2I_TRY(carry.hidden());
    if (options_.stacks) I2I_TRY(StackCarryOver(*access_, ledger, carried, context_.stop, report_).run());
    if (options_.albums) I2I_TRY(carry.albums());
    // While Immich reads files it links anew; the import that waits for it comes back to them.
    if (options_.live_links && (options_.wait || !report_.scanned)) {
      I2I_TRY(LivePhotos(*access_, ledger, carried, context_.stop, report_).run(report_.library.id));
    }
    if (options_.lock_hidden) I2I_TRY(lock_hidden(*access_, ledger, context_.stop, report_));
    return {};
  }

  Result<void> dry_run(const std::optional<MovedLibrary>& moved) {
    if (moved) {
      report_.notes.push_back("Immich saw the photos dir at " + util::escape_for_terminal(moved->from) +
                              " before; an " + "import would change the folder of its library '" +
                              util::escape_for_terminal(moved->library.name) +
                              "', and every photo would be a new one.");
    }
    I2I_TRY(LookForFiles(*access_, scope_->ledger(), report_).look(nullptr, LookForFiles::After::nothing));
    report_.notes.push_back(fmt::format("Dry run: {} of {} files are in Immich; nothing was changed.",
                                        report_.assets.present, report_.assets.expected));
    return {};
  }

  /// Changes when a file was written, replaced or touched since: then a scan is worth its cost.
  Result<std::string> volume_fingerprint() {
    util::Hasher hasher(util::HashKind::sha256);
    hasher.update(access_->container_root());
    I2I_TRY(ledger::Placements(scope_->ledger())
                .for_each(ledger::PlacementState::placed, [&](const ledger::Placement& placement) -> Result<void> {
                  hasher.update(placement.path);
                  hasher.update(std::to_string(placement.mtime_ms));
                  return {};
                }));
    return util::hex_encode(hasher.finish());
  }

  Result<void> scan(const immich::Library& library) {
    I2I_ASSIGN(const auto volume_id, known_volume_id(scope_->ledger()));
    I2I_TRY(prove_mount(*access_, library, sentinel_folder(volume_id)));
    report_.scanned = true;
    if (!options_.wait) return of_immich(access_->admin().scan(library.id));
    immich::ScanOptions scan_options;
    scan_options.timeout = options_.timeout;
    I2I_ASSIGN(const auto outcome,
               of_immich(immich::scan_and_wait(access_->admin(), context_.clock, context_.stop, library.id,
                                               scan_options, [&](std::int64_t busy) {
                                                 observer_.progress({Progress::Phase::scanning, 0, busy, 0, 0});
                                               })));
    crawl_finished_ = outcome.crawl_finished;
    return {};
  }

  /// Why Immich has not all, as far as the last scan tells (docs/protocol/immich.md §8.4).
  void explain() {
    if (!crawl_finished_) {
      report_.notes.push_back(
          "Immich's crawl of the library did not get to its end: there is a folder that it cannot read, or its worker "
          "does not see the volume. Its server log names the folder: let the server's user read it, then run import "
          "again.");
    } else if (const auto missing = report_.assets.missing - kept_out_.missing; missing > 0) {
      report_.notes.push_back(
          fmt::format("{} files were not found in Immich after {}. Check that Immich's worker sees the same folder as "
                      "its server, and that it may read every file (mode and owner).",
                      missing, options_.wait ? "the scan" : "asking for a scan (--no-wait)"));
    }
    if (kept_out_.missing > 0) {
      report_.notes.push_back(
          fmt::format("{} files are kept out of Immich by exclusion patterns of its library (missing_reasons names "
                      "them). Remove the patterns under Administration > External Libraries to have them there.",
                      kept_out_.missing));
    }
    if (kept_out_.offline > 0) {
      report_.notes.push_back(fmt::format(
          "{} files are taken offline by an exclusion pattern of Immich's library, such as '{}'. Remove it under "
          "Administration > External Libraries to have them back.",
          kept_out_.offline, util::escape_for_terminal(kept_out_.pattern)));
    }
    if (const auto offline = report_.assets.offline - kept_out_.offline; offline > 0) {
      report_.notes.push_back(
          fmt::format("{} files are offline in Immich: it knows them but cannot read them now. Check their mode and "
                      "owner, then run import again.",
                      offline));
    }
  }

  const RunContext& context_;
  const ImportOptions& options_;
  Observer& observer_;
  std::unique_ptr<RunScope> scope_;
  std::unique_ptr<ImmichAccess> access_;
  LookForFiles::KeptOut kept_out_;
  bool crawl_finished_ = true;  // of the last scan that was waited for
  ImportReport report_;
};

}  // namespace

ImportOutcome import_library(const RunContext& context, const ImportOptions& options, Observer& observer) {
  return Import(context, options, observer).run();
}

}  // namespace i2i::app
