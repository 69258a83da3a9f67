#include "app/sync/plan.hpp"

#include <algorithm>

#include "unit/app/app_fixture.hpp"

using namespace app_test;
using i2i::app::make_plan;
using i2i::app::PlanReport;
using i2i::ledger::PlacementState;
using i2i::util::ErrorCode;

namespace {

constexpr i2i::util::UnixMillis kNow = 1'790'000'000'000;

struct World : Library {
  PlanReport plan(const i2i::model::Selection& selection = {}, const std::string& layout = "{year}/{month}/{day}") {
    return must(try_plan(selection, layout));
  }
  i2i::util::Result<PlanReport> try_plan(const i2i::model::Selection& selection = {},
                                         const std::string& layout = "{year}/{month}/{day}",
                                         const std::stop_token& stop = {}) {
    NoObserver observer;
    const auto parsed = must(i2i::media::Layout::parse(layout));
    return make_plan(ledger, root, selection, parsed, kNow, stop, observer);
  }
  /// Every path of the ledger, in order.
  std::vector<std::string> paths() {
    std::vector<std::string> found;
    must(i2i::ledger::Placements(ledger).for_each(std::nullopt,
                                                  [&](const i2i::ledger::Placement& row) -> i2i::util::Result<void> {
                                                    found.push_back(row.path);
                                                    return {};
                                                  }));
    return found;
  }
  TempFolder photos;
  i2i::util::Root root = must(i2i::util::Root::open(photos.path()));
};

bool is_beneath(const std::string& path) {
  return !path.empty() && path.front() != '/' && ("/" + path + "/").find("/../") == std::string::npos &&
         path.find('\\') == std::string::npos && path.find('\0') == std::string::npos;
}

}  // namespace

TEST_CASE("a wanted content gets one path, by layout and name") {
  World world;
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
  const auto report = world.plan();
  CHECK(report.wanted == 1);
  CHECK(report.to_fetch == 1);
  CHECK(report.bytes_to_fetch == 3);
  CHECK(report.adopted == 0);
  const auto row = world.placement("one");
  REQUIRE(row);
  CHECK(row->path == "2024/05/06/IMG_1.HEIC");
  CHECK(row->state == PlacementState::planned);
  CHECK(row->size == 3);
  CHECK(row->mtime_ms == kMay6);
  CHECK(std::filesystem::is_empty(world.photos.path()));  // a plan writes no file
}

TEST_CASE("planning again changes nothing") {
  World world;
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
  world.add({.name = "A2", .filename = "IMG_1.HEIC", .bytes = "two"});
  world.plan();
  const auto before = world.paths();
  const auto again = world.plan({}, "{library}");
  CHECK(world.paths() == before);
  CHECK(again.wanted == 2);
  CHECK(again.to_fetch == 2);
}

TEST_CASE("two photos with one name on one day: the same one gets the suffix on every run") {
  std::vector<std::vector<std::string>> results;
  for (const bool turned : {false, true}) {
    World world;
    std::vector<Photo> photos{{.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one", .added = 10},
                              {.name = "A2", .filename = "IMG_1.HEIC", .bytes = "two", .added = 20},
                              {.name = "A3", .filename = "img_1.heic", .bytes = "three", .added = 30}};
    if (turned) std::reverse(photos.begin(), photos.end());
    for (const auto& photo : photos) world.add(photo);
    world.plan();
    results.push_back({world.path_of("one"), world.path_of("two"), world.path_of("three")});
  }
  CHECK(results[0] == results[1]);
  CHECK(results[0][0] == "2024/05/06/IMG_1.HEIC");
  CHECK(results[0][1] == "2024/05/06/IMG_1-" + i2i::media::suffix_for(checksum_of("two")) + ".HEIC");
  // On a disk that does not know case, this would be the first one's name.
  CHECK(results[0][2] == "2024/05/06/img_1-" + i2i::media::suffix_for(checksum_of("three")) + ".heic");
}

TEST_CASE("the renditions of an asset share folder and stem") {
  World world;
  const auto live = rendition(RenditionKind::live_video, "live", "com.apple.quicktime-movie");
  const auto edited = rendition(RenditionKind::edited, "edited", "public.jpeg");
  world.add({.name = "A0", .filename = "IMG_1.HEIC", .bytes = "other", .added = 1});
  world.add({.name = "A1",
             .filename = "IMG_1.HEIC",
             .bytes = "one",
             .master_renditions = {live},
             .asset_renditions = {edited},
             .added = 2});
  CHECK(world.plan().wanted == 4);
  const std::string stem = "2024/05/06/IMG_1-" + i2i::media::suffix_for(checksum_of("one"));
  CHECK(world.path_of("one") == stem + ".HEIC");
  CHECK(world.path_of("live") == stem + ".MOV");
  CHECK(world.path_of("edited") == stem + "-edited.JPG");
}

TEST_CASE("an edit made later lies beside its original, whatever the layout is by then") {
  World world;
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
  world.plan();
  world.add({.name = "A1",
             .filename = "IMG_1.HEIC",
             .bytes = "one",
             .asset_renditions = {rendition(RenditionKind::edited, "edited", "public.jpeg")}});
  const auto report = world.plan({}, "{library}/{year}");
  CHECK(report.wanted == 2);
  CHECK(world.path_of("one") == "2024/05/06/IMG_1.HEIC");
  CHECK(world.path_of("edited") == "2024/05/06/IMG_1-edited.JPG");
}

TEST_CASE("one content is one file, however many assets show it") {
  World world;
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
  world.add({.name = "A2", .filename = "Copy of IMG_1.HEIC", .bytes = "one", .added = 2000});
  world.add({.name = "S1", .filename = "shared.HEIC", .bytes = "one", .captured = kMay6 + kDay}, kShared);
  const auto report = world.plan();
  CHECK(report.wanted == 1);
  CHECK(report.to_fetch == 1);
  CHECK(world.paths() == std::vector<std::string>{"2024/05/06/IMG_1.HEIC"});
}

TEST_CASE("two assets on one master, each with an edit of its own") {
  World world;
  const auto edit = [](const std::string& bytes) {
    return std::vector{rendition(RenditionKind::edited, bytes, "public.jpeg")};
  };
  for (const std::string name : {"A1", "A2", "A3"}) {
    world.add({.name = name,
               .filename = "IMG_1.HEIC",
               .bytes = "one",
               .asset_renditions = edit("edit of " + name),
               .master = "M1"});
  }
  CHECK(world.plan().wanted == 4);
  auto paths = world.paths();
  CHECK(paths.size() == 4);
  for (const auto& path : paths) CHECK(path.starts_with("2024/05/06/IMG_1"));
  CHECK(world.path_of("edit of A1") == "2024/05/06/IMG_1-edited.JPG");
}

TEST_CASE("renditions of one asset whose names would clash each get a path") {
  World world;
  // Not seen from Apple; a server may say it all the same, and it must not end every run.
  world.add({.name = "A1",
             .filename = "IMG_1.MOV",
             .bytes = "original",
             .uti = "com.apple.quicktime-movie",
             .master_renditions = {rendition(RenditionKind::live_video, "live", "com.apple.quicktime-movie")}});
  world.add(
      {.name = "A2",
       .filename = "IMG_2.MOV",
       .bytes = "original 2",
       .uti = "com.apple.quicktime-movie",
       .asset_renditions = {rendition(RenditionKind::edited, "edited", "com.apple.quicktime-movie"),
                            rendition(RenditionKind::edited_video, "edited video", "com.apple.quicktime-movie")}});
  const auto planned = world.try_plan();
  REQUIRE(planned);
  CHECK(planned->wanted == 5);
  CHECK(planned->to_fetch == 5);
  CHECK(world.path_of("original") == "2024/05/06/IMG_1.MOV");
  CHECK(world.path_of("live").starts_with("2024/05/06/IMG_1-"));
  CHECK(world.path_of("edited") == "2024/05/06/IMG_2-edited.MOV");
  CHECK(world.path_of("edited video").starts_with("2024/05/06/IMG_2-"));
  const auto paths = world.paths();
  world.plan();
  CHECK(world.paths() == paths);
}

TEST_CASE("one content under two kinds of an asset is one file") {
  World world;
  world.add({.name = "A1",
             .filename = "IMG_1.HEIC",
             .bytes = "one",
             .asset_renditions = {rendition(RenditionKind::edited, "one", "public.heic")}});
  CHECK(world.plan().wanted == 1);
  CHECK(world.paths() == std::vector<std::string>{"2024/05/06/IMG_1.HEIC"});
}

TEST_CASE("a file renamed just before a crash is adopted where it was planned") {
  World world;
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
  world.plan();
  world.photos.write("2024/05/06/IMG_1.HEIC", "one");
  must(world.root.set_mtime("2024/05/06/IMG_1.HEIC", kMay6 + 7000));
  const auto report = world.plan();
  CHECK(report.wanted == 1);
  CHECK(report.adopted == 1);
  CHECK(report.to_fetch == 0);
  const auto row = world.placement("one");
  REQUIRE(row);
  CHECK(row->state == PlacementState::placed);
  CHECK(row->proven);
  CHECK(row->adopted);
  CHECK(row->sha1_hex == proof_of("one").sha1_hex);
  CHECK(row->mtime_ms == kMay6 + 7000);  // as the disk has it: the file is not touched
  const auto again = world.plan();
  CHECK(again.adopted == 0);
  CHECK(again.to_fetch == 0);
}

TEST_CASE("what lies at the natural path already") {
  struct Row {
    const char* name;
    std::string there;
    bool adopted;
  };
  const Row rows[] = {
      {"the content itself", "one", true},
      {"somebody else's file of the same size", "eno", false},
      {"somebody else's file", "something else", false},
      {"an empty file", "", false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    World world;
    world.photos.write("2024/05/06/IMG_1.HEIC", row.there);
    world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
    const auto report = world.plan();
    CHECK(report.adopted == (row.adopted ? 1 : 0));
    CHECK(report.to_fetch == (row.adopted ? 0 : 1));
    CHECK((world.path_of("one") == "2024/05/06/IMG_1.HEIC") == row.adopted);
    CHECK(world.photos.read("2024/05/06/IMG_1.HEIC") == row.there);
  }
}

TEST_CASE("neither links nor folders are adopted") {
  World world;
  const TempFolder elsewhere;
  elsewhere.write("one", "one");
  std::filesystem::create_directories(world.photos.path("2024/05/06/IMG_2.HEIC"));
  std::filesystem::create_symlink(elsewhere.path("one"), world.photos.path("2024/05/06/IMG_1.HEIC"));
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
  world.add({.name = "A2", .filename = "IMG_2.HEIC", .bytes = "two"});
  const auto report = world.plan();
  CHECK(report.adopted == 0);
  CHECK(report.to_fetch == 2);
  CHECK(world.path_of("one") != "2024/05/06/IMG_1.HEIC");
  CHECK(world.path_of("two") != "2024/05/06/IMG_2.HEIC");
}

TEST_CASE("a reserved path that somebody else's file has taken meanwhile is given up") {
  World world;
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
  world.plan();
  REQUIRE(world.path_of("one") == "2024/05/06/IMG_1.HEIC");
  world.photos.write("2024/05/06/IMG_1.HEIC", "a person's own");
  const auto report = world.plan();
  CHECK(report.to_fetch == 1);
  // Else it would be fetched, and refused by the path, in every run.
  const auto path = world.path_of("one");
  CHECK(path == "2024/05/06/IMG_1-" + i2i::media::suffix_for(checksum_of("one")) + ".HEIC");
  CHECK(world.photos.read("2024/05/06/IMG_1.HEIC") == "a person's own");
}

TEST_CASE("a size that iCloud corrects replaces the one its path was reserved with") {
  World world;
  auto announced = rendition(RenditionKind::original, "one", "public.heic");
  announced.size = 12;
  const Photo photo{.name = "A1", .filename = "IMG_1.HEIC", .bytes = "", .master_renditions = {announced}};
  world.add(photo);
  CHECK(world.plan().bytes_to_fetch == 12);
  auto corrected = photo;
  corrected.master_renditions[0].size = 3;
  world.add(corrected);
  CHECK(world.plan().bytes_to_fetch == 3);
  CHECK(world.placement("one")->size == 3);
  CHECK(world.path_of("one") == "2024/05/06/IMG_1.HEIC");
}

TEST_CASE("a damaged file keeps its path and is fetched again") {
  World world;
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
  world.place("2019/old place.HEIC", "one");
  world.photos.write("2019/old place.HEIC", "eno");
  must(i2i::ledger::Placements(world.ledger).mark_damaged(checksum_of("one")));
  CHECK(world.plan().to_fetch == 1);
  CHECK(world.path_of("one") == "2019/old place.HEIC");
  CHECK(world.placement("one")->state == PlacementState::damaged);
  // Whole again, by whatever hand: nothing to fetch.
  world.photos.write("2019/old place.HEIC", "one");
  CHECK(world.plan().to_fetch == 0);
  CHECK(world.placement("one")->state == PlacementState::placed);
}

TEST_CASE("what is placed is not looked at") {
  World world;
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
  world.place("2019/elsewhere.HEIC", "one");
  const auto report = world.plan();  // verify is who looks
  CHECK(report.wanted == 1);
  CHECK(report.to_fetch == 0);
  CHECK(report.adopted == 0);
}

TEST_CASE("no name of the server leads out of the photos dir") {
  World world;
  const std::vector<std::string> names{"../../etc/passwd",
                                       "/etc/passwd",
                                       "..\\..\\boot.ini",
                                       std::string("nul\0byte.jpg", 12),
                                       "..",
                                       ".",
                                       "",
                                       " ",
                                       ".icloud2immich",
                                       ".icloud2immich/volume.json",
                                       std::string(3000, 'x') + ".HEIC",
                                       "CON.HEIC",
                                       "\xff\xfe.HEIC",
                                       "a\nb\x1b[2J.HEIC"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    world.add({.name = "A" + std::to_string(i), .filename = names[i], .bytes = "bytes " + std::to_string(i)});
  }
  world.add_to_album("AL", "../../..", "A0");
  for (const std::string layout : {"{year}/{month}/{day}", "{album}"}) {
    World fresh;
    for (std::size_t i = 0; i < names.size(); ++i) {
      fresh.add({.name = "../A" + std::to_string(i), .filename = names[i], .bytes = "bytes " + std::to_string(i)});
    }
    fresh.add_to_album("AL", "../../..", "../A0");
    CHECK(fresh.plan({}, layout).wanted == static_cast<std::int64_t>(names.size()));
    const auto paths = fresh.paths();
    CHECK(paths.size() == names.size());
    for (const auto& path : paths) {
      INFO(path);
      CHECK(is_beneath(path));
      CHECK(!path.starts_with("."));
      CHECK(fresh.root.facts(path).has_value());
    }
  }
}

TEST_CASE("what is left out is counted, by reason and by library") {
  World world;
  world.add({.name = "A1", .filename = "1.HEIC", .bytes = "one"});
  world.add({.name = "A2", .filename = "2.HEIC", .bytes = "two", .hidden = true});
  world.add({.name = "A3", .filename = "3.HEIC", .bytes = "three", .deleted = true});
  world.add({.name = "A4", .filename = "4.HEIC", .bytes = ""});
  world.add({.name = "S1", .filename = "5.HEIC", .bytes = "five", .hidden = true}, kShared);
  const auto report = world.plan();
  CHECK(report.wanted == 1);
  CHECK(report.unavailable == 1);
  CHECK(report.excluded == std::map<std::string, std::int64_t>{{"hidden", 2}, {"recently-deleted", 1}});
  CHECK(report.excluded_by_zone == std::map<std::string, std::int64_t>{{"PrimarySync", 2}, {"SharedSync-1", 1}});
  CHECK(world.path_of("two").empty());
}

TEST_CASE("a plan that is stopped says so, and what it had reserved stays good") {
  World world;
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
  std::stop_source stop;
  stop.request_stop();
  CHECK(world.try_plan({}, "{year}", stop.get_token()).error().code == ErrorCode::cancelled);
  CHECK(world.plan().to_fetch == 1);
}

TEST_CASE("more than one group of reservations") {
  World world;
  std::vector<i2i::model::Record> records;
  for (int i = 0; i < 1'203; ++i) {
    const std::string name = "A" + std::to_string(i);
    i2i::model::Master master = ledger_test::master("M" + name, checksum_of(name));
    records.emplace_back(master);
    records.emplace_back(ledger_test::asset(name, master.name));
  }
  world.put(kPrimary, records);
  CHECK(world.plan().to_fetch == 1'203);
  CHECK(world.paths().size() == 1'203);
}

TEST_CASE("a path that was reserved for what is wanted no more is free again, one that was placed is not") {
  World world;
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "one"});
  world.add({.name = "A2", .filename = "IMG_2.HEIC", .bytes = "two"});
  world.add({.name = "A3", .filename = "IMG_3.HEIC", .bytes = "three"});
  CHECK(world.plan().to_fetch == 3);
  auto placed = *world.placement("two");
  placed.sha1_hex = std::string(40, '1');
  must(i2i::ledger::Placements(world.ledger).mark_placed({placed}));
  i2i::model::Selection newest;
  newest.newest = 1;
  CHECK(world.plan(newest).to_fetch == 1);
  CHECK(must(i2i::ledger::Placements(world.ledger).totals()).planned == 1);
  CHECK(world.placement("two")->state == PlacementState::placed);
}

TEST_CASE("the modification time of a new file") {
  struct Row {
    const char* name;
    std::optional<i2i::util::UnixMillis> captured;
    std::optional<i2i::util::UnixMillis> added;
    i2i::util::UnixMillis mtime;
  };
  const Row rows[] = {
      {"captured", kMay6, kMay6 + kDay, kMay6},
      {"1970 is a date", 0, kMay6, 0},
      {"before 1970", -kDay, kMay6, -kDay},
      {"first that is kept", -2'145'916'800'000, kMay6, -2'145'916'800'000},
      {"too early", -2'145'916'800'001, kMay6, kMay6},
      {"last that is kept", 4'102'444'799'999, kMay6, 4'102'444'799'999},
      {"too late", 4'102'444'800'000, kMay6, kMay6},
      {"not known", std::nullopt, kMay6, kMay6},
      {"neither", std::nullopt, std::nullopt, kNow},
      {"both impossible", INT64_MIN, INT64_MAX, kNow},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    i2i::model::Asset asset;
    asset.captured = row.captured;
    asset.added = row.added;
    CHECK(i2i::app::first_mtime(asset, kNow) == row.mtime);
  }
}
