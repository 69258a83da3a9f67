#include "cli/results.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.hpp"
#include "i2i/util/text.hpp"
#include "results_fixture.hpp"

using namespace cli_test;
using i2i::cli::Command;
using i2i::cli::CommandResult;
using i2i::cli::encode_results;
using i2i::cli::render_text;
using i2i::util::ErrorCode;
using Json = nlohmann::json;

namespace {

std::string golden(const std::string& name) {
  std::ifstream file(I2I_TEST_DATA "/results/" + name, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

/// The one element of commands.
Json encoded(const CommandResult& one) { return Json::parse(encode_results({one}, one.exit_code))["commands"][0]; }

/// "a.b" of every member, lists by their first element: "a[].b".
void collect(const Json& value, const std::string& path, std::vector<std::string>& keys) {
  if (value.is_array()) {
    if (!value.empty()) collect(value[0], path + "[]", keys);
    return;
  }
  if (!value.is_object()) return;
  for (const auto& item : value.items()) {
    const std::string key = path.empty() ? item.key() : path + "." + item.key();
    keys.push_back(key);
    collect(item.value(), key, keys);
  }
}
std::vector<std::string> keys_of(const Json& value) {
  std::vector<std::string> keys;
  collect(value, "", keys);
  return keys;
}

struct Kind {
  const char* name;
  Command command;
  CommandResult whole;
  std::vector<std::string>
      contracted;  // docs/cli.md, "JSON results"; lists are there, their elements where they have any
};

std::vector<Kind> kinds() {
  const std::vector<std::string> session{"session", "session.state", "session.signed_in_at",
                                         "session.trusted_until_estimate"};
  auto status = session;
  status.insert(status.end(), {"ledger", "ledger.assets", "ledger.files", "ledger.bytes", "last_runs", "pending",
                               "manifest", "advice"});
  return {
      {"auth", Command::auth, auth_result(), session},
      {"sync",
       Command::sync,
       sync_result(),
       {"libraries",
        "libraries[].zone",
        "libraries[].mode",
        "libraries[].assets",
        "libraries[].added",
        "libraries[].changed",
        "libraries[].deleted",
        "libraries[].excluded",
        "files",
        "files.wanted",
        "files.present",
        "files.downloaded",
        "files.adopted",
        "files.unavailable",
        "files.failed",
        "files.trashed",
        "sidecars",
        "sidecars.written",
        "sidecars.kept",
        "sidecars.foreign",
        "sidecars.failed",
        "bytes_downloaded",
        "requests",
        "requests.auth",
        "requests.catalogue",
        "requests.download",
        "failures",
        "failures[].asset",
        "failures[].file",
        "failures[].path",
        "failures[].error"}},
      {"import",
       Command::import,
       import_result(),
       {"library",
        "library.id",
        "library.name",
        "library.created",
        "assets",
        "assets.expected",
        "assets.present",
        "assets.missing",
        "assets.offline",
        "assets.trashed",
        "assets.not_importable",
        "albums",
        "albums.created",
        "albums.updated",
        "favorites",
        "archived",
        "stacks",
        "live_photos",
        "live_photos.linked",
        "live_photos.unlinked",
        "not_importable_reasons",
        "phone_duplicates",
        "missing"}},
      {"verify",
       Command::verify,
       verify_result(),
       {"icloud",
        "icloud.assets",
        "icloud.selected",
        "icloud.files",
        "files",
        "files.proven",
        "assets",
        "months",
        "proofs",
        "safe_to_delete",
        "volume",
        "volume.matching",
        "volume.missing",
        "volume.damaged",
        "volume.unproven",
        "volume.extra",
        "immich",
        "immich.present",
        "immich.missing",
        "immich.offline",
        "immich.trashed",
        "immich.different",
        "immich.unread",
        "excluded",
        "pending",
        "unavailable",
        "photos_dir",
        "against",
        "quick",
        "subset",
        "queued_for_repair",
        "differences",
        "differences[].path",
        "differences[].asset",
        "differences[].where",
        "differences[].what",
        "differences[].remedy",
        "sentence",
        "verdict"}},
      {"status", Command::status, status_result(), status},
      {"doctor",
       Command::doctor,
       doctor_result(),
       {"checks", "checks[].name", "checks[].ok", "checks[].message", "checks[].remedy"}},
  };
}

}  // namespace

TEST_CASE("results as JSON and as text are the golden ones") {
  for (const Kind& kind : kinds()) {
    INFO(kind.name);
    const auto document = Json::parse(encode_results({kind.whole}, kind.whole.exit_code));
    CHECK(document.dump(2, ' ', true) + "\n" == golden(std::string(kind.name) + ".json"));
    CHECK(render_text(kind.whole) == golden(std::string(kind.name) + ".txt"));
  }
  const auto chain = {sync_result(), failed(Command::import)};
  CHECK(Json::parse(encode_results(chain, 6)).dump(2, ' ', true) + "\n" == golden("chain-that-stopped.json"));
  CHECK(render_text(failed(Command::import)) == golden("import-failed.txt"));
  CHECK(Json::parse(encode_results({}, 2)) == Json{{"schema", 1}, {"commands", Json::array()}, {"exit_code", 2}});
}

TEST_CASE("the contracted keys are there, on failure too") {
  for (const Kind& kind : kinds()) {
    INFO(kind.name);
    auto contracted = kind.contracted;
    contracted.insert(contracted.end(), {"command", "apple_id", "started_at", "duration_s", "exit_code"});
    const auto whole = keys_of(encoded(kind.whole));
    const auto broken = keys_of(encoded(failed(kind.command)));
    for (const auto& key : contracted) {
      INFO(key);
      CHECK(std::find(whole.begin(), whole.end(), key) != whole.end());
      // An Immich that was not asked has no numbers.
      const bool may_be_absent = key.find("[]") != std::string::npos || key.starts_with("immich.");
      CHECK((may_be_absent || std::find(broken.begin(), broken.end(), key) != broken.end()));
    }
    CHECK(encoded(failed(kind.command))["command"] == kind.name);
    CHECK(encoded(failed(kind.command))["error"]["message"].is_string());
    CHECK(encoded(failed(kind.command))["error"]["retry_after_s"] == 3600);
    CHECK(!encoded(kind.whole).contains("error"));
  }
}

TEST_CASE("no name from a server reaches the terminal as it is") {
  std::vector<CommandResult> results;
  for (const Kind& kind : kinds()) {
    results.push_back(kind.whole);
    results.push_back(failed(kind.command));
  }
  auto hostile_account = auth_result();
  hostile_account.apple_id = kHostile;
  std::get<i2i::app::AuthReport>(hostile_account.report).message = "Signed in as " + kHostile + ".";
  results.push_back(hostile_account);
  for (const auto& one : results) {
    const auto text = render_text(one);
    INFO(text);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("\xE2\x80\xAE") == std::string::npos);
    CHECK(text.find('\xff') == std::string::npos);
    CHECK(i2i::util::is_valid_utf8(text));
    CHECK(text.find("\n\"quoted\"") == std::string::npos);
    CHECK(text.ends_with("\n"));
  }
}

TEST_CASE("a name in JSON is the name, bad UTF-8 replaced") {
  const auto json = encoded(import_result());
  CHECK(json["missing"][0] == "2024/\x1b[2J\xE2\x80\xAEgpj.exe\xEF\xBF\xBD\n\"quoted\"");
}

TEST_CASE("a long list is cut on a terminal, with what is left out counted") {
  auto sync = sync_result();
  auto& failures = std::get<i2i::app::SyncReport>(sync.report).failures;
  failures.resize(23, failures.front());
  CHECK_THAT(render_text(sync), ContainsSubstring("3 more"));
  CHECK(encoded(sync)["failures"].size() == 23);
  auto import = import_result();
  std::get<i2i::app::ImportReport>(import.report).missing.resize(25, "x");
  CHECK_THAT(render_text(import), ContainsSubstring("5 more"));
  auto verify = verify_result();
  auto& differences = std::get<i2i::app::VerifyReport>(verify.report).differences;
  differences.resize(21, differences.front());
  CHECK_THAT(render_text(verify), ContainsSubstring("1 more"));
}

TEST_CASE("a run that was refused tells no numbers, one that failed does") {
  auto verify = verify_result();
  const auto with = [&](ErrorCode code) {
    verify.error = i2i::util::Error{code, "no", "Do it otherwise.", std::nullopt};
    return render_text(verify);
  };
  CHECK_THAT(with(ErrorCode::usage), !ContainsSubstring("verdict") && ContainsSubstring("Do it otherwise."));
  CHECK_THAT(with(ErrorCode::run_locked), !ContainsSubstring("verdict"));
  CHECK_THAT(with(ErrorCode::unreachable), ContainsSubstring("verdict"));
}

TEST_CASE("the verdict") {
  i2i::cli::CommandResult verify = result("verify");
  i2i::app::VerifyReport report;
  report.finished = true;
  report.unavailable = 3;  // no difference
  verify.report = report;
  CHECK(encoded(verify)["verdict"] == "complete");
  CHECK(encoded(verify)["immich"].is_null());
  CHECK_THAT(render_text(verify), !ContainsSubstring("Immich"));
  report.pending = 1;
  verify.report = report;
  CHECK(encoded(verify)["verdict"] == "incomplete");
}
