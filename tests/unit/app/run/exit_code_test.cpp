#include "i2i/app/exit_code.hpp"

#include <vector>

#include "catch.hpp"

using i2i::app::exit_code_for;
using i2i::util::Error;
using i2i::util::ErrorCode;

namespace {

/// docs/cli.md, "Exit codes". No default: the compiler names an enumerator that is missing here. nullopt: no such code.
std::optional<int> contracted(ErrorCode code) {
  switch (code) {
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
      return 130;
  }
  return std::nullopt;
}

Error error(ErrorCode code) { return {code, "something", "", std::nullopt}; }

}  // namespace

TEST_CASE("every error has its contracted exit code") {
  int codes = 0;
  for (int value = 0;; ++value) {
    const auto code = static_cast<ErrorCode>(value);
    const auto expected = contracted(code);
    if (!expected) break;
    ++codes;
    INFO("ErrorCode " << value);
    CHECK(exit_code_for(error(code)) == *expected);
    // An outcome with an error is that error, however far the run came.
    i2i::app::SyncOutcome sync;
    sync.report.files.failed = 3;
    sync.error = error(code);
    CHECK(exit_code_for(sync) == *expected);
    i2i::app::ImportOutcome import;
    import.report.assets.missing = 3;
    import.error = error(code);
    CHECK(exit_code_for(import) == *expected);
    i2i::app::VerifyOutcome verify;
    verify.report.differences.resize(2);
    verify.error = error(code);
    CHECK(exit_code_for(verify) == *expected);
  }
  CHECK(codes > static_cast<int>(ErrorCode::ledger_newer));
}

TEST_CASE("how a sync ended") {
  struct Row {
    const char* name;
    std::int64_t failed;
    std::int64_t unavailable;
    int code;
  };
  const Row rows[] = {
      {"done", 0, 0, 0},
      {"what Apple offers no file for is no failure", 0, 5, 0},
      {"one file failed", 1, 0, 4},
      {"both", 1, 5, 4},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    i2i::app::SyncOutcome outcome;
    outcome.report.files.failed = row.failed;
    outcome.report.files.unavailable = row.unavailable;
    CHECK(exit_code_for(outcome) == row.code);
  }
}

TEST_CASE("how an import ended") {
  struct Row {
    const char* name;
    std::int64_t missing;
    std::int64_t offline;
    std::int64_t trashed;
    std::int64_t not_importable;
    int code;
  };
  const Row rows[] = {
      {"done", 0, 0, 0, 0, 0},
      {"missing after every scan", 1, 0, 0, 0, 4},
      {"offline", 0, 1, 0, 0, 4},
      {"a person's choice in Immich", 0, 0, 1, 0, 0},
      {"of a kind Immich does not import", 0, 0, 0, 1, 0},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    i2i::app::ImportOutcome outcome;
    outcome.report.assets.missing = row.missing;
    outcome.report.assets.offline = row.offline;
    outcome.report.assets.trashed = row.trashed;
    outcome.report.assets.not_importable = row.not_importable;
    CHECK(exit_code_for(outcome) == row.code);
  }
}

TEST_CASE("how a verify ended") {
  struct Row {
    const char* name;
    std::size_t differences;
    std::int64_t queued;
    std::int64_t pending;
    std::int64_t unavailable;
    int code;
  };
  const Row rows[] = {
      {"complete", 0, 0, 0, 0, 0},
      {"differences", 2, 0, 0, 0, 5},
      {"differences come before what is pending", 1, 0, 3, 0, 5},
      {"everything queued", 2, 2, 0, 0, 4},
      {"everything queued, more pending", 2, 2, 1, 0, 4},
      {"not everything can be queued", 3, 2, 0, 0, 5},
      {"only pending", 0, 0, 1, 0, 4},
      {"only what Apple offers no file for", 0, 0, 0, 7, 0},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    i2i::app::VerifyOutcome outcome;
    outcome.report.differences.resize(row.differences);
    outcome.report.queued_for_repair = row.queued;
    outcome.report.pending = row.pending;
    outcome.report.unavailable = row.unavailable;
    CHECK(exit_code_for(outcome) == row.code);
  }
}

TEST_CASE("what lets the next command of a chain run") {
  for (int code = 0; code < 256; ++code) {
    INFO(code);
    CHECK(i2i::app::lets_the_next_run(code) == (code == 0 || code == 4));
  }
}

TEST_CASE("what a chain ends in") {
  struct Row {
    const char* name;
    std::vector<int> codes;
    int code;
  };
  const Row rows[] = {
      {"nothing", {}, 0},
      {"all done", {0, 0, 0}, 0},
      {"something left on the way", {0, 4, 0}, 4},
      {"a stopping code comes before a 4", {4, 6}, 6},
      {"the first one stops", {3}, 3},
      {"differences at the end", {0, 4, 5}, 5},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    int code = 0;
    for (const int next : row.codes) code = i2i::app::chained(code, next);
    CHECK(code == row.code);
  }
}
