#include "app/verify/inventory.hpp"

#include "unit/app/app_fixture.hpp"

using namespace app_test;
using i2i::app::Findings;
using i2i::app::Inventory;
using i2i::app::VerifyReport;

namespace {

VerifyReport take(Library& library, const Findings& findings, std::optional<i2i::app::SafeWish> safe = std::nullopt,
                  VerifyReport report = {}, std::unordered_multimap<Checksum, std::size_t> differing = {}) {
  Inventory inventory(library.ledger, findings, std::move(differing), std::move(safe), report);
  must(inventory.know_awaited());
  must(i2i::app::walk_wanted(library.ledger, {}, i2i::app::AlbumPaths::not_needed, inventory));
  must(inventory.finish());
  return report;
}

std::int64_t sum(const VerifyReport::Sums& sums) {
  return sums.proven + sums.by_size + sums.different + sums.pending + sums.unavailable + sums.not_checked;
}

/// One asset of every fate; two assets share one content.
void fill(Library& library) {
  library.add({.name = "GOOD", .filename = "1.HEIC", .bytes = "good"});
  library.add({.name = "TWIN", .filename = "2.HEIC", .bytes = "good", .captured = kMay6 + 40 * kDay});
  library.add({.name = "BAD", .filename = "3.HEIC", .bytes = "bad"});
  library.add({.name = "NEW", .filename = "4.HEIC", .bytes = "new"});
  library.add({.name = "NONE", .filename = "5.HEIC", .bytes = ""});
  library.add({.name = "HALF",
               .filename = "6.HEIC",
               .bytes = "half",
               .master_renditions = {rendition(RenditionKind::live_video, "film", "com.apple.quicktime-movie")},
               .captured = std::nullopt});
  library.add({.name = "HIDDEN", .filename = "7.HEIC", .bytes = "hidden", .hidden = true});
  library.place("1.HEIC", "good");
  library.place("3.HEIC", "bad");
  library.place("6.HEIC", "half");
}

}  // namespace

TEST_CASE("every asset and every file stands under one word") {
  Library library;
  fill(library);
  Findings findings;
  findings.volume = Findings::Volume::all;
  findings.different = {checksum_of("bad")};
  const auto report = take(library, findings);
  CHECK(report.icloud.assets == 7);
  CHECK(report.icloud.selected == 6);
  CHECK(report.excluded == std::map<std::string, std::int64_t>{{"hidden", 1}});
  CHECK(report.assets.proven == 2);
  CHECK(report.assets.different == 1);
  CHECK(report.assets.pending == 2);  // HALF's film is to come
  CHECK(report.assets.unavailable == 1);
  CHECK(sum(report.assets) == report.icloud.selected);
  CHECK(report.files.proven == 2);
  CHECK(report.files.different == 1);
  CHECK(report.files.pending == 2);
  CHECK(sum(report.files) == report.icloud.files);
  CHECK(report.icloud.files == 5);
  CHECK(report.pending == 2);
  CHECK(report.unavailable == 1);
  REQUIRE(report.months.size() == 2);  // the twin's content counts in its first month
  CHECK(report.months[0].month == "2024-05");
  CHECK(report.months[0].files == 3);
  CHECK(report.months[0].proven == 1);
  CHECK(report.months[0].different == 1);
  CHECK(report.months[0].pending == 1);
  CHECK(report.months[1].month.empty());
  CHECK(report.months[1].files == 2);
}

TEST_CASE("what was not looked at is not called proven") {
  Library library;
  fill(library);
  SECTION("no volume") {
    const auto report = take(library, {});
    CHECK(report.files.not_checked == 3);
    CHECK(report.files.proven == 0);
    CHECK(sum(report.files) == report.icloud.files);
  }
  SECTION("a part of it") {
    must(i2i::ledger::Placements(library.ledger).note_proven({checksum_of("good")}, kMay6));
    Findings findings;
    findings.volume = Findings::Volume::part;
    findings.since = kMay6;
    const auto report = take(library, findings);
    CHECK(report.files.proven == 1);
    CHECK(report.files.not_checked == 2);
    CHECK(sum(report.files) == report.icloud.files);
  }
}

TEST_CASE("a difference names the asset that has the file, left out or not") {
  Library library;
  fill(library);
  VerifyReport report;
  report.differences = {{"3.HEIC", "", "volume", "", ""}, {"7.HEIC", "", "immich", "", ""}};
  report = take(library, {}, std::nullopt, report, {{checksum_of("bad"), 0}, {checksum_of("hidden"), 1}});
  CHECK(report.differences[0].asset == "BAD");
  CHECK(report.differences[1].asset == "HIDDEN");
}

TEST_CASE("safe to delete is only what is proven in this run, whole, in Immich and old enough") {
  Library library;
  fill(library);
  i2i::ledger::Placements placements(library.ledger);
  const ledger_test::TempDir dir;
  Findings findings;
  findings.volume = Findings::Volume::all;
  findings.since = kMay6 + 50 * kDay;
  findings.in_immich = {i2i::app::content_key(checksum_of("good"))};
  const auto names = [&](i2i::util::UnixMillis captured_until) {
    std::string found;
    const auto report = take(library, findings, i2i::app::SafeWish{dir.file("list"), captured_until});
    for (const auto& asset : report.safe_to_delete->listed) found += asset.asset + " ";
    return found;
  };
  CHECK(names(kMay6 + 99 * kDay).empty());  // never read
  must(placements.note_proven({checksum_of("good"), checksum_of("bad"), checksum_of("half")}, findings.since));
  CHECK(names(kMay6 + 99 * kDay) == "GOOD TWIN ");  // the others are not in Immich, or not whole
  CHECK(names(kMay6 + kDay) == "GOOD ");
  findings.different = {checksum_of("good")};
  CHECK(names(kMay6 + 99 * kDay).empty());
  findings.different.clear();
  findings.in_immich.clear();
  CHECK(names(kMay6 + 99 * kDay).empty());
}
