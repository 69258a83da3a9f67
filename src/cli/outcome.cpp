#include "cli/outcome.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "cli/figures.hpp"
#include "i2i/app/verify.hpp"
#include "i2i/util/text.hpp"
#include "i2i/util/time.hpp"

namespace i2i::cli {
namespace {

std::string number(std::int64_t value) {
  return util::with_thousands(static_cast<std::uint64_t>(value < 0 ? 0 : value));
}

std::string sentence_of(std::monostate /*report*/) { return {}; }
std::string sentence_of(const app::DoctorReport& /*report*/) { return {}; }
std::string sentence_of(const app::StatusReport& report) { return report.advice; }
std::string sentence_of(const app::AuthReport& report) { return report.message; }
std::string sentence_of(const app::VerifyReport& report) { return app::verdict_sentence(report); }

std::string sentence_of(const app::SyncReport& report) {
  const auto& files = report.files;
  std::string text =
      fmt::format("{} files wanted, {} there already, {} fetched ({})", number(files.wanted), number(files.present),
                  number(files.downloaded), util::human_bytes(static_cast<std::uint64_t>(report.bytes_downloaded)));
  if (files.adopted > 0) text += fmt::format(", {} recognised on the volume", number(files.adopted));
  if (files.failed > 0) text += fmt::format(", {} failed", number(files.failed));
  return text;
}

std::string sentence_of(const app::ImportReport& report) {
  const auto& assets = report.assets;
  std::string text = fmt::format("{} of {} files present in Immich", number(assets.present), number(assets.expected));
  if (assets.missing > 0) text += fmt::format(", {} missing", number(assets.missing));
  if (assets.offline > 0) text += fmt::format(", {} offline", number(assets.offline));
  return text;
}

bool against_icloud(const VerifyWish& verify) {
  return verify.against.empty() || std::count(verify.against.begin(), verify.against.end(), "icloud") > 0;
}

/// A terminal shows a mistake in what was typed to whoever typed it.
bool typed_wrong(const CommandResult& result) {
  constexpr int kUsage = 2;
  return result.exit_code == kUsage && ::isatty(STDIN_FILENO) != 0;
}

}  // namespace

bool is_told(const Invocation& invocation) {
  switch (invocation.commands.front()) {
    case Command::sync:
    case Command::import:
    case Command::verify:
      return true;
    case Command::auth:
      return invocation.auth.action == AuthOptions::Action::check || is_by_person(invocation);
    default:  // a look at how things are
      return false;
  }
}

bool is_by_person(const Invocation& invocation) {
  return invocation.commands.front() == Command::auth && invocation.auth.action == AuthOptions::Action::sign_in;
}

app::CommandOutcome outcome_of(const CommandResult& result, const Invocation& invocation) {
  app::CommandOutcome outcome;
  outcome.command = result.command;
  outcome.exit_code = result.exit_code;
  outcome.took = result.took;
  outcome.sentence = std::visit([](const auto& report) { return sentence_of(report); }, result.report);
  if (result.error) {
    outcome.error = result.error->code;
    outcome.sentence = result.error->message;
    outcome.remedy = result.error->remedy;
    if (result.error->retry_after) {
      outcome.sentence += "; it may be tried again in " + util::human_duration(*result.error->retry_after);
    }
  }
  outcome.by_person = is_by_person(invocation) || typed_wrong(result);
  if (const auto* report = std::get_if<app::AuthReport>(&result.report)) {
    if (!result.error) outcome.session_state = report->session.state;
  }
  if (result.command == "verify") {
    const auto& verify = invocation.verify;
    outcome.partial = verify.quick || verify.subset.has_value() || !verify.against.empty();
    outcome.asked_icloud = against_icloud(verify);
    if (const auto* report = std::get_if<app::VerifyReport>(&result.report)) {
      outcome.differences = static_cast<std::int64_t>(report->differences.size());
    }
  }
  add_figures(result, outcome);
  return outcome;
}

}  // namespace i2i::cli
