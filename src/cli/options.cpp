#include "i2i/cli/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <sstream>

#include "cli/option_texts.hpp"
#include "cli/same_account.hpp"
#include "cli/value_origins.hpp"
#include "i2i/util/text.hpp"

namespace i2i::cli {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

/// TOML whose values give way to the environment: CLI11 would have it the other way round (docs/cli.md, "Where values
/// come from").
class ConfigBelowEnvironment : public CLI::ConfigTOML {
 public:
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    auto read = CLI::ConfigTOML::from_config(input);
    std::erase_if(read, [](const CLI::ConfigItem& item) {
      return !environment(variable_of(command_of(item), item.name).c_str()).empty();
    });
    for (const auto& item : read) {
      if (item.inputs.size() == 1) given_[variable_of(command_of(item), item.name)] = item.inputs.front();
    }
    return read;
  }
  /// What the file last read gives an option, by the option's variable; nullopt where it does not.
  [[nodiscard]] std::optional<std::string> given(const std::string& variable) const {
    const auto found = given_.find(variable);
    return found == given_.end() ? std::nullopt : std::optional<std::string>(found->second);
  }

 private:
  static std::string command_of(const CLI::ConfigItem& item) {
    return item.parents.empty() ? std::string{} : item.parents.front();
  }
  // from_config is const for CLI11; it reads the one file of a run.
  mutable std::map<std::string, std::string> given_;
};

class Parser {
 public:
  Parser()
      : app_("Brings a whole iCloud photo library to Immich, and proves that every byte arrived.", "icloud2immich") {
    app_.set_version_flag("--version", "icloud2immich " I2I_VERSION);
    app_.require_subcommand(1, 0);
    app_.fallthrough();
    app_.allow_config_extras(CLI::config_extras_mode::error);
    app_.config_formatter(config_);
    app_.get_formatter()->column_width(34);
    globals();
    auth();
    sync();
    import();
    verify();
    auto* doctor =
        app_.add_subcommand("doctor", "Checks all that a run needs, one line each, with what to do; changes nothing");
    immich_options(doctor, texts_.doctor_immich);
    status();
  }

  ParseOutcome parse(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& request) {  // --help, --version
      std::ostringstream out;
      std::ostringstream err;
      const int code = app_.exit(request, out, err);
      return {std::nullopt, PrintAndExit{out.str() + err.str(), code}, std::nullopt};
    } catch (const CLI::Error& error) {
      return {std::nullopt, std::nullopt, util::Error{ErrorCode::usage, sentence(error), kRemedy, std::nullopt}};
    }
    // The environment and the file say what is usual; on the command line it is a wish for this run.
    texts_.adopt_now =
        std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--adopt"; });
    if (auto finished = finish(); !finished) {
      auto error = std::move(finished).error();
      if (error.remedy.empty()) error.remedy = kRemedy;
      return {std::nullopt, std::nullopt, std::move(error)};
    }
    invocation_.auth.same_account = same_account(argc, argv);
    return {std::move(invocation_), std::nullopt, std::nullopt};
  }

  std::string help(const std::string& command) {
    return command.empty() ? app_.help() : app_.get_subcommand(command)->help();
  }

 private:
  static constexpr const char* kRemedy = "icloud2immich --help lists commands and options.";

  /// CLI11's, but for a command that does not exist, of which it would only say that one is missing, and for a key of
  /// the configuration file, which it calls by another format.
  std::string sentence(const CLI::Error& error) const {
    constexpr std::string_view kUnknownKey = "INI was not able to parse ";
    const std::string said = error.what();
    if (said.starts_with(kUnknownKey)) {
      return "the configuration file says " + said.substr(kUnknownKey.size()) + ", which is no option";
    }
    if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr || !app_.get_subcommands().empty()) {
      return error.what();
    }
    const auto rest = app_.remaining();
    return rest.empty() ? "no command is given" : "there is no command or option '" + rest.front() + "'";
  }

  template <class T>
  CLI::Option* global(const std::string& name, T& target, const std::string& help) {
    return app_.add_option("--" + name, target, help)->envname(variable_of("", name))->capture_default_str();
  }
  template <class T>
  CLI::Option* option(CLI::App* command, const std::string& name, T& target, const std::string& help) {
    return command->add_option("--" + name, target, help)->envname(variable_of(command->get_name(), name));
  }
  /// "--albums" and "--no-albums".
  CLI::Option* switch_option(CLI::App* command, const std::string& name, bool& target, const std::string& help) {
    return command->add_flag("--" + name + ",!--no-" + name, target, help)
        ->envname(variable_of(command->get_name(), name));
  }

  void globals() {
    auto& global_options = invocation_.global;
    global_options.account.state_dir = xdg_folder("XDG_STATE_HOME", "/.local/state");
    // CLI11 2.1 reads the file before it looks at the file's own variable.
    const auto named = environment(variable_of("", "config").c_str());
    app_.set_config("--config", named.empty() ? xdg_folder("XDG_CONFIG_HOME", "/.config") + "/config.toml" : named,
                    "TOML file with the same options", !named.empty())
        ->envname(variable_of("", "config"));
    global("state-dir", global_options.account.state_dir, "Session and ledger, one folder per Apple ID below it");
    global("apple-id", global_options.account.apple_id, "The account; default: the only one in the state dir");
    global("photos-dir", global_options.photos_dir, "The volume the files go to");
    global("password-file", global_options.password_file,
           "File with the password; else ICLOUD2IMMICH_PASSWORD, else a prompt");
    global("region", texts_.region, "Apple's hosts: world or china; default: as Apple says, world at first")
        ->check(CLI::IsMember({"world", "china"}));
    global("ca-file", global_options.account.ca_file, "Extra trust anchors, PEM")->check(CLI::ExistingFile);
    global("endpoint", texts_.endpoints, "NAME=URL, NAME is auth or setup; for tests and proxies")->take_all();
    app_.add_flag("--dry-run", global_options.account.dry_run, "Says what would be done; changes nothing")
        ->envname(variable_of("", "dry-run"));
    app_.add_flag("--json", global_options.json, "One JSON document with the results on standard output")
        ->envname(variable_of("", "json"));
    global("log-level", texts_.log_level, "error, warn, info, debug or trace")
        ->check(CLI::IsMember({"error", "warn", "info", "debug", "trace"}));
    global("log-format", texts_.log_format, "text or json (one object a line)")->check(CLI::IsMember({"text", "json"}));
    global("notify-file", global_options.tell.notify_file, "File with the addresses to tell how runs go, one a line");
    global("metrics-file", global_options.tell.metrics_file, "File with how things stand, in Prometheus' text format");
    global("account-name", global_options.tell.account_name, "What others read of the account; default: masked");
    global("progress", texts_.progress, "auto (a terminal only), always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}));
  }

  void auth() {
    auto* command = app_.add_subcommand("auth", "Signs in to iCloud (password, second factor) and stores the session");
    option(command, "method", texts_.method, "How the code comes: device, sms or voice")
        ->check(CLI::IsMember({"device", "sms", "voice"}));
    option(command, "phone", invocation_.auth.phone, "Which trusted number, as listed")->check(CLI::Range(1, 99));
    option(command, "code-file", invocation_.auth.code_file, "No terminal: wait for the six digits in this file");
    option(command, "wait", texts_.wait, "How long to wait for a code, or for Allow Access")->capture_default_str();
    command
        ->add_flag("--try-now", invocation_.auth.try_now,
                   "Tries although Apple refused a while ago; a terminal asks instead")
        ->configurable(false);
    auto* check =
        command->add_flag("--check", texts_.check, "Asks nothing, renews what can be renewed without a person");
    check->configurable(false);
    option(command, "warn-days", invocation_.auth.warn_days, "With --check: end in 3 when fewer days are left")
        ->capture_default_str();
    auto* log_out = command->add_flag("--logout", texts_.log_out, "Ends the session and removes it from the disk");
    log_out->excludes(check)->configurable(false);
    // No variable and no key: it is of use once. Several words, since codes are shown in groups.
    command
        ->add_option("--submit-code", texts_.submit_code,
                     "Hands the code (- reads it from standard input) to the auth that waits in another process")
        ->expected(1, 3)
        ->configurable(false)
        ->excludes(check)
        ->excludes(log_out);
  }

  void sync() {
    auto& selection = invocation_.sync.selection;
    auto* command =
        app_.add_subcommand("sync", "Mirrors the iCloud catalogue, then brings every selected file onto the volume");
    option(command, "library", selection.libraries, "primary, shared, all, or a zone name; repeatable")->take_all();
    option(command, "album", selection.albums, "Only this album, Parent/Child when nested; repeatable")->take_all();
    option(command, "exclude-album", selection.excluded_albums, "Not this album; repeatable")->take_all();
    option(command, "include", texts_.include, "hidden, recently-deleted")
        ->delimiter(',')
        ->check(CLI::IsMember({"hidden", "recently-deleted"}));
    option(command, "only", texts_.only, "photos or videos")->check(CLI::IsMember({"photos", "videos"}));
    option(command, "since", texts_.since, "Captured on this day or later (ISO 8601)");
    option(command, "until", texts_.until, "Captured on this day or earlier; with a time: before it");
    option(command, "recent", texts_.recent, "Only the N newest of what the rest selects");
    option(command, "files", texts_.files, "Which files of an asset")->capture_default_str();
    option(command, "layout", invocation_.sync.layout, "Folder below the photos dir")->capture_default_str();
    option(command, "jobs", invocation_.sync.jobs, "Files, or pages of a listing, in transfer at once")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    option(command, "limit-rate", texts_.limit_rate, "Bytes a second, e.g. 10M");
    switch_option(command, "sidecars", invocation_.sync.sidecars,
                  "XMP beside a file where iCloud knows more than the file says (default on)");
    command
        ->add_flag("--sidecar-rating", invocation_.sync.sidecar_rating,
                   "Writes a favourite as rating 5 into the sidecar, too")
        ->envname(variable_of("sync", "sidecar-rating"));
    switch_option(command, "adopt", texts_.adopt,
                  "Recognise files on the volume by content (default on); given here: look again at all");
    command
        ->add_flag("--rebuild", invocation_.sync.rebuild,
                   "Makes a lost or damaged ledger anew from iCloud and the volume")
        ->configurable(false);
    option(command, "deleted", texts_.deleted,
           "Files deleted in iCloud: keep, or trash (moved to .icloud2immich/trash/)")
        ->check(CLI::IsMember({"keep", "trash"}))
        ->capture_default_str();
    option(command, "max-deletions", invocation_.sync.max_deletions,
           "With --deleted trash: above it nothing is moved, and the run ends in 11")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}))
        ->capture_default_str();
    command->add_flag("--full", invocation_.sync.full, "List the whole library anew instead of asking for changes")
        ->envname(variable_of("sync", "full"));
  }

  /// Where Immich is: import, verify and doctor ask the same one (finish_immich).
  void immich_options(CLI::App* command, ImmichFiles& immich) {
    option(command, "immich-url", immich.url, "Immich's address (also IMMICH_INSTANCE_URL)");
    option(command, "immich-api-key-file", immich.key_file,
           "File with the library owner's API key (else IMMICH_API_KEY)");
    option(command, "immich-admin-key-file", immich.admin_key_file, "File with an admin's key; default: the same key");
    option(command, "immich-path", immich.path, "How the Immich server sees the photos dir");
  }

  /// A value given to one command holds for all; the command line comes first also where the environment speaks to
  /// another command.
  void finish_immich() {
    const auto strongest = [this](const std::string& name, std::string ImmichFiles::*field) {
      std::string found = texts_.import_immich.*field;
      const auto origin_in = [&](const std::string& command, const std::string& value) {
        const auto variable = variable_of(command, name);
        return origin_of(variable, value, config_->given(variable));
      };
      auto origin = origin_in("import", found);
      for (const auto& [command, given] :
           {std::pair{"verify", &texts_.verify_immich}, {"doctor", &texts_.doctor_immich}}) {
        const auto other = origin_in(command, given->*field);
        if (other <= origin) continue;
        found = given->*field;
        origin = other;
      }
      return found;
    };
    auto& immich = invocation_.immich;
    immich.url = strongest("immich-url", &ImmichFiles::url);
    immich.key_file = strongest("immich-api-key-file", &ImmichFiles::key_file);
    immich.admin_key_file = strongest("immich-admin-key-file", &ImmichFiles::admin_key_file);
    immich.path = strongest("immich-path", &ImmichFiles::path);
    if (immich.url.empty()) immich.url = environment("IMMICH_INSTANCE_URL");
  }

  void import() {
    auto& options = invocation_.import;
    auto* command = app_.add_subcommand(
        "import", "Registers the volume as an Immich external library, scans it, carries over albums and flags");
    immich_options(command, texts_.import_immich);
    option(command, "immich-library", options.library_name, "Name of the external library")->capture_default_str();
    command
        ->add_flag("--accept-move", options.accept_move,
                   "Goes on where Immich sees the volume at another path, at the cost of what was set there by hand")
        ->envname(variable_of("import", "accept-move"));
    switch_option(command, "albums", options.albums, "Carry over albums (default on)");
    switch_option(command, "favorites", options.favorites, "Carry over favourites (default on)");
    switch_option(command, "stacks", options.stacks,
                  "Stack edits over originals, RAW behind JPEG, bursts behind their pick (default on)");
    switch_option(command, "live-links", options.live_links, "Check and mend the films of live photos (default on)");
    option(command, "hidden", texts_.hidden,
           "What is hidden in iCloud: archive, or lock (no API key can see or undo that afterwards)")
        ->check(CLI::IsMember({"archive", "lock"}))
        ->capture_default_str();
    switch_option(command, "wait", options.wait, "Wait for Immich's scan (default on)");
    option(command, "timeout", texts_.timeout, "How long to wait for the scan")->capture_default_str();
  }

  void verify() {
    auto* command = app_.add_subcommand("verify", "Proves that iCloud, the volume and Immich hold the same");
    immich_options(command, texts_.verify_immich);
    option(command, "against", texts_.against, "icloud,volume,immich; default: all that is configured");
    command
        ->add_flag("--quick", invocation_.verify.quick,
                   "Trusts size and modification time instead of reading every byte")
        ->envname(variable_of("verify", "quick"));
    option(command, "subset", texts_.subset,
           "Read only this part, 5% or 1/12, the oldest proofs first; with --quick look at the others");
    option(command, "restore-sample", texts_.restore_sample,
           "Fetch so many originals, drawn at random, from iCloud again and compare them");
    command
        ->add_flag("--list-safe-to-delete", invocation_.verify.list_safe_to_delete,
                   "List what is proven on the volume and in Immich; nothing is deleted")
        ->configurable(false);
    option(command, "older-than", texts_.older_than, "With --list-safe-to-delete: captured longer ago, e.g. 30d");
    option(command, "report", invocation_.verify.report,
           "Write the result to this file too: .html a page for people, .json the same for programs");
    command->add_flag("--repair", invocation_.verify.repair, "Queues what is missing or damaged for the next sync")
        ->configurable(false);
  }

  void status() {
    auto* command =
        app_.add_subcommand("status", "Shows session, ledger, last runs and what to do next; touches no network");
    option(command, "manifest", invocation_.manifest,
           "Write a list of all files, with their checksums, that can be checked without this program");
  }

  Result<void> finish() {
    I2I_TRY(take_texts(texts_, invocation_));
    finish_immich();
    for (const auto* command : app_.get_subcommands()) {
      for (const auto known :
           {Command::auth, Command::sync, Command::import, Command::verify, Command::status, Command::doctor}) {
        if (command->get_name() == to_string(known)) invocation_.commands.push_back(known);
      }
    }
    if (invocation_.commands.size() > 1) {
      for (const auto command : invocation_.commands) {
        if (command == Command::auth || command == Command::status || command == Command::doctor) {
          return fail(ErrorCode::usage, std::string(to_string(command)) + " cannot be chained with other commands",
                      "sync, import and verify can.");
        }
      }
    }
    return {};
  }

  CLI::App app_;
  std::shared_ptr<ConfigBelowEnvironment> config_ = std::make_shared<ConfigBelowEnvironment>();
  OptionTexts texts_;
  Invocation invocation_;
};

}  // namespace

const char* to_string(Command command) {
  switch (command) {
    case Command::auth:
      return "auth";
    case Command::sync:
      return "sync";
    case Command::import:
      return "import";
    case Command::verify:
      return "verify";
    case Command::status:
      return "status";
    case Command::doctor:
      break;
  }
  return "doctor";
}

ParseOutcome parse_options(int argc, const char* const* argv) { return Parser().parse(argc, argv); }

bool wants_json(int argc, const char* const* argv) {
  const auto variable = util::ascii_lower(environment(variable_of("", "json").c_str()));
  if (!variable.empty() && variable != "false" && variable != "0" && variable != "no" && variable != "off") return true;
  return std::any_of(argv, argv + argc, [](const char* argument) { return std::string_view(argument) == "--json"; });
}

std::string help_text(const std::string& command) { return Parser().help(command); }

}  // namespace i2i::cli
