#include "cli/report_file.hpp"

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "results_fixture.hpp"
#include "unit/util/temp_folder.hpp"

using namespace cli_test;
using i2i::cli::report_kind;
using i2i::cli::ReportKind;
using i2i::cli::write_report;
using i2i::util::ErrorCode;
using Json = nlohmann::json;

namespace {

i2i::cli::CommandResult ended_by(ErrorCode code, int exit_code) {
  auto made = verify_result();
  made.exit_code = exit_code;
  made.error = i2i::util::Error{code, "no", "Again.", std::nullopt};
  return made;
}

}  // namespace

TEST_CASE("the ending says what a report is") {
  CHECK(report_kind("a.html") == ReportKind::page);
  CHECK(report_kind("/a.json/b.HTML") == ReportKind::page);
  CHECK(report_kind("../a.json") == ReportKind::json);
  for (const auto* other : {"", "html", "a.htm", "a.html.gz", "a.json/", "a"}) {
    INFO(other);
    CHECK(!report_kind(other));
  }
}

TEST_CASE("the report for programs is what --json prints of the run, and which program wrote it") {
  const TempFolder folder;
  auto one = verify_result();
  write_report(folder.path("r.json"), one);
  CHECK(one.written == folder.path("r.json"));
  auto written = Json::parse(folder.read("r.json"));
  CHECK(written["program"].get<std::string>().starts_with("icloud2immich "));
  written.erase("program");
  CHECK(written == Json::parse(i2i::cli::encode_results({one}, one.exit_code)));
  struct stat status {};
  REQUIRE(::stat(folder.path("r.json").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  CHECK_THAT(i2i::cli::render_text(one), ContainsSubstring("  written   " + folder.path("r.json") + "\n"));
}

TEST_CASE("a run that says nothing new leaves the earlier report") {
  const TempFolder folder;
  const auto path = folder.path("r.html");
  auto never_began = failed(i2i::cli::Command::verify);
  write_report(path, never_began);
  CHECK(!folder.exists("r.html"));
  for (const auto code : {ErrorCode::usage, ErrorCode::cancelled, ErrorCode::run_locked}) {
    auto one = ended_by(code, 2);
    write_report(path, one);
    CHECK(!folder.exists("r.html"));
    CHECK(one.written.empty());
  }
  auto unreachable = ended_by(ErrorCode::unreachable, 6);
  write_report(path, unreachable);
  CHECK_THAT(folder.read("r.html"), ContainsSubstring("not finished"));
  auto none = verify_result();
  write_report("", none);
  CHECK(none.written.empty());
}

TEST_CASE("a report that cannot be written is an error, but differences stay the news") {
  const TempFolder folder;
  auto fine = verify_result();
  fine.exit_code = 0;
  write_report(folder.path("absent/r.html"), fine);
  REQUIRE(fine.error);
  CHECK(fine.error->message.find("absent/r.html") != std::string::npos);
  CHECK(fine.exit_code == 9);
  CHECK(fine.written.empty());
  auto differs = verify_result();
  write_report(folder.path("absent/r.html"), differs);
  CHECK(differs.exit_code == 5);
  CHECK(differs.error);
}
