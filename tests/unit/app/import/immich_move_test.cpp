#include "app/import/immich_move.hpp"

#include "app/import/immich_choices.hpp"
#include "i2i/ledger/imports.hpp"
#include "unit/app/immich_fixture.hpp"

using namespace app_test;
using i2i::app::find_moved;
using i2i::app::Losses;
using i2i::app::move_library;
using i2i::app::MovedLibrary;
using i2i::app::Probing;
using i2i::util::ErrorCode;

namespace {

using Lines = std::vector<std::string>;
constexpr const char* kSentinel = ".icloud2immich/mounted-x";
constexpr const char* kOld = "/external/old";
constexpr const char* kNew = "/external/icloud";  // where ImmichWorld has its files

/// An Immich that has the volume at kOld; sees() says where the server sees it now.
struct World : ImmichWorld {
  World() { libraries = {{"library", {kOld}}}; }
  void sees(const std::string& path) {
    folders.insert(path);
    folders.insert(path + "/" + kSentinel);
  }
  std::optional<MovedLibrary> look(const std::string& from_before = kOld, Probing probing = Probing::by_update) {
    return must(find_moved(*access, from_before, kSentinel, probing, note));
  }
  i2i::util::Result<void> move(MovedLibrary moved, Losses losses = Losses::stop) {
    return move_library(*access, ledger, moved, kSentinel, losses);
  }
  /// A file that Immich has at the old path.
  File& old(const std::string& name) {
    file("2024/" + name + ".HEIC", name, "id-" + name);
    has.erase(std::string(kNew) + "/2024/" + name + ".HEIC");
    auto& made = has[std::string(kOld) + "/2024/" + name + ".HEIC"];
    made.id = "id-" + name;
    return made;
  }
  Lines updates() {
    Lines lines;
    for (const auto& line : sent()) {
      if (line.starts_with("PUT /libraries")) lines.push_back(line.substr(line.find('{')));
    }
    return lines;
  }
  std::string note;
};

}  // namespace

TEST_CASE("a volume that Immich sees elsewhere now moves its library, and makes no second one") {
  struct Row {
    const char* name;
    bool may_validate;
    Lines updates;
  };
  const Row rows[] = {{"a key with all permissions", true, {R"({"importPaths":["/external/icloud"]})"}},
                      {"a key that may not validate",
                       false,
                       {R"({"importPaths":["/external/old","/external/old/.icloud2immich/mounted-x"]})",
                        R"({"importPaths":["/external/icloud","/external/icloud/.icloud2immich/mounted-x"]})",
                        R"({"importPaths":["/external/icloud"]})"}}};
  for (const Row& row : rows) {
    INFO(row.name);
    World world;
    world.may_validate = row.may_validate;
    world.sees(kNew);
    const auto moved = world.look();
    REQUIRE(moved);
    CHECK(moved->from == kOld);
    must(world.move(*moved));
    CHECK(world.libraries.at(0).paths == Lines{kNew});
    CHECK(world.updates() == row.updates);
    CHECK(world.note.empty());
    CHECK_FALSE(world.look());  // it is where it belongs
  }
}

TEST_CASE("the other folders of a library that moves stay") {
  World world;
  world.libraries = {{"library", {"/external/other", std::string(kOld) + "/"}}};
  world.folders = {"/external/other"};
  world.sees(kNew);
  must(world.move(*world.look()));
  CHECK(world.libraries.at(0).paths == Lines{"/external/other", kNew});
}

TEST_CASE("where Immich sees the volume at its old path too, that one is used") {
  for (const bool may_validate : {true, false}) {
    INFO(may_validate);
    World world;
    world.may_validate = may_validate;
    world.sees(kNew);
    world.sees(kOld);
    CHECK_FALSE(world.look());
    CHECK(world.access->container_root() == kOld);
    CHECK_THAT(world.note, ContainsSubstring(kOld));
    CHECK(world.libraries.at(0).paths == Lines{kOld});
  }
}

TEST_CASE("what is not known to be ours is never taken for moved") {
  struct Row {
    const char* name;
    const char* from_before;
    const char* owner;
  };
  // A library of the same name whose volume is away may be another account's.
  const Row rows[] = {{"no import before", "", "user"},
                      {"another path before", "/external/elsewhere", "user"},
                      {"another person's library", kOld, "somebody"}};
  for (const Row& row : rows) {
    INFO(row.name);
    World world;
    world.libraries.at(0).owner = row.owner;
    world.sees(kNew);
    CHECK_FALSE(world.look(row.from_before));
    CHECK(world.updates().empty());
  }
}

TEST_CASE("a dry run asks, and updates nothing") {
  World world;
  world.may_validate = false;
  world.sees(kNew);
  CHECK(world.look(kOld, Probing::never));
  CHECK(world.updates().empty());
}

TEST_CASE("a path at which Immich does not see the volume changes nothing") {
  for (const bool may_validate : {true, false}) {
    INFO(may_validate);
    World world;
    world.may_validate = may_validate;
    world.folders.insert(kNew);  // a folder, but another one
    const auto refused = world.move(*world.look());
    REQUIRE(!refused);
    CHECK(refused.error().code == ErrorCode::immich_refused);
    CHECK_THAT(refused.error().message, ContainsSubstring(kOld));
    CHECK(world.libraries.at(0).paths == Lines{kOld});
  }
}

TEST_CASE("a folder above the volume is changed by a person, not by us") {
  World world;
  world.libraries.at(0).paths = {"/external/ol"};  // only begins alike
  world.sees(kNew);
  CHECK_FALSE(world.look());
  world.libraries.at(0).paths = {"/external"};
  const auto refused = must(find_moved(*world.access, "/external/old", kSentinel, Probing::never, world.note));
  CHECK_FALSE(refused);  // it holds the new path too
  world.libraries.at(0).paths = {"/gone"};
  const auto moved = world.look("/gone/old");
  REQUIRE(moved);
  const auto error = world.move(*moved).error();
  CHECK(error.code == ErrorCode::immich_refused);
  CHECK_THAT(error.remedy, ContainsSubstring("External Libraries"));
}

TEST_CASE("what a person made in Immich stops the move, unless that is accepted") {
  struct Row {
    const char* name;
    std::function<void(World&)> by_hand;
    const char* told;
  };
  const Row rows[] = {
      {"nothing", [](World&) {}, ""},
      {"a favourite", [](World& w) { w.old("a").favorite = true; }, "1 favourites"},
      {"a favourite of iCloud unset",
       [](World& w) {
         w.old("a"), must(i2i::ledger::Imports(w.ledger).put_assets({{checksum_of("a"), "id-a", true, std::nullopt}}));
       },
       "1 favourites"},
      {"a favourite of iCloud",
       [](World& w) {
         w.old("a").favorite = true;
         must(i2i::ledger::Imports(w.ledger).put_assets({{checksum_of("a"), "id-a", true, std::nullopt}}));
       },
       ""},
      {"the archive", [](World& w) { w.old("a").visibility = "archive"; }, "1 moves into or out of the archive"},
      {"a film of a live photo", [](World& w) { w.old("a").visibility = "hidden"; }, ""},
      {"hidden in iCloud",
       [](World& w) {
         w.old("a").visibility = "archive";
         must(i2i::ledger::Imports(w.ledger).put_assets({{checksum_of("a"), "id-a", false, true}}));
       },
       ""},
      {"the locked folder", [](World& w) { w.old("a").visibility = "locked"; }, "1 photos in the locked folder"},
      {"locked by us",
       [](World& w) {
         w.old("a").visibility = "locked";
         must(i2i::ledger::Imports(w.ledger).put_assets({{checksum_of("a"), "id-a", false, true, true}}));
       },
       ""},
      {"the trash", [](World& w) { w.old("a").trashed = true; }, "1 photos in the trash"},
      {"offline, as all are by now",
       [](World& w) {
         auto& file = w.old("a");
         file.trashed = file.offline = true;
       },
       ""},
      {"the locked folder, out of an album of ours",
       [](World& w) {
         w.old("a").visibility = "locked";
         w.albums["ours"] = {};
         i2i::ledger::Imports imports(w.ledger);
         must(imports.put_album({"PrimarySync", "AL", "ours", "Holiday"}));
         must(imports.set_members_sent("PrimarySync", "AL", {checksum_of("a")}));
       },
       "by hand would be lost: 1 photos in the locked folder"},
      {"an album of their own",
       [](World& w) {
         w.old("a"), w.old("b"), w.albums["mine"] = {"id-a", "id-b"};
       },
       "2 photos put into or taken out of albums"},
      {"an album of other photos", [](World& w) { w.old("a"), w.albums["mine"] = {"id-of-an-upload"}; }, ""},
      {"an album of ours, as sent",
       [](World& w) {
         w.old("a");
         w.albums["ours"] = {"id-a"};
         i2i::ledger::Imports imports(w.ledger);
         must(imports.put_album({"PrimarySync", "AL", "ours", "Holiday"}));
         must(imports.set_members_sent("PrimarySync", "AL", {checksum_of("a")}));
       },
       ""},
      {"an album of ours, one taken out, one put in",
       [](World& w) {
         w.old("a"), w.old("b");
         w.albums["ours"] = {"id-b"};
         i2i::ledger::Imports imports(w.ledger);
         must(imports.put_album({"PrimarySync", "AL", "ours", "Holiday"}));
         must(imports.set_members_sent("PrimarySync", "AL", {checksum_of("a")}));
       },
       "2 photos put into or taken out of albums"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    World world;
    world.sees(kNew);
    row.by_hand(world);
    const auto moved = world.look();
    REQUIRE(moved);
    const auto done = world.move(*moved);
    if (std::string(row.told).empty()) {
      CHECK(done);
      CHECK(world.libraries.at(0).paths == Lines{kNew});
      continue;
    }
    REQUIRE(!done);
    CHECK(done.error().code == ErrorCode::safety_stop);
    CHECK_THAT(done.error().message, ContainsSubstring(row.told));
    CHECK_THAT(done.error().remedy, ContainsSubstring(kOld) && ContainsSubstring("--accept-move"));
    CHECK(world.updates().empty());
    must(world.move(*moved, Losses::accept));
    CHECK(world.libraries.at(0).paths == Lines{kNew});
  }
}
