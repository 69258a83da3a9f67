#include "i2i/app/status.hpp"

#include <unistd.h>

#include "app/sign_in/holds_decode.hpp"
#include "app/status/manifest.hpp"
#include "app/trash/trash.hpp"
#include "i2i/app/auth.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/ledger/runs.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr std::size_t kRunsShown = 8;
constexpr int kWarnDays = 7;

/// Nothing else helps while Apple is not asked; "" where nothing is held back.
std::string advice_of(const Holds& holds, util::UnixMillis now) {
  for (const auto* hold : {&holds.session, &holds.password, &holds.data}) {
    if (!*hold || !is_on(**hold, now)) continue;
    const auto held = held_back(**hold, now);
    return held.message + ". " + held.remedy;
  }
  return {};
}

std::string advice_for(const StatusReport& report, const std::string& apple_id) {
  if (report.session.state == "none") return "Sign in: icloud2immich auth --apple-id " + apple_id;
  if (report.session.state == "expired") return "The sign-in has probably expired: icloud2immich auth";
  if (report.session.state == "expiring") return "The sign-in expires soon: icloud2immich auth";
  if (report.ledger.assets == 0) return "Bring the library: icloud2immich sync --photos-dir DIR";
  if (report.pending > 0) {
    return util::with_thousands(static_cast<std::uint64_t>(report.pending)) + " files are pending: icloud2immich sync";
  }
  return "Nothing to do.";
}

/// The person may have emptied it since.
void look_at_trash(const std::string& photos_dir, StatusReport& report) {
  if (photos_dir.empty()) return;
  const auto root = util::Root::open(photos_dir);
  if (!root) return;
  const auto there = look_into_trash(*root);
  if (there) report.trash = {photos_dir + "/" + kTrashFolder, there->files, there->bytes};
}

}  // namespace

Result<StatusReport> status(const RunContext& context, const StatusOptions& options) {
  I2I_ASSIGN(const auto paths, account_paths(context.options));
  I2I_ASSIGN(const auto session, load_session(paths));
  StatusReport report;
  report.session = describe_session(session, context.clock.now(), kWarnDays);
  if (::access(paths.ledger().c_str(), F_OK) == 0) {
    // A copy: status must not wait for a running sync, nor migrate anything.
    I2I_ASSIGN(auto ledger, ledger::Ledger::open(paths.ledger(), ledger::OpenMode::temporary_copy));
    ledger::Catalogue catalogue(ledger);
    I2I_ASSIGN(const auto zones, catalogue.zones());
    for (const auto& zone : zones) {
      I2I_ASSIGN(const auto counts, catalogue.counts(zone.id));
      report.ledger.assets += counts.assets;
    }
    ledger::Placements placements(ledger);
    I2I_ASSIGN(const auto totals, placements.totals());
    report.ledger.files = totals.placed;
    report.ledger.bytes = totals.bytes;
    report.pending = totals.planned + totals.damaged;
    I2I_ASSIGN(const auto ages, placements.proof_ages({}));
    report.proofs = {ages.oldest, ages.newest, ages.never};
    I2I_ASSIGN(const auto trash, ledger::Trash(ledger).totals());
    report.trash = {kTrashFolder, trash.files, trash.bytes};
    ledger::Runs runs(ledger);
    I2I_ASSIGN(const auto last, runs.last(kRunsShown));
    for (const auto& run : last) {
      report.last_runs.push_back({run.command, run.started_at, run.ended_at, run.exit_code, run.summary});
    }
    if (!options.manifest.empty()) {
      I2I_ASSIGN(report.manifest, write_manifest(ledger, options.manifest, paths.apple_id, context.clock.now()));
    }
  } else if (!options.manifest.empty()) {
    return util::fail(util::ErrorCode::usage,
                      "no photos of " + paths.apple_id + " were brought yet: there is nothing to list",
                      "Bring the library: icloud2immich sync --photos-dir DIR");
  }
  look_at_trash(options.photos_dir, report);
  report.advice = advice_of(load_holds(paths), context.clock.now());
  if (report.advice.empty()) report.advice = advice_for(report, paths.apple_id);
  return report;
}

}  // namespace i2i::app
