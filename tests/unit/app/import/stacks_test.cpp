#include "app/import/stacks.hpp"

#include "i2i/ledger/imports.hpp"
#include "unit/app/immich_fixture.hpp"

using namespace app_test;
using i2i::app::ImportReport;

namespace {

using Lines = std::vector<std::string>;
using Members = std::map<std::string, Lines>;

struct World : ImmichWorld {
  /// Files of contents, which Immich has under "id-" and their bytes.
  void there(const Lines& bytes) {
    for (const auto& one : bytes) file("2024/" + one + ".HEIC", one, "id-" + one);
  }
  void photo(const std::string& name, const Lines& edits = {}, const std::string& raw = "") {
    Photo photo{name, name + ".HEIC", name};
    if (!raw.empty()) {
      photo.master_renditions = {rendition(RenditionKind::alternative, raw, "com.adobe.raw-image")};
    }
    for (const auto& edit : edits) photo.asset_renditions = {rendition(RenditionKind::edited, edit, "public.jpeg")};
    add(photo);
  }
  void frame(const std::string& name, std::int64_t flags, i2i::util::UnixMillis captured,
             const std::string& burst = "B") {
    i2i::model::Master master = ledger_test::master("M-" + name, checksum_of(name));
    i2i::model::Asset asset = ledger_test::asset(name, master.name);
    asset.burst_id = burst;
    asset.burst_flags = flags;
    asset.captured = captured;
    put(kPrimary, {master, asset});
  }
  ImportReport run(bool leave_out_hidden = false) {
    ImportReport report;
    i2i::app::Carried carried(ledger);
    if (leave_out_hidden) must(carried.leave_out_hidden(ledger));
    must(i2i::app::StackCarryOver(*access, ledger, carried, stop.get_token(), report).run());
    return report;
  }
  /// Again, with no news: nothing is asked or sent.
  void quiet() {
    http.requests.clear();
    CHECK(run().stacks == 0);
    CHECK(http.requests.empty());
  }
};

}  // namespace

TEST_CASE("an edit is stacked over its original, a JPEG over its RAW, once") {
  World world;
  world.photo("a", {"a2"});
  world.photo("b", {}, "b-raw");
  world.photo("c", {"c2"}, "c-raw");
  world.photo("d");
  world.there({"a", "a2", "b", "b-raw", "c", "c2", "c-raw", "d"});
  CHECK(world.run().stacks == 3);
  CHECK(world.stacks == Members{{"stack1", {"id-a2", "id-a"}},
                                {"stack2", {"id-b", "id-b-raw"}},
                                {"stack3", {"id-c2", "id-c", "id-c-raw"}}});
  world.quiet();
}

TEST_CASE("of a burst the frame that was picked is on top") {
  World world;
  world.frame("f1", 0, 1'000);
  world.frame("f2", 4, 2'000);
  world.frame("f3", 16, 3'000);
  world.there({"f1", "f2", "f3"});
  CHECK(world.run().stacks == 1);
  CHECK(world.stacks == Members{{"stack1", {"id-f3", "id-f2", "id-f1"}}});
  world.quiet();
  // Another pick: another top. A frame that left is taken out, not deleted.
  world.frame("f1", 16 + 8, 1'000);
  world.frame("f3", 0, 3'000);
  world.frame("f2", 0, 2'000, "");
  CHECK(world.run().stacks == 1);
  REQUIRE(world.stacks.size() == 1);
  CHECK(world.stacks.begin()->second == Lines{"id-f1", "id-f3"});
  world.quiet();
}

TEST_CASE("only what Immich has is stacked, the rest by the import that finds it") {
  World world;
  world.photo("a", {"a2"}, "a-raw");
  world.there({"a", "a2"});
  world.place("2024/a-raw.DNG", "a-raw");
  world.run();
  CHECK(world.stacks.at("stack1") == Lines{"id-a2", "id-a"});
  world.has["/external/icloud/2024/a-raw.DNG"].id = "id-a-raw";
  must(i2i::ledger::Imports(world.ledger).put_assets({{checksum_of("a-raw"), "id-a-raw", std::nullopt, std::nullopt}}));
  CHECK(world.run().stacks == 1);
  CHECK(world.stacks == Members{{"stack2", {"id-a2", "id-a", "id-a-raw"}}});
}

TEST_CASE("a stack of the same files that a person made counts as ours, whichever is on top") {
  World world;
  world.photo("a", {"a2"});
  world.there({"a", "a2"});
  world.stacks = {{"theirs", {"id-a", "id-a2", "id-of-theirs"}}};
  CHECK(world.run().stacks == 0);
  CHECK(world.stacks == Members{{"theirs", {"id-a", "id-a2", "id-of-theirs"}}});
  world.quiet();
}

TEST_CASE("a stack that a person undid stays undone until iCloud changes") {
  World world;
  world.photo("a", {"a2"});
  world.there({"a", "a2"});
  world.run();
  world.stacks.clear();
  world.quiet();
  CHECK(world.stacks.empty());
  world.photo("a", {"a3"});
  world.there({"a3"});
  CHECK(world.run().stacks == 1);
  CHECK(world.stacks == Members{{"stack2", {"id-a3", "id-a", "id-a2"}}});  // the replaced edit stays behind
  world.quiet();
}

TEST_CASE("a reverted edit leaves the original on top") {
  World world;
  world.photo("a", {"a2"});
  world.there({"a", "a2"});
  world.run();
  world.photo("a");
  CHECK(world.run().stacks == 1);
  CHECK(world.stacks == Members{{"stack1", {"id-a", "id-a2"}}});
  world.quiet();
}

TEST_CASE("what lies in Immich's trash does not come to the top") {
  World world;
  world.photo("a", {"a2"});
  world.there({"a", "a2"});
  world.has.at("/external/icloud/2024/a2.HEIC").trashed = true;
  world.run();
  CHECK(world.stacks == Members{{"stack1", {"id-a", "id-a2"}}});
}

TEST_CASE("a stack that cannot be made is said once") {
  World world;
  world.photo("a", {"a2"});
  world.there({"a", "a2"});
  world.has.at("/external/icloud/2024/a.HEIC").visibility = "locked";
  const auto report = world.run();
  CHECK(report.stacks == 0);
  REQUIRE(report.notes.size() == 1);
  CHECK_THAT(report.notes[0], ContainsSubstring("2024/a2.HEIC"));
  world.quiet();
}

TEST_CASE("what goes to the locked folder is not stacked before") {
  World world;
  Photo photo{"a", "a.HEIC", "a"};
  photo.asset_renditions = {rendition(RenditionKind::edited, "a2", "public.jpeg")};
  photo.hidden = true;
  world.add(photo);
  world.there({"a", "a2"});
  CHECK(world.run(true).stacks == 0);
  CHECK(world.stacks.empty());
}
