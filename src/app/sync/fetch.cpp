#include "app/sync/fetch.hpp"

#include <fmt/core.h>

#include "app/selection/wanted.hpp"
#include "app/transfer/transfer.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

/// Feeds the transfer with what is planned but not there.
class WorkFeeder : public WantedVisitor {
 public:
  WorkFeeder(ledger::Ledger& ledger, Transfer& transfer) : placements_(ledger), transfer_(transfer) {}

  Result<void> wanted(const ledger::AssetView& view, const std::vector<model::Rendition>& renditions,
                      const std::vector<std::string>&) override {
    for (const auto& rendition : renditions) {
      I2I_ASSIGN(const auto placement, placements_.find(rendition.checksum));
      if (!placement || placement->state == ledger::PlacementState::placed) continue;
      const bool on_asset = ledger::is_of_asset(rendition.kind);
      const auto slash = placement->path.rfind('/');
      I2I_TRY(transfer_.add({*placement, view.zone, on_asset ? view.asset.name : view.master.name, rendition.kind,
                             view.asset.name,
                             slash == std::string::npos ? placement->path : placement->path.substr(slash + 1)}));
    }
    return {};
  }
  Result<void> excluded(const ledger::AssetView&, const std::string&) override { return {}; }
  Result<void> unavailable(const ledger::AssetView&) override { return {}; }

 private:
  ledger::Placements placements_;
  Transfer& transfer_;
};

/// What the ledger may still need where it lies on the volume too.
std::uint64_t reserve_beside(const util::Root& root, const RunScope& scope) {
  constexpr std::uint64_t kForLedger = std::uint64_t{32} << 20;
  return root.holds_file_system_of(scope.paths().folder) ? kForLedger : 0;
}

/// Said beforehand, but not an end: what fits is worth having, and some file systems grow or compress.
Result<void> note_lack_of_space(const FetchParts& parts, std::int64_t bytes, SyncReport& report) {
  I2I_ASSIGN(const auto space, parts.root.space());
  if (static_cast<std::uint64_t>(bytes) <= space.first) return {};
  report.notes.push_back(fmt::format("{} are to be fetched, but only {} are free on {}.",
                                     util::human_bytes(static_cast<std::uint64_t>(bytes)),
                                     util::human_bytes(space.first), parts.options.photos_dir));
  util::log_warn("{}", report.notes.back());
  return {};
}

}  // namespace

Result<void> fetch(const FetchParts& parts, const PlanReport& plan, SyncReport& report, SyncEnd& end) {
  I2I_TRY(note_lack_of_space(parts, plan.bytes_to_fetch, report));
  auto& ledger = parts.scope.ledger();
  Progress expected{Progress::Phase::transferring, 0, plan.to_fetch, 0, plan.bytes_to_fetch};
  Transfer transfer({parts.scope.http(), parts.cloudkit, ledger, parts.root, parts.context.clock, parts.context.stop,
                     parts.options.jobs, reserve_beside(parts.root, parts.scope), parts.observer, expected});
  // While a person's consent is waited for, files whose address is known are fetched.
  const ProtectedAccess::Meanwhile meanwhile(parts.scope.protected_access(), [&transfer] { return transfer.go_on(); });
  WorkFeeder feeder(ledger, transfer);
  auto outcome = walk_wanted(ledger, parts.options.selection, AlbumPaths::not_needed, feeder);
  if (outcome) outcome = transfer.finish();
  if (!outcome) transfer.abandon();
  const auto& done = transfer.report();
  end.awaited.insert(end.awaited.end(), done.awaited.begin(), done.awaited.end());
  end.without_address = done.unavailable;
  report.files.downloaded = done.downloaded;
  report.files.unavailable += done.unavailable;
  report.bytes_downloaded = done.bytes;
  report.failures = done.failures;
  return outcome;
}

}  // namespace i2i::app
