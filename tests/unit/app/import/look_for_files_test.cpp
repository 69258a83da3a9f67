#include "app/import/look_for_files.hpp"

#include "app/import/trashed_ones.hpp"
#include "i2i/ledger/imports.hpp"
#include "unit/app/immich_fixture.hpp"

using namespace app_test;
using i2i::app::ImportReport;
using i2i::app::LookForFiles;

namespace {

constexpr const char* kRoot = "/external/icloud/";

struct World : ImmichWorld {
  World() {
    date = "Sun, 06 Nov 1994 08:49:37 GMT";
    total = 3;
    library.id = "library";
    library.import_paths = {"/external/icloud"};
    for (const char* name : {"a", "b", "c"}) add(name);
    must(access->owner().media_extensions());  // any answer tells the time
    http.requests.clear();
  }
  File& add(const std::string& name) {
    const auto path = "2024/" + name + ".HEIC";
    place(path, name);
    auto& made = has[kRoot + path];
    made.id = "id-" + name;
    return made;
  }
  File& of(const std::string& name) { return has.at(kRoot + ("2024/" + name) + ".HEIC"); }

  ImportReport look(LookForFiles::After after = LookForFiles::After::nothing) {
    http.requests.clear();
    ImportReport report;
    must(LookForFiles(*access, ledger, report).look(&library, after));
    asked = std::count_if(http.requests.begin(), http.requests.end(),
                          [](const auto& request) { return request.url.ends_with("/bulk-upload-check"); });
    return report;
  }
  std::string id_of(const std::string& name) {
    return must(i2i::ledger::Imports(ledger).asset(checksum_of(name)))->asset_id;
  }
  i2i::immich::Library library;
  std::ptrdiff_t asked = 0;  // in the last look
};

}  // namespace

TEST_CASE("what did not change is not asked for again") {
  World world;
  auto report = world.look();
  CHECK(world.asked == 1);
  CHECK(report.assets.present == 3);
  report = world.look();
  CHECK(world.asked == 0);
  CHECK(world.since == "1994-11-06T08:49:37Z");
  CHECK(report.assets.present == 3);
  CHECK(report.assets.expected == 3);
  CHECK(report.missing.empty());

  // Of new ones only those are asked for.
  world.add("d");
  world.total = 4;
  report = world.look(LookForFiles::After::scan);
  CHECK(world.asked == 1);
  CHECK(report.assets.present == 4);
  CHECK(world.id_of("d") == "id-d");
  std::size_t questions = 0;
  for (const auto& request : world.http.requests) {
    if (request.url.ends_with("/bulk-upload-check")) questions = nlohmann::json::parse(*request.body)["assets"].size();
  }
  CHECK(questions == 2);  // with the probe
  world.look();
  CHECK(world.asked == 0);
}

TEST_CASE("a change that concerns us makes the look a whole one") {
  struct Row {
    const char* name;
    std::function<void(World&)> change;
    std::ptrdiff_t asked;
    std::int64_t present, offline, trashed, missing;
  };
  const Row rows[] = {
      {"none", [](World&) {}, 0, 3, 0, 0, 0},
      {"a favourite set by hand", [](World& w) { w.of("a").favorite = w.of("a").changed = true; }, 0, 3, 0, 0, 0},
      {"a file of somebody's",
       [](World& w) {
         ImmichWorld::File other;
         other.id = "id-x";
         other.changed = other.offline = other.trashed = true;
         w.has["/external/icloud/mine/x.jpg"] = other;
       },
       0, 3, 0, 0, 0},
      {"offline", [](World& w) { w.of("a").offline = w.of("a").trashed = true; }, 1, 2, 1, 0, 0},
      {"in the trash", [](World& w) { w.of("a").trashed = w.of("a").changed = true; }, 1, 2, 0, 1, 0},
      {"another id",
       [](World& w) {
         w.of("a").id = "id-new";
         w.of("a").changed = true;
       },
       1, 3, 0, 0, 0},
      {"deleted for good, and counted",
       [](World& w) {
         w.has.erase("/external/icloud/2024/a.HEIC");
         w.total = 2;
       },
       1, 2, 0, 0, 1},
      {"another total", [](World& w) { w.total = 5; }, 1, 3, 0, 0, 0},
      {"the key may not count any more", [](World& w) { w.total.reset(); }, 1, 3, 0, 0, 0},
      {"too much changed", [](World& w) { w.many = true; }, 1, 3, 0, 0, 0},
      {"another library", [](World& w) { w.library.id = "other"; }, 1, 3, 0, 0, 0},
      {"a look that verify proved wrong", [](World& w) { must(i2i::app::forget_look(w.ledger)); }, 1, 3, 0, 0, 0},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    World world;
    world.look();
    row.change(world);
    const auto report = world.look();
    CHECK(world.asked == row.asked);
    CHECK(report.assets.present == row.present);
    CHECK(report.assets.offline == row.offline);
    CHECK(report.assets.trashed == row.trashed);
    CHECK(report.assets.missing == row.missing);
    CHECK(report.assets.expected == 3);
  }
}

TEST_CASE("a look that found not everything is nothing to rest on") {
  World world;
  world.of("a").offline = world.of("a").trashed = true;
  world.look();
  world.of("a").offline = world.of("a").trashed = false;
  CHECK(world.look().assets.present == 3);
  CHECK(world.asked == 1);
  world.date.clear();  // a server that does not tell the time
  world.look();
}

TEST_CASE("what a person trashed is counted while nothing changes, and again when it comes back") {
  World world;
  world.of("b").trashed = true;
  CHECK(world.look().assets.trashed == 1);
  auto report = world.look();
  CHECK(world.asked == 0);
  CHECK(report.assets.trashed == 1);
  CHECK(report.assets.present == 2);
  world.of("b").trashed = false;
  world.of("b").changed = true;
  report = world.look();
  CHECK(world.asked == 1);
  CHECK(report.assets.present == 3);
}

TEST_CASE("where the key may not count, the rest is looked at all the same") {
  World world;
  world.total.reset();
  world.look();
  CHECK(world.look().assets.present == 3);
  CHECK(world.asked == 0);
}

TEST_CASE("missing files have a reason each") {
  World world;
  world.library.exclusion_patterns = {"**/*.mov", "**/x/**"};
  world.place("2024/d.HEIC", "d");
  world.place("2024/x/e.HEIC", "e");
  ImportReport report;
  LookForFiles files(*world.access, world.ledger, report);
  must(files.look(&world.library, LookForFiles::After::nothing));
  CHECK(report.missing_reasons == std::map<std::string, std::int64_t>{{"not found", 1}, {"excluded by **/x/**", 1}});
  CHECK(files.kept_out().missing == 1);
  world.of("a").offline = world.of("a").trashed = true;
  world.library.exclusion_patterns = {"**/a.HEIC"};
  must(files.look(&world.library, LookForFiles::After::nothing));
  CHECK(files.kept_out().offline == 1);
  CHECK(files.kept_out().pattern == "**/a.HEIC");
}

TEST_CASE("whether trashed files are offline is asked one by one, or by one listing") {
  for (const std::size_t count : {std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{40}}) {
    INFO(count);
    ImmichWorld world;
    i2i::app::TrashedOnes trashed;
    for (std::size_t i = 0; i < count; ++i) {
      auto& file = world.has[kRoot + std::to_string(i) + ".HEIC"];
      file.id = "id-" + std::to_string(i);
      file.trashed = true;
      file.offline = i % 2 == 1;
      if (i == 2) file.visibility = "locked";  // that is all a key learns
      trashed.add(file.id, i);
    }
    std::map<std::size_t, bool> told;
    must(trashed.tell(*world.access, "library", [&](std::size_t tag, bool offline) {
      told[tag] = offline;
      return i2i::util::Result<void>();
    }));
    REQUIRE(told.size() == count);
    for (const auto& [tag, offline] : told) CHECK(offline == (tag % 2 == 1));
    CHECK(world.http.requests.size() <= 3);
  }
}
