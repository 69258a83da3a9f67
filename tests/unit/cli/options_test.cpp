#include "i2i/cli/options.hpp"

#include <functional>

#include "i2i/util/text.hpp"
#include "i2i/util/time.hpp"
#include "options_fixture.hpp"

using namespace cli_test;
using i2i::cli::Command;
using i2i::cli::Invocation;
using i2i::util::ErrorCode;

namespace {

using Get = std::function<std::string(const Invocation&)>;

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const auto& one : list) text += (text.empty() ? "" : ",") + one;
  return text;
}
std::string on(bool value) { return value ? "on" : "off"; }
std::string date(const std::optional<i2i::util::UnixMillis>& when) { return when ? i2i::util::format_utc(*when) : ""; }
std::string seconds(std::chrono::seconds duration) { return std::to_string(duration.count()) + "s"; }

std::string files_of(const Invocation& i) {
  const auto& s = i.sync.selection;
  return std::string(s.want_original ? "o" : "") + (s.want_live ? "l" : "") + (s.want_raw ? "r" : "") +
         (s.want_edited ? "e" : "");
}
std::string media_of(const Invocation& i) {
  switch (i.sync.selection.media) {
    case i2i::model::MediaFilter::photos:
      return "photos";
    case i2i::model::MediaFilter::videos:
      return "videos";
    case i2i::model::MediaFilter::both:
      break;
  }
  return "both";
}

/// An option of docs/cli.md with a value. value, expected: on the command line, in the environment, in the file; two
/// neighbours differ.
struct Row {
  std::string command;  // "" global
  std::string name;
  std::string by_default;
  std::string value[3];
  std::string expected[3];
  Get get;
};

Row text(const std::string& command, const std::string& name, const std::string& by_default, Get get) {
  return {command, name, by_default, {"a", "b", "c"}, {"a", "b", "c"}, std::move(get)};
}
Row words(const std::string& command, const std::string& name, const std::string& by_default, const std::string& first,
          const std::string& second, Get get) {
  return {command, name, by_default, {first, second, first}, {first, second, first}, std::move(get)};
}

std::vector<Row> rows(const Environment& environment) {
  using I = Invocation;
  const std::string home = environment.home.path();
  return {
      text("", "state-dir", home + "/.local/state/icloud2immich",
           [](const I& i) { return i.global.account.state_dir; }),
      text("", "apple-id", "", [](const I& i) { return i.global.account.apple_id; }),
      text("", "photos-dir", "",
           [](const I& i) {
             CHECK(i.sync.photos_dir == i.global.photos_dir);
             CHECK(i.import.photos_dir == i.global.photos_dir);
             return i.global.photos_dir;
           }),
      text("", "password-file", "", [](const I& i) { return i.global.password_file; }),
      words("", "region", "world", "china", "world",
            [](const I& i) { return i.global.account.region == i2i::icloud::Region::china ? "china" : "world"; }),
      words("", "ca-file", "", home + "/a.pem", home + "/b.pem", [](const I& i) { return i.global.account.ca_file; }),
      {"",
       "log-level",
       "2",
       {"error", "debug", "trace"},
       {"0", "3", "4"},
       [](const I& i) { return std::to_string(static_cast<int>(i.global.log_level)); }},
      words("", "log-format", "text", "json", "text",
            [](const I& i) { return i.global.log_format == i2i::util::LogFormat::json ? "json" : "text"; }),
      {"",
       "progress",
       "0",
       {"always", "never", "always"},
       {"1", "2", "1"},
       [](const I& i) { return std::to_string(static_cast<int>(i.global.progress)); }},
      words("auth", "method", "device", "sms", "voice", [](const I& i) { return i.auth.method; }),
      {"auth", "phone", "0", {"1", "2", "3"}, {"1", "2", "3"}, [](const I& i) { return std::to_string(i.auth.phone); }},
      text("auth", "code-file", "", [](const I& i) { return i.auth.code_file; }),
      {"auth",
       "wait",
       "600s",
       {"90s", "2h", "1d"},
       {"90s", "7200s", "86400s"},
       [](const I& i) { return seconds(i.auth.wait); }},
      {"auth",
       "warn-days",
       "7",
       {"1", "30", "0"},
       {"1", "30", "0"},
       [](const I& i) { return std::to_string(i.auth.warn_days); }},
      words("sync", "library", "", "shared", "primary", [](const I& i) { return joined(i.sync.selection.libraries); }),
      words("sync", "album", "", "Parent/Child", "Caf\xC3\xA9",
            [](const I& i) { return joined(i.sync.selection.albums); }),
      words("sync", "exclude-album", "", "Work", "Receipts",
            [](const I& i) { return joined(i.sync.selection.excluded_albums); }),
      {"sync",
       "include",
       "off off",
       {"hidden", "hidden,recently-deleted", "recently-deleted"},
       {"on off", "on on", "off on"},
       [](const I& i) { return on(i.sync.selection.include_hidden) + " " + on(i.sync.selection.include_deleted); }},
      words("sync", "only", "both", "photos", "videos", media_of),
      {"sync",
       "since",
       "",
       {"2024-05-06", "2024-05-06T07:08:09+02:00", "1969-12-31"},
       {"2024-05-06T00:00:00Z", "2024-05-06T05:08:09Z", "1969-12-31T00:00:00Z"},
       [](const I& i) { return date(i.sync.selection.since); }},
      {"sync",
       "until",
       "",
       {"2024-05-06", "2023-01-01T12:00:00Z", "2021-12-31"},
       {"2024-05-07T00:00:00Z", "2023-01-01T12:00:00Z", "2022-01-01T00:00:00Z"},
       [](const I& i) { return date(i.sync.selection.until); }},
      {"sync",
       "recent",
       "",
       {"10", "1", "2"},
       {"10", "1", "2"},
       [](const I& i) { return i.sync.selection.newest ? std::to_string(*i.sync.selection.newest) : ""; }},
      {"sync", "files", "olre", {"original", "live,raw", "edited,original"}, {"o", "lr", "oe"}, files_of},
      text("sync", "layout", "{year}/{month}/{day}", [](const I& i) { return i.sync.layout; }),
      {"sync", "jobs", "8", {"1", "64", "3"}, {"1", "64", "3"}, [](const I& i) { return std::to_string(i.sync.jobs); }},
      {"sync",
       "limit-rate",
       "",
       {"10M", "500k", "123"},
       {"10000000", "500000", "123"},
       [](const I& i) { return i.global.account.limit_rate ? std::to_string(*i.global.account.limit_rate) : ""; }},
      text("import", "immich-url", "", [](const I& i) { return i.immich.url; }),
      text("import", "immich-api-key-file", "", [](const I& i) { return i.immich.key_file; }),
      text("import", "immich-admin-key-file", "", [](const I& i) { return i.immich.admin_key_file; }),
      text("import", "immich-path", "", [](const I& i) { return i.immich.path; }),
      text("import", "immich-library", "iCloud", [](const I& i) { return i.import.library_name; }),
      {"import",
       "timeout",
       "21600s",
       {"90", "10m", "2d"},
       {"90s", "600s", "172800s"},
       [](const I& i) { return seconds(i.import.timeout); }},
      text("verify", "immich-url", "", [](const I& i) { return i.immich.url; }),
      text("verify", "immich-api-key-file", "", [](const I& i) { return i.immich.key_file; }),
      text("verify", "immich-path", "", [](const I& i) { return i.immich.path; }),
      {"verify",
       "against",
       "",
       {"icloud", "volume,immich", "icloud,volume"},
       {"icloud", "volume,immich", "icloud,volume"},
       [](const I& i) { return joined(i.verify.against); }},
      text("status", "manifest", "", [](const I& i) { return i.manifest; }),
      {"verify",
       "report",
       "",
       {"a.html", "/b/c.json", "c.HTML"},
       {"a.html", "/b/c.json", "c.HTML"},
       [](const I& i) { return i.verify.report; }},
  };
}

/// A switch of docs/cli.md.
struct Switch {
  std::string command;
  std::string name;
  bool by_default;
  std::function<bool(const Invocation&)> get;
};

const std::vector<Switch> kSwitches{
    {"", "dry-run", false, [](const Invocation& i) { return i.global.account.dry_run; }},
    {"", "json", false, [](const Invocation& i) { return i.global.json; }},
    {"sync", "adopt", true, [](const Invocation& i) { return i.sync.adopt != i2i::app::AdoptWish::never; }},
    {"sync", "full", false, [](const Invocation& i) { return i.sync.full; }},
    {"sync", "sidecars", true, [](const Invocation& i) { return i.sync.sidecars; }},
    {"sync", "sidecar-rating", false, [](const Invocation& i) { return i.sync.sidecar_rating; }},
    {"import", "accept-move", false, [](const Invocation& i) { return i.import.accept_move; }},
    {"import", "albums", true, [](const Invocation& i) { return i.import.albums; }},
    {"import", "stacks", true, [](const Invocation& i) { return i.import.stacks; }},
    {"import", "live-links", true, [](const Invocation& i) { return i.import.live_links; }},
    {"import", "favorites", true, [](const Invocation& i) { return i.import.favorites; }},
    {"import", "wait", true, [](const Invocation& i) { return i.import.wait; }},
    {"verify", "quick", false, [](const Invocation& i) { return i.verify.quick; }},
};

std::string variable(const std::string& command, const std::string& name) {
  std::string text = "ICLOUD2IMMICH_" + (command.empty() ? "" : command + "_") + name;
  for (char& c : text) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}
std::string toml(const std::string& command, const std::string& line) {
  return (command.empty() ? "" : "[" + command + "]\n") + line + "\n";
}

}  // namespace

TEST_CASE("every option: default, file, environment and command line, each above the one before") {
  Environment environment;
  environment.home.write("a.pem", "");
  environment.home.write("b.pem", "");
  for (const Row& row : rows(environment)) {
    INFO(row.command << " --" << row.name);
    const std::string command = row.command.empty() ? "sync" : row.command;
    const auto name = variable(row.command, row.name);
    configure(environment, "");
    CHECK(row.get(parsed({command})) == row.by_default);

    configure(environment, toml(row.command, row.name + " = \"" + row.value[2] + "\""));
    CHECK(row.get(parsed({command})) == row.expected[2]);
    environment.set(name, row.value[1]);
    CHECK(row.get(parsed({command})) == row.expected[1]);
    CHECK(row.get(parsed({command, "--" + row.name, row.value[0]})) == row.expected[0]);
    CHECK(row.get(parsed({command, "--" + row.name + "=" + row.value[0]})) == row.expected[0]);
    configure(environment, "");
    CHECK(row.get(parsed({command})) == row.expected[1]);
    environment.set(name, "");  // set to nothing is not set
    CHECK(row.get(parsed({command})) == row.by_default);
    environment.set(name, std::nullopt);
    CHECK(row.get(parsed({command, "--" + row.name, row.value[0]})) == row.expected[0]);
    if (row.command.empty()) CHECK(row.get(parsed({"--" + row.name, row.value[0], command})) == row.expected[0]);
  }
}

TEST_CASE("every switch: default, file, environment and command line") {
  Environment environment;
  for (const Switch& row : kSwitches) {
    INFO(row.command << " --" << row.name);
    const std::string command = row.command.empty() ? "sync" : row.command;
    const auto name = variable(row.command, row.name);
    configure(environment, "");
    CHECK(row.get(parsed({command})) == row.by_default);
    CHECK(row.get(parsed({command, "--" + row.name})));
    if (row.by_default) CHECK(!row.get(parsed({command, "--no-" + row.name})));
    for (const bool wanted : {true, false}) {
      configure(environment, toml(row.command, row.name + (wanted ? " = true" : " = false")));
      CHECK(row.get(parsed({command})) == wanted);
      configure(environment, "");
      for (const char* word : {wanted ? "true" : "false", wanted ? "1" : "0"}) {
        INFO(word);
        environment.set(name, word);
        CHECK(row.get(parsed({command})) == wanted);
      }
      configure(environment, toml(row.command, row.name + (wanted ? " = false" : " = true")));
      CHECK(row.get(parsed({command})) == wanted);  // the environment is above the file
      environment.set(name, std::nullopt);
    }
    if (row.by_default) {
      environment.set(name, "true");
      CHECK(!row.get(parsed({command, "--no-" + row.name})));
      environment.set(name, std::nullopt);
    }
  }
}

TEST_CASE("what is done once is only done when the command line says so") {
  Environment environment;
  const auto is_sign_in = [](const Invocation& i) { return i.auth.action == i2i::cli::AuthOptions::Action::sign_in; };
  CHECK(parsed({"auth", "--logout"}).auth.action == i2i::cli::AuthOptions::Action::log_out);
  CHECK(parsed({"auth", "--check"}).auth.action == i2i::cli::AuthOptions::Action::check);
  CHECK(parsed({"verify", "--repair"}).verify.repair);
  CHECK(parsed({"sync", "--rebuild"}).sync.rebuild);
  CHECK_FALSE(parsed({"sync"}).sync.rebuild);
  const auto variables = {"ICLOUD2IMMICH_AUTH_LOGOUT", "ICLOUD2IMMICH_AUTH_CHECK", "ICLOUD2IMMICH_VERIFY_REPAIR"};
  for (const char* name : variables) environment.set(name, "true");
  CHECK(is_sign_in(parsed({"auth"})));
  CHECK(!parsed({"verify"}).verify.repair);
  for (const char* name : variables) environment.set(name, std::nullopt);
  for (const char* text :
       {"[auth]\nlogout = true\n", "[auth]\ncheck = true\n", "[auth]\ntry-now = true\n", "[verify]\nrepair = true\n"}) {
    INFO(text);
    configure(environment, text);
    const auto outcome = parse({"verify"});
    REQUIRE(outcome.error);
    CHECK(outcome.error->code == ErrorCode::usage);
  }
}

TEST_CASE("where the configuration file is") {
  Environment environment;
  environment.home.write("other.toml", "photos-dir = \"other\"\n");
  environment.home.write("xdg/icloud2immich/config.toml", "photos-dir = \"xdg\"\n");
  configure(environment, "photos-dir = \"default\"\n");
  const auto photos_dir = [](const std::vector<std::string>& arguments) { return parsed(arguments).global.photos_dir; };
  CHECK(photos_dir({"sync"}) == "default");
  CHECK(photos_dir({"--config", environment.home.path("other.toml"), "sync"}) == "other");
  CHECK(photos_dir({"sync", "--config", environment.home.path("other.toml")}) == "other");
  environment.set("XDG_CONFIG_HOME", environment.home.path("xdg"));
  CHECK(photos_dir({"sync"}) == "xdg");
  environment.set("ICLOUD2IMMICH_CONFIG", environment.home.path("other.toml"));
  CHECK(photos_dir({"sync"}) == "other");

  // One that was named and is missing is an error; the default one is optional.
  environment.set("ICLOUD2IMMICH_CONFIG", environment.home.path("missing.toml"));
  CHECK(parse({"sync"}).error);
  environment.set("ICLOUD2IMMICH_CONFIG", std::nullopt);
  const auto missing = parse({"sync", "--config", environment.home.path("missing.toml")});
  REQUIRE(missing.error);
  CHECK(missing.error->code == ErrorCode::usage);
  CHECK_THAT(missing.error->message, ContainsSubstring("missing.toml"));
  environment.set("XDG_CONFIG_HOME", environment.home.path("nothing here"));
  CHECK(photos_dir({"sync"}).empty());
}

TEST_CASE("a configuration file sets options and never starts a command") {
  Environment environment;
  configure(environment,
            "photos-dir = \"/photos\"\n"
            "[sync]\njobs = 3\nalbum = [\"A\", \"B/C\"]\ninclude = [\"hidden\", \"recently-deleted\"]\n"
            "[import]\nimmich-url = \"http://immich\"\nalbums = false\n"
            "[verify]\nquick = true\n"
            "[auth]\nwait = \"1h\"\n");
  const auto status = parsed({"status"});
  CHECK(status.commands == std::vector{Command::status});
  const auto sync = parsed({"sync"});
  CHECK(sync.commands == std::vector{Command::sync});
  CHECK(sync.sync.jobs == 3);
  CHECK(sync.sync.selection.albums == std::vector<std::string>{"A", "B/C"});
  CHECK(sync.sync.selection.include_hidden);
  CHECK(sync.sync.selection.include_deleted);
  CHECK(!sync.import.albums);
  CHECK(sync.verify.quick);
}

TEST_CASE("what stands wrong in a configuration file is an error") {
  Environment environment;
  for (const char* text : {"photo-dir = \"/photos\"\n", "[sync]\njob = 3\n", "[synk]\njobs = 3\n",
                           "[sync]\njobs = \"many\"\n", "region = \"mars\"\n", "[sync]\nsince = \"yesterday\"\n"}) {
    INFO(text);
    configure(environment, text);
    const auto outcome = parse({"sync"});
    REQUIRE(outcome.error);
    CHECK(outcome.error->code == ErrorCode::usage);
    CHECK(!outcome.invocation);
  }
}

TEST_CASE("lists on the command line") {
  Environment environment;
  const auto sync = parsed({"sync", "--album", "One, two", "--album", "Parent/Child", "--library", "primary",
                            "--library", "SharedSync-1", "--include", "hidden", "--include", "recently-deleted"});
  CHECK(sync.sync.selection.albums == std::vector<std::string>{"One, two", "Parent/Child"});
  CHECK(sync.sync.selection.libraries == std::vector<std::string>{"primary", "SharedSync-1"});
  CHECK(sync.sync.selection.include_hidden);
  CHECK(sync.sync.selection.include_deleted);
  CHECK(parsed({"sync", "--album", "a", "sync"}).commands.size() == 1);
}

TEST_CASE("endpoints come in pairs") {
  Environment environment;
  const auto given = parsed(
      {"--endpoint", "auth=https://a.localhost:1/auth", "--endpoint", "setup=https://s.localhost:2/setup?x=y", "auth"});
  CHECK(given.global.account.auth_endpoint == "https://a.localhost:1/auth");
  CHECK(given.global.account.setup_endpoint == "https://s.localhost:2/setup?x=y");
  CHECK(!parsed({"auth"}).global.account.auth_endpoint);
  CHECK(parse({"--endpoint", "auth=https://a", "auth"}).error);
  CHECK(parse({"--endpoint", "photos=https://a", "--endpoint", "setup=https://b", "auth"}).error);
  CHECK(parse({"--endpoint", "https://a", "auth"}).error);
}

TEST_CASE("commands run in the order given") {
  Environment environment;
  CHECK(parsed({"sync", "import", "verify"}).commands == std::vector{Command::sync, Command::import, Command::verify});
  CHECK(parsed({"verify", "sync"}).commands == std::vector{Command::verify, Command::sync});
  const auto chained = parsed(
      {"--photos-dir", "/photos", "sync", "--jobs", "2", "import", "--no-albums", "verify", "--quick", "--json"});
  CHECK(chained.sync.jobs == 2);
  CHECK(!chained.import.albums);
  CHECK(chained.verify.quick);
  CHECK(chained.global.json);
  CHECK(chained.global.photos_dir == "/photos");
  for (const auto& alone : {"auth", "status"}) {
    const auto outcome = parse({"sync", alone});
    REQUIRE(outcome.error);
    CHECK(outcome.error->code == ErrorCode::usage);
    CHECK_THAT(outcome.error->message, ContainsSubstring("cannot be chained"));
  }
}

TEST_CASE("import and verify of a chain ask one Immich") {
  Environment environment;
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"import", "--immich-url", "http://cli"},
                                                                     {"import", "--immich-url", "http://cli", "verify"},
                                                                     {"import", "verify", "--immich-url", "http://cli"},
                                                                     {"verify", "--immich-url", "http://cli"}}) {
    for (const char* other : {"ICLOUD2IMMICH_IMPORT_IMMICH_URL", "ICLOUD2IMMICH_VERIFY_IMMICH_URL"}) {
      INFO(joined(arguments) << " with " << other);
      environment.set(other, "http://environment");
      CHECK(parsed(arguments).immich.url == "http://cli");  // the command line comes first, whichever command has it
      environment.set(other, std::nullopt);
    }
  }
  configure(environment, "[verify]\nimmich-url = \"http://file\"\n");
  environment.set("ICLOUD2IMMICH_IMPORT_IMMICH_URL", "http://environment");
  CHECK(parsed({"import"}).immich.url == "http://environment");
  configure(environment, "[import]\nimmich-url = \"http://file\"\n");
  environment.set("ICLOUD2IMMICH_IMPORT_IMMICH_URL", std::nullopt);
  environment.set("ICLOUD2IMMICH_VERIFY_IMMICH_URL", "http://environment");
  CHECK(parsed({"import", "verify"}).immich.url == "http://environment");
}

TEST_CASE("Immich's own variable is a fallback, ours win") {
  Environment environment;
  environment.set("IMMICH_INSTANCE_URL", "http://theirs");
  CHECK(parsed({"import"}).immich.url == "http://theirs");
  CHECK(parsed({"verify"}).immich.url == "http://theirs");
  environment.set("ICLOUD2IMMICH_IMPORT_IMMICH_URL", "http://ours");
  CHECK(parsed({"import"}).immich.url == "http://ours");
  CHECK(parsed({"import", "--immich-url", "http://cli"}).immich.url == "http://cli");
}

TEST_CASE("what cannot be meant is refused with a sentence") {
  Environment environment;
  struct Bad {
    std::vector<std::string> arguments;
    const char* words;
  };
  const Bad bad[] = {
      {{}, "no command is given"},
      {{"synk"}, "there is no command or option 'synk'"},
      {{"sync", "--job", "3"}, "--job"},
      {{"sync", "--jobs", "0"}, "--jobs"},
      {{"sync", "--jobs", "65"}, "--jobs"},
      {{"sync", "--jobs", "many"}, "--jobs"},
      {{"sync", "--jobs"}, "--jobs"},
      {{"--state-dir", "", "sync"}, "--state-dir"},
      {{"sync", "--recent", "-1"}, "--recent"},
      {{"sync", "--recent", "x"}, "--recent"},
      {{"sync", "--since", "yesterday"}, "--since wants an ISO 8601 date such as 2024-05-06, not 'yesterday'"},
      {{"sync", "--until", "2024-13-01"}, "--until wants"},
      {{"sync", "--limit-rate", "fast"}, "--limit-rate wants a size such as 10M, not 'fast'"},
      {{"sync", "--limit-rate", "0"}, "--limit-rate"},
      {{"sync", "--files", "original,thumbnails"}, "not 'thumbnails'"},
      {{"sync", "--files", "original,"}, "--files"},
      {{"sync", "--include", "everything"}, "--include"},
      {{"sync", "--only", "music"}, "--only"},
      {{"auth", "--wait", "soon"}, "--wait wants a duration such as 90s, 10m or 6h, not 'soon'"},
      {{"auth", "--method", "pigeon"}, "--method"},
      {{"auth", "--phone", "0"}, "--phone"},
      {{"auth", "--check", "--logout"}, "--logout"},
      {{"import", "--timeout", "-1h"}, "--timeout"},
      {{"verify", "--against", "icloud,moon"}, "not 'moon'"},
      {{"verify", "--report", "report.pdf"}, "--report wants a file that ends in .html or .json, not 'report.pdf'"},
      {{"verify", "--report", "html"}, "not 'html'"},
      {{"--region", "mars", "sync"}, "--region"},
      {{"--log-level", "loud", "sync"}, "--log-level"},
      {{"--log-format", "xml", "sync"}, "--log-format"},
      {{"--progress", "maybe", "sync"}, "--progress"},
      {{"--ca-file", "/missing/ca.pem", "sync"}, "/missing/ca.pem"},
      {{"--password", "secret", "auth"}, "--password"},
      {{"import", "--immich-api-key", "secret"}, "--immich-api-key"},
  };
  for (const Bad& row : bad) {
    INFO(joined(row.arguments));
    const auto outcome = parse(row.arguments);
    CHECK(!outcome.invocation);
    CHECK(!outcome.print);
    REQUIRE(outcome.error);
    CHECK(outcome.error->code == ErrorCode::usage);
    CHECK_THAT(outcome.error->message, ContainsSubstring(row.words));
    CHECK(!outcome.error->remedy.empty());
  }
}

TEST_CASE("a wrong variable is refused as a wrong option is") {
  Environment environment;
  for (const auto& [name, value] : std::map<std::string, std::string>{{"ICLOUD2IMMICH_REGION", "mars"},
                                                                      {"ICLOUD2IMMICH_SYNC_JOBS", "many"},
                                                                      {"ICLOUD2IMMICH_SYNC_JOBS", "1000"},
                                                                      {"ICLOUD2IMMICH_SYNC_SINCE", "soon"},
                                                                      {"ICLOUD2IMMICH_DRY_RUN", "perhaps"},
                                                                      {"ICLOUD2IMMICH_LOG_LEVEL", "loud"}}) {
    INFO(name);
    environment.set(name, value);
    const auto outcome = parse({"sync"});
    REQUIRE(outcome.error);
    CHECK(outcome.error->code == ErrorCode::usage);
    environment.set(name, std::nullopt);
  }
}

TEST_CASE("help and version end in 0, before anything else is judged") {
  Environment environment;
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"--help"}, {"sync", "--help"}, {"--version"}}) {
    const auto outcome = parse(arguments);
    REQUIRE(outcome.print);
    CHECK(outcome.print->exit_code == 0);
    CHECK(!outcome.print->text.empty());
  }
  CHECK_THAT(parse({"--version"}).print->text, ContainsSubstring("icloud2immich "));
}

TEST_CASE("help names the variable of every option") {
  Environment environment;
  for (const Row& row : rows(environment)) {
    INFO(row.command << " --" << row.name);
    const auto help = i2i::cli::help_text(row.command);
    CHECK_THAT(help, ContainsSubstring("--" + row.name));
    CHECK_THAT(help, ContainsSubstring(variable(row.command, row.name)));
  }
  for (const Switch& row : kSwitches) {
    CHECK_THAT(i2i::cli::help_text(row.command), ContainsSubstring(variable(row.command, row.name)));
  }
}

TEST_CASE("--json is known of a command line that cannot be understood") {
  Environment environment;
  const auto wants = [](const std::vector<const char*>& argv) {
    return i2i::cli::wants_json(static_cast<int>(argv.size()), argv.data());
  };
  CHECK(wants({"icloud2immich", "synk", "--json"}));
  CHECK(!wants({"icloud2immich", "synk"}));
  environment.set("ICLOUD2IMMICH_JSON", "true");
  CHECK(wants({"icloud2immich", "synk"}));
  environment.set("ICLOUD2IMMICH_JSON", "false");
  CHECK(!wants({"icloud2immich", "synk"}));
}

TEST_CASE("--adopt is a wish for this run only where it stands on the command line") {
  using i2i::app::AdoptWish;
  struct Row {
    const char* name;
    std::vector<std::string> words;
    std::optional<std::string> variable;
    AdoptWish wish;
  };
  const std::vector<Row> rows{
      {"nothing said", {"sync"}, std::nullopt, AdoptWish::when_useful},
      {"in the environment", {"sync"}, "true", AdoptWish::when_useful},
      {"not, in the environment", {"sync"}, "false", AdoptWish::never},
      {"on the command line", {"sync", "--adopt"}, std::nullopt, AdoptWish::now},
      {"above the environment", {"sync", "--adopt"}, "false", AdoptWish::now},
      {"not, on the command line", {"sync", "--no-adopt"}, "true", AdoptWish::never},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    Environment environment;
    environment.set("ICLOUD2IMMICH_SYNC_ADOPT", row.variable);
    CHECK(parsed(row.words).sync.adopt == row.wish);
  }
}
