#pragma once
// The command line, the environment and the configuration file as plain values (docs/cli.md). The only user of CLI11.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "i2i/app/account.hpp"
#include "i2i/app/import.hpp"
#include "i2i/app/sync.hpp"
#include "i2i/app/telling.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/result.hpp"

namespace i2i::cli {

enum class ProgressWish { automatic, always, never };

struct GlobalOptions {
  app::AccountOptions account;
  std::string photos_dir;
  std::string password_file;
  app::TellOptions tell;
  bool json = false;
  util::LogLevel log_level = util::LogLevel::info;
  util::LogFormat log_format = util::LogFormat::text;
  ProgressWish progress = ProgressWish::automatic;
};

struct AuthOptions {
  enum class Action { sign_in, check, log_out, submit_code };
  Action action = Action::sign_in;
  std::string method = "device";  // device, sms, voice
  bool method_given = false;
  int phone = 0;  // as listed, from 1; 0: not given
  std::string code_file;
  std::string submitted_code;  // "-": on standard input
  /// The options of this command line that another process must be given too, to mean the same account; with a blank
  /// at the end, or "".
  std::string same_account;
  std::chrono::seconds wait{600};
  int warn_days = 7;
  bool try_now = false;
};

struct ImmichFiles {
  std::string url;
  std::string key_file;
  std::string admin_key_file;
  std::string path;
};

struct VerifyWish {
  std::vector<std::string> against;  // empty: all that is configured
  bool quick = false;
  bool repair = false;
  std::optional<double> subset;  // 0 < part <= 1
  std::size_t restore_sample = 0;
  bool list_safe_to_delete = false;
  std::chrono::seconds older_than{0};
  std::string report;  // .json or .html; "": none
};

enum class Command { auth, sync, import, verify, status, doctor };
const char* to_string(Command command);

struct Invocation {
  GlobalOptions global;
  std::vector<Command> commands;  // in the order given
  AuthOptions auth;
  app::SyncOptions sync;
  app::ImportOptions import;
  ImmichFiles immich;
  VerifyWish verify;
  std::string manifest;  // of status: the file of the list; "": none
};

/// What to do instead of running: print this text (help, version) and end.
struct PrintAndExit {
  std::string text;
  int exit_code = 0;
};

struct ParseOutcome {
  std::optional<Invocation> invocation;
  std::optional<PrintAndExit> print;
  std::optional<util::Error> error;  // usage
};

/// Reads the environment too: command line, then environment, then configuration file, then default.
ParseOutcome parse_options(int argc, const char* const* argv);

/// Whether --json is wished for, as far as that can be told of a command line that cannot be understood: by the option
/// or its variable.
bool wants_json(int argc, const char* const* argv);

/// The text of --help for one command ("" = the whole program), for the man page's check.
std::string help_text(const std::string& command);

}  // namespace i2i::cli
