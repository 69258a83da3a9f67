#pragma once
// What one command did, in the form both renderers take.

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "i2i/app/auth.hpp"
#include "i2i/app/report.hpp"
#include "i2i/util/result.hpp"

namespace i2i::cli {

struct CommandResult {
  std::string command;
  std::string apple_id;
  util::UnixMillis started_at = 0;
  std::chrono::milliseconds took{0};
  int exit_code = 0;
  std::optional<util::Error> error;
  std::string written;  // the file that a person asked for; "" where none was, or it could not be written
  std::variant<std::monostate, app::AuthReport, app::SyncReport, app::ImportReport, app::VerifyReport,
               app::StatusReport, app::DoctorReport>
      report;
};

/// What to do where a failure says nothing better; "" where its kind always says it.
std::string usual_remedy(int exit_code);

/// The one JSON document of a run (docs/cli.md, "JSON results").
std::string encode_results(const std::vector<CommandResult>& results, int exit_code);

/// The same of one command, as a file that is kept: it says which program wrote it.
std::string encode_report(const CommandResult& result);

/// What a person reads at the end of a command; names from servers are escaped.
std::string render_text(const CommandResult& result);

}  // namespace i2i::cli
