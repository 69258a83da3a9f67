#include "cli/page/verify_page.hpp"

#include <fmt/core.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "catch.hpp"
#include "cli/page/verify_page_parts.hpp"
#include "i2i/util/text.hpp"
#include "results_fixture.hpp"

using namespace cli_test;
using i2i::app::VerifyReport;
using i2i::cli::CommandResult;
using i2i::cli::render_page;

namespace {

VerifyReport& report_of(CommandResult& result) { return std::get<VerifyReport>(result.report); }

/// A run that found everything in its place.
CommandResult whole() {
  auto made = result("verify");
  VerifyReport report;
  report.icloud = {10, 10, 12};
  report.files.proven = 12;
  report.assets.proven = 10;
  report.volume.matching = 12;
  report.icloud_asked = report.volume_asked = report.finished = true;
  report.months = {{"2024-05", 12, 12, 0, 0}};
  report.proofs = {kStart, kStart, 12, 0, 0, 0, 0};
  made.report = report;
  return made;
}

std::string headline(const std::string& page) {
  std::smatch found;
  REQUIRE(std::regex_search(page, found, std::regex("</span><span>([^<]*)</span></h1>")));
  return found[1];
}

std::size_t count(const std::string& text, const std::string& piece) {
  std::size_t found = 0;
  for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("the headline is the worst that was found") {
  using Change = void (*)(CommandResult&);
  const struct {
    const char* want;
    Change change;
  } rows[] = {
      {"Every file is proven", [](CommandResult&) {}},
      {"No difference found", [](CommandResult& r) { report_of(r).quick = true; }},
      {"No difference found",
       [](CommandResult& r) {
         report_of(r).files.proven = 11;
         report_of(r).files.not_checked = 1;
       }},
      {"No difference found",
       [](CommandResult& r) {
         report_of(r).files.proven = 11;
         report_of(r).files.by_size = 1;
       }},
      {"No difference found", [](CommandResult& r) { report_of(r) = VerifyReport{}; }},
      {"1 file is not read by Immich yet", [](CommandResult& r) { report_of(r).immich.unread = 1; }},
      {"2 files are pending",
       [](CommandResult& r) {
         report_of(r).immich.unread = 1;
         report_of(r).pending = 2;
       }},
      {"Not finished",
       [](CommandResult& r) {
         report_of(r).pending = 2;
         r.error = i2i::util::Error{i2i::util::ErrorCode::unreachable, "Apple did not answer", "Later.", std::nullopt};
       }},
      {"1 difference",
       [](CommandResult& r) {
         report_of(r).pending = 2;
         report_of(r).differences = {{"a", "", "volume", "gone", "sync"}};
       }},
      {"1 difference, and not finished",
       [](CommandResult& r) {
         report_of(r).differences = {{"a", "", "volume", "gone", "sync"}};
         r.error = i2i::util::Error{i2i::util::ErrorCode::unreachable, "Apple did not answer", "Later.", std::nullopt};
       }},
  };
  for (const auto& row : rows) {
    auto one = whole();
    row.change(one);
    const auto page = render_page(one);
    CHECK(headline(page) == row.want);
    CHECK(count(page, std::string("<title>") + row.want) == 1);
    CHECK(count(page, "id=\"do\"") ==
          (one.error || !report_of(one).differences.empty() || report_of(one).pending + report_of(one).immich.unread > 0
               ? 1
               : 0));
  }
}

TEST_CASE("the page of a whole verify is the golden one, and safe whatever the names are") {
  const auto page = render_page(verify_result());
  std::ifstream file(I2I_TEST_DATA "/results/verify.html", std::ios::binary);
  std::ostringstream golden;
  golden << file.rdbuf();
  // The style is long, changes often, and is looked at in a browser (e2e report).
  const auto style = std::regex_replace(page, std::regex("<style>[^<]*</style>"), "<style></style>");
  CHECK(style == golden.str());
  CHECK(i2i::util::is_valid_utf8(page));
  for (const auto* odd : {"\x1b", "\u202e", "\xff", "\n\"quoted\""}) CHECK(count(page, odd) == 0);
  auto hostile = whole();
  hostile.apple_id = "<b>" + kHostile;
  hostile.error = i2i::util::Error{i2i::util::ErrorCode::unreachable, "<b>" + kHostile, "<b>" + kHostile, std::nullopt};
  auto& report = report_of(hostile);
  report.photos_dir = "<b>" + kHostile;
  report.excluded = {{"<b>" + kHostile, 1}};
  report.differences = {{"<b>" + kHostile, "<b>", "<b>" + kHostile, "<b>" + kHostile, "<b>" + kHostile}};
  report.safe_to_delete = VerifyReport::SafeToDelete{1, "<b>" + kHostile, {}};
  const auto shown = render_page(hostile);
  CHECK(count(shown, "<b>") == 0);
  CHECK(count(shown, "&lt;b&gt;") >= 9);
  CHECK(i2i::util::is_valid_utf8(shown));
  for (const auto* odd : {"\x1b", "\u202e", "\xff", "\n\"quoted\""}) CHECK(count(shown, odd) == 0);
}

TEST_CASE("differences stand in groups of one remedy, by path, and a long list is cut with its rest counted") {
  auto one = whole();
  auto& report = report_of(one);
  for (int i = 1'000; i > 0; --i) {
    report.differences.push_back(
        {fmt::format("2024/IMG_{:04}.HEIC", i), "", "immich", "Immich does not have it", "import"});
  }
  report.differences.push_back({"2023/b", "", "volume", "gone", "sync"});
  report.differences.push_back({"2023/a", "", "volume", "damaged", "sync"});
  report.differences.push_back({"2023/c", "", "volume", "other", "look yourself"});
  const auto groups = i2i::cli::page::grouped(report.differences);
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].differences.front()->path == "2024/IMG_0001.HEIC");
  CHECK(groups[1].differences.front()->path == "2023/a");
  CHECK(groups[2].remedy == "look yourself");
  const auto page = render_page(one);
  CHECK(count(page, "Immich does not have it") == 300);
  CHECK_THAT(page, ContainsSubstring("… and 700 more; <code>verify --report FILE.json</code> names all."));
  CHECK_THAT(page, ContainsSubstring("2024/IMG_0300.HEIC") && !ContainsSubstring("2024/IMG_0301.HEIC"));
  CHECK_THAT(page,
             ContainsSubstring("In Immich: 1,000 differences") && ContainsSubstring("On the volume: 2 differences"));
  CHECK(page.size() < 200'000);
}

TEST_CASE("months are bars of their years, those without a date are told") {
  const auto text = i2i::cli::page::months({{"1955-08", 1, 1, 0, 0}, {"2024-05", 200, 190, 4, 3}, {"", 7, 7, 0, 0}});
  CHECK(count(text, "<tr><th scope=\"row\">1955</th>") == 1);
  CHECK(count(text, "class=\"column\"") == 2);
  CHECK_THAT(text,
             ContainsSubstring("title=\"May 2024: 200 files, 190 proven, 4 different, 3 pending, 3 not looked at\""));
  CHECK_THAT(text, ContainsSubstring("style=\"height:92.0%\"") && ContainsSubstring("style=\"height:0.5%\""));
  CHECK_THAT(text,
             ContainsSubstring("The tallest bar is 2024-05 with 200 files. Without a date: 7 files, all proven."));
  CHECK(i2i::cli::page::months({}).empty());
  CHECK_THAT(i2i::cli::page::months({{"", 7, 7, 0, 0}}), ContainsSubstring("7 files, all proven"));
}
