#include "cli/report_file.hpp"

#include "cli/page/verify_page.hpp"
#include "i2i/app/exit_code.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/text.hpp"

namespace i2i::cli {
namespace {

using util::ErrorCode;

/// What the earlier file says is still the newest that is known.
bool said_nothing(const CommandResult& result) {
  if (!std::holds_alternative<app::VerifyReport>(result.report)) return true;
  if (!result.error) return false;
  const auto code = result.error->code;
  return code == ErrorCode::usage || code == ErrorCode::cancelled || code == ErrorCode::run_locked;
}

}  // namespace

std::optional<ReportKind> report_kind(const std::string& path) {
  const auto lowered = util::ascii_lower(path);
  if (lowered.ends_with(".html")) return ReportKind::page;
  if (lowered.ends_with(".json")) return ReportKind::json;
  return std::nullopt;
}

std::string render_report(const CommandResult& result, ReportKind kind) {
  return kind == ReportKind::page ? render_page(result) : encode_report(result);
}

void write_report(const std::string& path, CommandResult& result) {
  const auto kind = report_kind(path);
  if (!kind || said_nothing(result)) return;
  // It names a person's photos: for the owner's eyes, like the state dir.
  auto written = util::write_file_atomic(path, render_report(result, *kind), 0600);
  if (written) {
    result.written = path;
    return;
  }
  auto error = std::move(written).error();
  // It was there at the start (cli/run.cpp); a folder that goes away meanwhile is like a disk that does.
  if (error.code == ErrorCode::not_found) error.code = ErrorCode::volume;
  if (error.remedy.empty()) error.remedy = "Look at the folder of the report, then run again.";
  if (result.exit_code != app::kExitDifferences) result.exit_code = app::exit_code_for(error);
  if (!result.error) result.error = std::move(error);
}

}  // namespace i2i::cli
