#include "cli/figures.hpp"

#include "i2i/app/exit_code.hpp"

namespace i2i::cli {
namespace {

using Figures = std::map<std::string, std::int64_t>;

Figures figures_of(const app::SyncReport& report) {
  std::int64_t assets = 0;
  for (const auto& library : report.libraries) assets += library.assets;
  return {{"library_assets", assets},
          {"selected_assets", report.selected},
          {"files_wanted", report.files.wanted},
          {"files_unavailable", report.files.unavailable},
          {"files_failed", report.files.failed},
          {"sidecars_failed", report.sidecars.failed}};
}

Figures figures_of(const app::ImportReport& report) {
  return {{"immich_present", report.assets.present},
          {"immich_missing", report.assets.missing},
          {"immich_offline", report.assets.offline},
          {"immich_trashed", report.assets.trashed},
          {"immich_not_importable", report.assets.not_importable}};
}

Figures figures_of(const app::VerifyReport& report) {
  const auto& files = report.files;
  Figures figures{{"verify_proven", files.proven},
                  {"verify_by_size", files.by_size},
                  {"verify_different", files.different},
                  {"verify_pending", files.pending},
                  {"verify_unavailable", files.unavailable},
                  {"verify_not_checked", files.not_checked},
                  {"verify_differences", static_cast<std::int64_t>(report.differences.size())},
                  {"verify_never_proven", report.proofs.never}};
  if (report.proofs.oldest) figures["verify_oldest_proof"] = *report.proofs.oldest / 1000;
  return figures;
}

}  // namespace

void add_figures(const CommandResult& result, app::CommandOutcome& outcome) {
  if (const auto* sync = std::get_if<app::SyncReport>(&result.report)) {
    outcome.counted = {{"downloaded_files_total", sync->files.downloaded},
                       {"downloaded_bytes_total", sync->bytes_downloaded}};
  }
  // A run that did not come to its end knows only part of them.
  if (!app::lets_the_next_run(result.exit_code) && result.exit_code != app::kExitDifferences) return;
  if (result.error) return;
  if (const auto* sync = std::get_if<app::SyncReport>(&result.report)) outcome.figures = figures_of(*sync);
  if (const auto* import = std::get_if<app::ImportReport>(&result.report)) outcome.figures = figures_of(*import);
  if (const auto* verify = std::get_if<app::VerifyReport>(&result.report)) outcome.figures = figures_of(*verify);
}

}  // namespace i2i::cli
