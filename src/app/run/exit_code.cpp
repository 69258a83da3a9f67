#include "i2i/app/exit_code.hpp"

namespace i2i::app {

using util::ErrorCode;

int exit_code_for(const util::Error& error) {
  switch (error.code) {
    case ErrorCode::internal:
    case ErrorCode::bad_answer:
    case ErrorCode::mismatch:
    case ErrorCode::not_found:
    case ErrorCode::bad_token:
    case ErrorCode::url_expired:
      return 1;
    case ErrorCode::usage:
      return 2;
    case ErrorCode::sign_in_needed:
    case ErrorCode::wrong_credentials:
    case ErrorCode::wrong_code:
    case ErrorCode::account_action:
    case ErrorCode::auth_expired:
    case ErrorCode::access_denied:
    case ErrorCode::consent_needed:
    case ErrorCode::timed_out_waiting:
      return 3;
    case ErrorCode::throttled:
    case ErrorCode::unreachable:
    case ErrorCode::refused:
      return 6;
    case ErrorCode::immich_unreachable:
      return 7;
    case ErrorCode::immich_refused:
      return 8;
    case ErrorCode::volume:
    case ErrorCode::volume_full:
    case ErrorCode::volume_foreign:
      return 9;
    case ErrorCode::run_locked:
      return 10;
    case ErrorCode::safety_stop:
      return 11;
    case ErrorCode::ledger_damaged:
    case ErrorCode::ledger_newer:
      return 12;
    case ErrorCode::cancelled:
      return 130;  // cli knows which signal it was
  }
  return 1;
}

int exit_code_for(const SyncOutcome& outcome) {
  if (outcome.error) return exit_code_for(*outcome.error);
  return outcome.report.files.failed + outcome.report.sidecars.failed > 0 ? kExitItemsLeft : kExitDone;
}

int exit_code_for(const ImportOutcome& outcome) {
  if (outcome.error) return exit_code_for(*outcome.error);
  const auto& assets = outcome.report.assets;
  return assets.missing > 0 || assets.offline > 0 ? kExitItemsLeft : kExitDone;
}

int exit_code_for(const VerifyOutcome& outcome) {
  if (outcome.error) return exit_code_for(*outcome.error);
  const auto& report = outcome.report;
  if (!report.differences.empty()) {
    const auto queued = report.queued_for_repair;
    return queued > 0 && queued == static_cast<std::int64_t>(report.differences.size()) ? kExitItemsLeft
                                                                                        : kExitDifferences;
  }
  return report.pending > 0 || report.immich.unread > 0 ? kExitItemsLeft : kExitDone;
}

}  // namespace i2i::app
