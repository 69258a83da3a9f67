#include "i2i/ledger/catalogue.hpp"

#include <cmath>

#include "ledger_fixture.hpp"

using i2i::ledger::Applied;
using i2i::ledger::AssetView;
using i2i::ledger::Catalogue;
using i2i::ledger::Ledger;
using i2i::ledger::OpenMode;
using i2i::model::Record;
using i2i::model::RenditionKind;
using ledger_test::asset;
using ledger_test::asset_names;
using ledger_test::kPrimary;
using ledger_test::kShared;
using ledger_test::master;
using ledger_test::must;
using ledger_test::open_new;
using ledger_test::rendition;
using ledger_test::TempDir;

namespace {

using Names = std::vector<std::string>;

std::string token_of(Catalogue& catalogue, const i2i::model::ZoneId& zone) {
  for (const auto& row : must(catalogue.zones())) {
    if (row.id == zone) return row.token;
  }
  return "no such zone";
}

bool is(const Applied& applied, std::int64_t added, std::int64_t changed, std::int64_t deleted) {
  return applied.added == added && applied.changed == changed && applied.deleted == deleted;
}

i2i::model::Asset rich_asset() {
  i2i::model::Asset made = asset("A", "M");
  made.offset_s = -3600;
  made.favorite = true;
  made.hidden = true;
  made.adjusted = true;
  made.title = "caf\xC3\xA9";
  made.description = "two\nlines";
  made.keywords = {"beach", "", "3:x,y"};
  made.location = i2i::model::Location{52.5, -13.25, 34.0};
  made.burst_id = "burst";
  made.renditions = {rendition(RenditionKind::edited, "ce", 77)};
  return made;
}

}  // namespace

TEST_CASE("an asset comes back as it was put") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Catalogue catalogue(ledger);
  CHECK(is(must(catalogue.put_changes(kPrimary, {rich_asset()}, "t1")), 1, 0, 0));

  SECTION("without its master") {
    const AssetView view = must(catalogue.asset(kPrimary, "A")).value();
    CHECK(view.asset.master == "M");
    CHECK(view.master.name.empty());
    CHECK(view.renditions.size() == 1);
  }
  SECTION("with a master that comes later") {
    i2i::model::Master with_video = master("M", "cm");
    with_video.is_video = true;
    with_video.renditions.push_back(rendition(RenditionKind::live_video, "cl"));
    with_video.renditions.push_back(rendition(RenditionKind::live_video, "twice"));
    CHECK(is(must(catalogue.put_changes(kPrimary, {with_video}, "t2")), 0, 0, 0));
    const AssetView view = must(catalogue.asset(kPrimary, "A")).value();
    CHECK(view.zone == kPrimary);
    CHECK(view.asset.captured == 995);
    CHECK(view.asset.added == 1000);
    CHECK(view.asset.offset_s == -3600);
    CHECK((view.asset.favorite && view.asset.hidden && view.asset.adjusted && !view.asset.deleted));
    CHECK(view.asset.title == "caf\xC3\xA9");
    CHECK(view.asset.description == "two\nlines");
    CHECK(view.asset.keywords == Names{"beach", "", "3:x,y"});
    CHECK(view.asset.location->latitude == 52.5);
    CHECK(view.asset.location->longitude == -13.25);
    CHECK(view.asset.location->altitude == 34.0);
    CHECK(view.asset.burst_id == "burst");
    CHECK(view.master.name == "M");
    CHECK(view.master.filename == "M.HEIC");
    CHECK(view.master.is_video);
    REQUIRE(view.renditions.size() == 3);
    CHECK(view.renditions[0].checksum == "cm");
    CHECK(view.renditions[1].checksum == "cl");
    CHECK(view.renditions[2].checksum == "ce");
    CHECK(view.renditions[2].size == 77);
    CHECK(view.renditions[2].url.empty());
  }
  SECTION("in another zone it is another one") { CHECK_FALSE(must(catalogue.asset(kShared, "A"))); }
}

TEST_CASE("changed counts what really differs") {
  struct Row {
    const char* name;
    std::function<void(i2i::model::Asset&)> change;
    bool counts;
  };
  const Row rows[] = {
      {"nothing", [](auto&) {}, false},
      {"only the URL", [](auto& a) { a.renditions[0].url = "https://example.org/other"; }, false},
      {"NaN altitude", [](auto& a) { a.location->altitude = std::nan(""); }, true},
      {"favourite", [](auto& a) { a.favorite = false; }, true},
      {"caption", [](auto& a) { a.title = "other"; }, true},
      {"keywords", [](auto& a) { a.keywords.pop_back(); }, true},
      {"no place", [](auto& a) { a.location.reset(); }, true},
      {"no capture time", [](auto& a) { a.captured.reset(); }, true},
      {"another master", [](auto& a) { a.master = "M2"; }, true},
      {"no master", [](auto& a) { a.master.clear(); }, true},
      {"edited file", [](auto& a) { a.renditions[0].checksum = "cf"; }, true},
      {"no edited file", [](auto& a) { a.renditions.clear(); }, true},
  };
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Catalogue catalogue(ledger);
  for (const Row& row : rows) {
    INFO(row.name);
    must(catalogue.put_changes(kPrimary, {rich_asset()}, "t"));
    i2i::model::Asset changed = rich_asset();
    row.change(changed);
    CHECK(is(must(catalogue.put_changes(kPrimary, {changed}, "t")), 0, row.counts ? 1 : 0, 0));
    CHECK(is(must(catalogue.put_changes(kPrimary, {changed}, "t")), 0, 0, 0));
  }
}

TEST_CASE("a tombstone takes whatever has its name") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Catalogue catalogue(ledger);
  const std::vector<Record> all = {master("M", "c1"), asset("A", "M"), i2i::model::Album{"L", "Album", "", false, 0},
                                   i2i::model::Membership{"A-IN-L", "A", "L", 1}};
  must(catalogue.put_changes(kPrimary, all, "t1"));
  const auto bury = [&](const char* name) {
    return must(catalogue.put_changes(kPrimary, {i2i::model::Tombstone{name}}, "t2"));
  };
  const auto albums_of = [&](const char* name) { return must(catalogue.album_paths_of(kPrimary, name)); };
  CHECK(albums_of("A") == Names{"Album"});

  SECTION("asset and its memberships") {
    CHECK(is(bury("A"), 0, 0, 1));
    CHECK(is(bury("A"), 0, 0, 0));
    CHECK(asset_names(catalogue).empty());
    must(catalogue.put_changes(kPrimary, {asset("A", "M")}, "t3"));
    CHECK(albums_of("A").empty());
    CHECK(must(catalogue.asset(kPrimary, "A"))->master.filename == "M.HEIC");
  }
  SECTION("master of a living asset") {
    CHECK(is(bury("M"), 0, 0, 0));
    const AssetView view = must(catalogue.asset(kPrimary, "A")).value();
    CHECK(view.asset.master == "M");
    CHECK(view.master.name.empty());
    CHECK(view.renditions.empty());
  }
  SECTION("album and its memberships") {
    bury("L");
    CHECK(must(catalogue.albums()).empty());
    must(catalogue.put_changes(kPrimary, {all[2]}, "t3"));
    CHECK(albums_of("A").empty());
  }
  SECTION("membership") {
    bury("A-IN-L");
    CHECK(albums_of("A").empty());
    CHECK(must(catalogue.albums()).size() == 1);
  }
  SECTION("nothing we know") { CHECK(is(bury("unknown"), 0, 0, 0)); }
  SECTION("only in its zone") {
    must(catalogue.put_changes(kShared, {i2i::model::Tombstone{"A"}}, "t"));
    CHECK(asset_names(catalogue).size() == 1);
  }
}

TEST_CASE("a listing forgets what it did not show") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Catalogue catalogue(ledger);
  must(catalogue.begin_listing(kPrimary));
  CHECK(is(must(catalogue.put_listed(kPrimary, {master("M1", "c1"), asset("A1", "M1"), master("M2", "c2"),
                                                asset("A2", "M2"), i2i::model::Album{"L", "Album", "", false, 0},
                                                i2i::model::Membership{"A1-IN-L", "A1", "L", 1}})),
           2, 0, 0));
  CHECK(token_of(catalogue, kPrimary).empty());
  CHECK(is(must(catalogue.finish_listing(kPrimary, "t1")), 0, 0, 0));
  CHECK(token_of(catalogue, kPrimary) == "t1");

  SECTION("what is shown again stays") {
    must(catalogue.begin_listing(kPrimary));
    CHECK(token_of(catalogue, kPrimary) == "t1");
    CHECK(
        is(must(catalogue.put_listed(kPrimary, {master("M2", "c2"), asset("A2", "M2"), asset("A2", "M2")})), 0, 0, 0));
    CHECK(is(must(catalogue.finish_listing(kPrimary, "t2")), 0, 0, 1));
    CHECK(asset_names(catalogue) == Names{"PrimarySync/A2"});
    CHECK(must(catalogue.albums()).empty());
  }
  SECTION("healing counts as showing, its token waits") {
    must(catalogue.begin_listing(kPrimary));
    must(catalogue.put_listed(kPrimary, {master("M1", "c1"), asset("A1", "M1")}));
    CHECK(is(
        must(catalogue.put_changes(kPrimary, {asset("A2", "M2"), asset("A3", "M3"), i2i::model::Tombstone{"A1"}}, "h")),
        1, 0, 1));
    CHECK(token_of(catalogue, kPrimary) == "t1");
    must(catalogue.finish_listing(kPrimary, "t2"));
    CHECK(asset_names(catalogue) == Names{"PrimarySync/A2", "PrimarySync/A3"});
    // Its master was in no page and in no change: known all the same.
    CHECK(must(catalogue.asset(kPrimary, "A2"))->master.filename == "M2.HEIC");
  }
  SECTION("an unreadable record is no absent one") {
    must(catalogue.begin_listing(kPrimary));
    must(catalogue.put_listed(kPrimary, {i2i::model::Skipped{"A1", "CPLAsset", "no fields"}}));
    CHECK(is(must(catalogue.finish_listing(kPrimary, "t2")), 0, 0, 1));
    CHECK(asset_names(catalogue) == Names{"PrimarySync/A1"});
  }
  SECTION("other zones are left alone") {
    must(catalogue.begin_listing(kShared));
    must(catalogue.put_listed(kShared, {asset("S1", "M1")}));
    must(catalogue.finish_listing(kShared, "s1"));
    CHECK(asset_names(catalogue) == Names{"PrimarySync/A1", "PrimarySync/A2", "SharedSync-1/S1"});
  }
  SECTION("a zone that is gone is not shown, and comes back when it is listed") {
    must(catalogue.set_awaited_files({{kPrimary, "M1", RenditionKind::original}}));
    CHECK(must(catalogue.mark_gone(kPrimary)));
    CHECK_FALSE(must(catalogue.mark_gone(kPrimary)));
    CHECK_FALSE(must(catalogue.mark_gone(kShared)));
    CHECK(asset_names(catalogue).empty());
    CHECK(must(catalogue.albums()).empty());
    CHECK(must(catalogue.awaited_files()).empty());
    CHECK(token_of(catalogue, kPrimary) == "no such zone");
    // Its rows are there: no content of it looks as if its last photo had been deleted.
    CHECK(must(catalogue.counts(kPrimary)).assets == 2);
    must(catalogue.begin_listing(kPrimary));
    must(catalogue.put_listed(kPrimary, {master("M2", "c2"), asset("A2", "M2")}));
    must(catalogue.finish_listing(kPrimary, "t2"));
    CHECK(asset_names(catalogue) == Names{"PrimarySync/A2"});
  }
  SECTION("what is not shown may stay") {
    must(catalogue.begin_listing(kPrimary));
    must(catalogue.put_listed(kPrimary, {master("M2", "c2"), asset("A2", "M2")}));
    CHECK(must(catalogue.shown(kPrimary)).assets == 1);
    CHECK(is(must(catalogue.finish_listing(kPrimary, "t2", i2i::ledger::Unshown::stay)), 0, 0, 0));
    CHECK(asset_names(catalogue) == Names{"PrimarySync/A1", "PrimarySync/A2"});
    CHECK(token_of(catalogue, kPrimary) == "t2");
  }
  SECTION("masters that never came are known by name") {
    CHECK(must(catalogue.unknown_masters(kPrimary)).empty());
    must(catalogue.put_changes(kPrimary, {asset("A3", "M3"), asset("A4", "M3"), i2i::model::Tombstone{"M1"}}, "t2"));
    CHECK(must(catalogue.unknown_masters(kPrimary)) == Names{"M1", "M3"});
    must(catalogue.put_listed(kPrimary, {master("M3", "c3")}));
    must(catalogue.put_changes(kPrimary, {i2i::model::Tombstone{"A1"}}, "t3"));
    CHECK(must(catalogue.unknown_masters(kPrimary)).empty());
  }
  SECTION("files that are awaited") {
    must(catalogue.set_awaited_files({{kPrimary, "M1", RenditionKind::original},
                                      {kPrimary, "A1", RenditionKind::edited},
                                      {kPrimary, "M1", RenditionKind::original},
                                      {kShared, "M1", RenditionKind::original}}));
    const auto files = must(catalogue.awaited_files());
    REQUIRE(files.size() == 2);
    CHECK(files[0].record == "A1");
    CHECK(files[1] == i2i::ledger::AwaitedFile{kPrimary, "M1", RenditionKind::original});
    must(catalogue.set_awaited_files({}));
    CHECK(must(catalogue.awaited_files()).empty());
  }
  SECTION("an end without a beginning is refused") { CHECK_FALSE(catalogue.finish_listing(kPrimary, "t2")); }
  SECTION("dropping the token") {
    must(catalogue.drop_token(kPrimary));
    CHECK(token_of(catalogue, kPrimary).empty());
  }
}

TEST_CASE("a process that dies while listing") {
  const TempDir dir;
  {
    Ledger ledger = open_new(dir);
    Catalogue catalogue(ledger);
    must(catalogue.begin_listing(kPrimary));
    must(catalogue.put_listed(kPrimary, {asset("old", "M1"), asset("both", "M2")}));
    must(catalogue.finish_listing(kPrimary, "t1"));
    must(catalogue.begin_listing(kPrimary));
    must(catalogue.put_listed(kPrimary, {asset("cut short", "M3"), asset("both", "M2")}));
  }
  Ledger ledger = must(Ledger::open(dir.file("ledger"), OpenMode::existing));
  Catalogue catalogue(ledger);
  CHECK(token_of(catalogue, kPrimary) == "t1");

  SECTION("changes go on from the old token") {
    must(catalogue.put_changes(kPrimary, {asset("new", "M4")}, "t2"));
    CHECK(token_of(catalogue, kPrimary) == "t2");
    CHECK(asset_names(catalogue).size() == 4);
  }
  SECTION("a new listing sees nothing of the cut one as shown") {
    must(catalogue.begin_listing(kPrimary));
    must(catalogue.put_listed(kPrimary, {asset("both", "M2")}));
    CHECK(is(must(catalogue.finish_listing(kPrimary, "t2")), 0, 0, 2));
    CHECK(asset_names(catalogue) == Names{"PrimarySync/both"});
  }
}

TEST_CASE("assets come in a stable order") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Catalogue catalogue(ledger);
  must(catalogue.put_changes(kShared, {asset("S", "M", 1)}, "t"));
  i2i::model::Asset without = asset("Z", "M");
  without.added.reset();
  must(catalogue.put_changes(kPrimary, {asset("C", "M", 5), asset("B", "M", 7), asset("A", "M", 7), without}, "t"));
  CHECK(asset_names(catalogue) ==
        Names{"PrimarySync/Z", "PrimarySync/C", "PrimarySync/A", "PrimarySync/B", "SharedSync-1/S"});

  const auto counts = must(catalogue.counts(kPrimary));
  CHECK(counts.assets == 4);
  CHECK(must(catalogue.counts({"Unknown", "", i2i::model::Database::private_db})).assets == 0);
}

TEST_CASE("hidden and deleted assets are not in the visible list") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Catalogue catalogue(ledger);
  i2i::model::Asset hidden = asset("H", "M");
  hidden.hidden = true;
  i2i::model::Asset deleted = asset("D", "M");
  deleted.deleted = true;
  must(catalogue.put_changes(kPrimary, {asset("V", "M"), hidden, deleted}, "t"));
  CHECK(must(catalogue.is_listed_asset(kPrimary, "V")));
  CHECK_FALSE(must(catalogue.is_listed_asset(kPrimary, "H")));
  CHECK_FALSE(must(catalogue.is_listed_asset(kPrimary, "D")));
  CHECK_FALSE(must(catalogue.is_listed_asset(kPrimary, "M")));
  CHECK_FALSE(must(catalogue.is_listed_asset(kShared, "V")));
  const auto counts = must(catalogue.counts(kPrimary));
  CHECK((counts.assets == 3 && counts.hidden == 1 && counts.deleted == 1));
}

TEST_CASE("a page is all or nothing", "[transaction]") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Catalogue catalogue(ledger);
  {
    auto transaction = must(i2i::ledger::Transaction::begin(ledger));
    must(catalogue.put_changes(kPrimary, {asset("A", "M")}, "t"));
  }
  CHECK(asset_names(catalogue).empty());
  CHECK(must(catalogue.zones()).empty());
}

TEST_CASE("twenty thousand assets go in and stream out, with writes in between") {
  constexpr int kAssets = 20'000;
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Catalogue catalogue(ledger);
  must(catalogue.begin_listing(kPrimary));
  std::vector<Record> page;
  for (int i = 0; i < kAssets; ++i) {
    const std::string number = std::to_string(i);
    page.emplace_back(master("M" + number, "checksum" + number));
    page.emplace_back(asset("A" + number, "M" + number, i % 1000));
    if (page.size() == 400) {
      must(catalogue.put_listed(kPrimary, page));
      page.clear();
    }
  }
  must(catalogue.finish_listing(kPrimary, "t"));
  int seen = 0;
  std::pair<std::int64_t, std::string> last{-1, ""};
  bool ordered = true;
  auto transaction = must(i2i::ledger::Transaction::begin(ledger));
  must(catalogue.for_each_asset([&](const AssetView& view) -> i2i::util::Result<void> {
    ++seen;
    std::pair<std::int64_t, std::string> now{*view.asset.added, view.asset.name};
    ordered =
        ordered && last < now && view.renditions.size() == 1 && view.master.name.substr(1) == now.second.substr(1);
    last = std::move(now);
    return ledger.set_fact("seen", std::to_string(seen));
  }));
  must(transaction.commit());
  CHECK(seen == kAssets);
  CHECK(ordered);
  CHECK(must(ledger.fact("seen")) == std::to_string(kAssets));
}
