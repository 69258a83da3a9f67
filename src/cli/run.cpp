#include "i2i/cli/run.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/hold_question.hpp"
#include "cli/outcome.hpp"
#include "cli/progress.hpp"
#include "cli/report_file.hpp"
#include "cli/results.hpp"
#include "cli/second_factor.hpp"
#include "cli/secrets.hpp"
#include "cli/signals.hpp"
#include "i2i/app/doctor.hpp"
#include "i2i/app/exit_code.hpp"
#include "i2i/app/status.hpp"
#include "i2i/app/verify.hpp"
#include "i2i/cli/options.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/text.hpp"
#include "i2i/util/time.hpp"

namespace i2i::cli {
namespace {

using util::Result;

void print(std::FILE* stream, const std::string& text) {
  ProgressPrinter::clear_line();
  fmt::print(stream, "{}", text);
  (void)std::fflush(stream);  // a closed pipe is no reason to fail
}

ProgressStyle style_for(const GlobalOptions& options) {
  switch (options.progress) {
    case ProgressWish::never:
      return ProgressStyle::none;
    case ProgressWish::always:
      return ProgressStyle::line;
    case ProgressWish::automatic:
      break;
  }
  return isatty(STDERR_FILENO) != 0 ? ProgressStyle::line : ProgressStyle::plain;
}

/// Runs the commands of one invocation.
class Program {
 public:
  Program(const Invocation& invocation, const Signals& signals)
      : invocation_(invocation),
        signals_(signals),
        context_{invocation.global.account,
                 util::system_clock(),
                 signals.stop(),
                 configured_password(invocation.global),
                 person_to_ask(invocation.auth, signals.stop()),
                 invocation.auth.wait},
        progress_(style_for(invocation.global)) {
    if (!is_told(invocation)) return;
    auto tell = invocation.global.tell;
    tell.pings = !is_by_person(invocation);
    teller_ = app::Teller::create(context_, tell, names(invocation.commands));
  }

  int run() {
    int exit_code = 0;
    if (teller_) teller_->begin();
    for (const auto command : invocation_.commands) {
      const int code = run_one(command);
      exit_code = app::chained(exit_code, code);
      if (!app::lets_the_next_run(code)) break;
    }
    if (invocation_.global.json) print(stdout, encode_results(results_, exit_code) + "\n");
    tell(exit_code);
    return exit_code;
  }

 private:
  static std::vector<std::string> names(const std::vector<Command>& commands) {
    std::vector<std::string> names;
    names.reserve(commands.size());
    for (const auto command : commands) names.emplace_back(to_string(command));
    return names;
  }

  void tell(int exit_code) {
    if (!teller_) return;
    std::vector<app::CommandOutcome> outcomes;
    outcomes.reserve(results_.size());
    for (const auto& result : results_) outcomes.push_back(outcome_of(result, invocation_));
    teller_->end(outcomes, exit_code);
  }

  int run_one(Command command) {
    CommandResult result;
    result.command = to_string(command);
    const auto paths = app::account_paths(context_.options);
    result.apple_id = paths ? paths->apple_id : app::normal_apple_id(context_.options.apple_id);
    result.started_at = context_.clock.now();
    const auto started = context_.clock.steady();
    perform(command, result);
    if (result.error && result.error->remedy.empty()) result.error->remedy = usual_remedy(result.exit_code);
    result.took = std::chrono::duration_cast<std::chrono::milliseconds>(context_.clock.steady() - started);
    if (const int by_signal = signals_.exit_code(); by_signal != 0 && result.exit_code != 0)
      result.exit_code = by_signal;
    if (command == Command::verify) write_report(invocation_.verify.report, result);
    show(result);
    results_.push_back(std::move(result));
    return results_.back().exit_code;
  }

  /// Where the log is for programs, nothing else stands on standard error.
  void show(const CommandResult& result) const {
    const auto& options = invocation_.global;
    const bool json_log = options.log_format == util::LogFormat::json;
    if (!options.json || !json_log) print(options.json ? stderr : stdout, render_text(result));
    if (!json_log) return;
    const auto outcome = outcome_of(result, invocation_);
    const auto level = app::lets_the_next_run(result.exit_code) ? util::LogLevel::info : util::LogLevel::error;
    util::log_line(level,
                   fmt::format("{} ended in {} after {}: {}{}", result.command, result.exit_code,
                               util::human_duration(std::chrono::duration_cast<std::chrono::seconds>(result.took)),
                               outcome.sentence, outcome.remedy.empty() ? "" : " -> " + outcome.remedy));
  }

  void perform(Command command, CommandResult& result) {
    switch (command) {
      case Command::auth:
        take(auth(), result);
        if (const auto* report = std::get_if<app::AuthReport>(&result.report);
            report != nullptr && invocation_.auth.action == AuthOptions::Action::check &&
            report->session.state != "valid") {
          result.exit_code = 3;
        }
        return;
      case Command::sync:
        take_outcome(app::sync(context_, invocation_.sync, progress_), result);
        return;
      case Command::import:
        import(result);
        return;
      case Command::verify:
        verify(result);
        return;
      case Command::status:
        take(app::status(context_, {invocation_.global.photos_dir, invocation_.manifest}), result);
        return;
      case Command::doctor:
        doctor(result);
        return;
    }
  }

  Result<app::AuthReport> auth() {
    if (invocation_.auth.action == AuthOptions::Action::log_out) return app::log_out(context_);
    if (invocation_.auth.action == AuthOptions::Action::check)
      return app::check_session(context_, invocation_.auth.warn_days);
    I2I_ASSIGN(const auto paths, app::account_paths(context_.options));
    if (invocation_.auth.action == AuthOptions::Action::submit_code) {
      I2I_TRY(submit_code(invocation_.auth, paths.code(), context_.clock, context_.stop));
      app::AuthReport report;
      // What the session file says in the middle of a sign-in is neither old nor new.
      report.session.state = "signing-in";
      report.apple_id = paths.apple_id;
      report.message = "The waiting auth has the code now, and says what Apple thinks of it.";
      return report;
    }
    const auto person = find_second_factor(invocation_.auth, paths.code(), context_.clock, context_.stop);
    const auto ask_password = [this](const std::string& apple_id) {
      return find_password(invocation_.global, apple_id, context_.stop);
    };
    return app::sign_in(context_, ask_password, person.get());
  }

  void import(CommandResult& result) {
    app::ImportOptions options = invocation_.import;
    auto immich = find_immich(invocation_.immich);
    if (!immich) return take_error(immich.error(), result);
    options.immich = *std::move(immich);
    take_outcome(app::import_library(context_, options, progress_), result);
  }

  void verify(CommandResult& result) {
    app::VerifyOptions options;
    options.photos_dir = invocation_.global.photos_dir;
    options.quick = invocation_.verify.quick;
    options.repair = invocation_.verify.repair;
    options.subset = invocation_.verify.subset;
    options.restore_sample = invocation_.verify.restore_sample;
    options.list_safe_to_delete = invocation_.verify.list_safe_to_delete;
    options.older_than = invocation_.verify.older_than;
    const auto& against = invocation_.verify.against;
    const auto asked = [&](const char* name) {
      return std::find(against.begin(), against.end(), name) != against.end();
    };
    options.against_icloud = against.empty() || asked("icloud");
    options.against_volume = against.empty() || asked("volume");
    auto immich = find_immich(invocation_.immich);
    if (!immich) return take_error(immich.error(), result);
    if (asked("immich") || (against.empty() && !immich->url.empty())) options.immich = *std::move(immich);
    take_outcome(app::verify(context_, options, progress_), result);
  }

  /// Ends as the first fault would have ended a run.
  void doctor(CommandResult& result) {
    auto immich = find_immich(invocation_.immich);
    if (!immich) return take_error(immich.error(), result);
    app::DoctorReport report = app::examine(context_, {invocation_.global.photos_dir, *std::move(immich)});
    for (auto& check : report.checks) {
      if (!check.fault) continue;
      const int code = app::exit_code_for(*check.fault);
      if (result.exit_code == 0) result.exit_code = code;
      if (check.fault->remedy.empty()) check.fault->remedy = usual_remedy(code);
    }
    result.report = std::move(report);
  }

  static void take_error(const util::Error& error, CommandResult& result) {
    result.error = error;
    result.exit_code = app::exit_code_for(error);
  }
  template <class Report>
  static void take(Result<Report> report, CommandResult& result) {
    if (!report) return take_error(report.error(), result);
    result.report = *std::move(report);
  }
  template <class Outcome>
  static void take_outcome(Outcome outcome, CommandResult& result) {
    result.exit_code = app::exit_code_for(outcome);
    result.error = std::move(outcome.error);
    result.report = std::move(outcome.report);
  }

  const Invocation& invocation_;
  const Signals& signals_;
  app::RunContext context_;
  ProgressPrinter progress_;
  std::unique_ptr<app::Teller> teller_;
  std::vector<CommandResult> results_;
};

/// What a person would else learn after hours.
Result<void> refuse_early(const Invocation& invocation) {
  const auto refuse = [&](Command of, const char* option, const std::string& file) -> Result<void> {
    const auto& commands = invocation.commands;
    if (file.empty() || std::find(commands.begin(), commands.end(), of) == commands.end()) return {};
    const auto tried = util::try_to_write(file);
    if (tried) return {};
    return util::fail(util::ErrorCode::usage, fmt::format("{}: {}", option, tried.error().message),
                      "Name a file in a folder that is there and may be written to.");
  };
  I2I_TRY(refuse(Command::verify, "--report", invocation.verify.report));
  return refuse(Command::status, "--manifest", invocation.manifest);
}

}  // namespace

int run(int argc, const char* const* argv) {
  forbid_dumps();
  const Signals signals;
  auto parsed = parse_options(argc, argv);
  if (parsed.invocation) {
    if (auto early = refuse_early(*parsed.invocation); !early) parsed.error = std::move(early).error();
  }
  if (parsed.print) {
    print(stdout, parsed.print->text);
    return parsed.print->exit_code;
  }
  if (parsed.error) {
    print(stderr, fmt::format("{}\n{}\n", util::escape_for_terminal(parsed.error->message),
                              util::escape_for_terminal(parsed.error->remedy)));
    const int code = app::exit_code_for(*parsed.error);
    if (wants_json(argc, argv)) print(stdout, encode_results({}, code) + "\n");
    return code;
  }
  util::log_setup(parsed.invocation->global.log_level, parsed.invocation->global.log_format);
  util::log_before_line(&ProgressPrinter::clear_line);
  return Program(*parsed.invocation, signals).run();
}

}  // namespace i2i::cli
