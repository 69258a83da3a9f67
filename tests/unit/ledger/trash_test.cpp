#include "i2i/ledger/trash.hpp"

#include "i2i/ledger/imports.hpp"
#include "ledger_fixture.hpp"

using namespace i2i::ledger;
using i2i::model::RenditionKind;
using ledger_test::asset;
using ledger_test::kPrimary;
using ledger_test::kShared;
using ledger_test::master;
using ledger_test::must;
using ledger_test::rendition;

namespace {

struct World {
  ledger_test::TempDir dir;
  Ledger ledger = ledger_test::open_new(dir);
  Catalogue catalogue{ledger};
  Placements placements{ledger};
  Trash trash{ledger};

  void put(const std::vector<i2i::model::Record>& records, const i2i::model::ZoneId& zone = kPrimary) {
    must(catalogue.put_changes(zone, records, "token"));
  }
  Placement place(const std::string& checksum) {
    Placement row;
    row.checksum = checksum;
    row.path = "2024/" + checksum + ".HEIC";
    row.size = 10;
    must(placements.reserve(row));
    must(placements.mark_placed({row}));
    return *must(placements.find(checksum));
  }
  TrashedFile to_trash(const std::string& checksum) {
    TrashedFile file{*must(placements.find(checksum)), "trash/" + checksum, 1000, "A", "recently-deleted"};
    must(trash.intend({file}));
    must(trash.mark_trashed({checksum}));
    return file;
  }
  std::string gone(RecentlyDeleted recently_deleted = RecentlyDeleted::is_gone) {
    std::string text;
    for (const auto& content : must(trash.gone(recently_deleted))) {
      text += content.placement.checksum + (content.asset.empty() ? "" : "(" + content.asset + ")") + " ";
    }
    return text;
  }
  std::string back(RecentlyDeleted recently_deleted = RecentlyDeleted::is_gone) {
    std::string text;
    for (const auto& file : must(trash.wanted_back(recently_deleted))) text += file.placement.checksum + " ";
    return text;
  }
  PlacementState state(const std::string& checksum) { return must(placements.find(checksum))->state; }
};

i2i::model::Asset deleted(i2i::model::Asset one) {
  one.deleted = true;
  return one;
}

}  // namespace

TEST_CASE("a content is gone when its last asset is") {
  World world;
  world.put({master("m1", "c1"), asset("a1", "m1"), asset("a2", "m1")});
  world.put({master("m2", "c1"), asset("b1", "m2")}, kShared);
  world.place("c1");
  world.place("never");
  CHECK(world.gone() == "never ");
  world.put({i2i::model::Tombstone{"a1"}, deleted(asset("a2", "m1"))});
  CHECK(world.gone() == "never ");  // the shared library has it
  world.put({deleted(asset("b1", "m2"))}, kShared);
  CHECK(world.gone() == "c1(a2) never ");
  CHECK(world.gone(RecentlyDeleted::is_there) == "never ");
}

TEST_CASE("an edit that was replaced is gone, its original is not") {
  World world;
  auto edited = asset("a1", "m1");
  edited.renditions = {rendition(RenditionKind::edited, "e1")};
  world.put({master("m1", "c1"), edited});
  for (const char* checksum : {"c1", "e1", "e2"}) world.place(checksum);
  CHECK(world.gone() == "e2 ");
  edited.renditions = {rendition(RenditionKind::edited, "e2")};
  world.put({edited});
  CHECK(world.gone() == "e1 ");
  edited.renditions.clear();
  world.put({edited});
  CHECK(world.gone() == "e1 e2 ");
}

TEST_CASE("only what is placed can be gone") {
  World world;
  Placement planned;
  planned.checksum = "planned";
  planned.path = "planned.HEIC";
  must(world.placements.reserve(planned));
  world.place("damaged");
  must(world.placements.mark_damaged("damaged"));
  world.place("trashed");
  world.to_trash("trashed");
  CHECK(world.gone().empty());
}

TEST_CASE("what a library takes along when it goes is kept, whatever becomes of other copies") {
  World world;
  world.put({master("m1", "c1"), asset("a1", "m1")});
  auto edited = asset("b2", "m3");
  edited.renditions = {rendition(RenditionKind::edited, "e")};
  world.put({master("m2", "c2"), asset("b1", "m2"), master("m3", "c3"), edited, master("m4", "c4"),
             deleted(asset("b3", "m4"))},
            kShared);
  for (const char* checksum : {"c1", "c2", "c3", "c4", "e"}) world.place(checksum);
  REQUIRE(must(world.catalogue.mark_gone(kShared)));
  CHECK(world.gone() == "c4(b3) ");  // it was in Recently Deleted before
  world.put({master("m2", "c2"), asset("x", "m2")});
  CHECK(world.gone() == "c4(b3) ");
  world.put({deleted(asset("x", "m2"))});
  CHECK(world.gone() == "c4(b3) ");
}

TEST_CASE("a file that Apple leaves out of a photo's record is kept; one that is replaced is gone") {
  World world;
  auto whole = master("m1", "c1");
  whole.renditions.push_back(rendition(RenditionKind::live_video, "v1"));
  world.put({whole, asset("a1", "m1")});
  for (const char* checksum : {"c1", "v1"}) world.place(checksum);
  world.put({master("m1", "c1")});
  CHECK(world.gone().empty());
  world.put({master("m1", "c2")});
  CHECK(world.gone() == "c1 ");
  // In Recently Deleted the record is emptied before it goes: a deletion.
  world.put({master("m2", "c3"), deleted(asset("a2", "m2"))});
  world.place("c3");
  auto emptied = master("m2", "c3");
  emptied.renditions.clear();
  world.put({emptied});
  CHECK(world.gone() == "c1 c3 ");
}

TEST_CASE("into the trash and back") {
  World world;
  world.put({master("m1", "c1"), asset("a1", "m1")});
  const auto row = world.place("c1");
  must(Imports(world.ledger).put_assets({{"c1", "immich-id", true, std::nullopt}}));
  world.to_trash("c1");
  CHECK(world.state("c1") == PlacementState::trashed);
  CHECK(must(world.trash.totals()).files == 1);
  CHECK(must(world.trash.totals()).bytes == 10);
  CHECK(must(world.placements.totals()).placed == 0);
  // The path stays its own.
  Placement other;
  other.checksum = "other";
  other.path = row.path;
  CHECK(world.placements.reserve(other).error().code == i2i::util::ErrorCode::refused);
  // Nothing is asked of Immich about it, and nothing forgotten of it.
  int seen = 0;
  const auto count = [&](const ImportedAsset&) -> i2i::util::Result<void> {
    ++seen;
    return {};
  };
  must(Imports(world.ledger).for_each_asset(count));
  CHECK(seen == 0);
  // Every placement that is looked at without a state lies on the visible volume.
  must(world.placements.for_each(std::nullopt, [&](const Placement&) -> i2i::util::Result<void> {
    ++seen;
    return {};
  }));
  CHECK(seen == 0);
  CHECK(world.back() == "c1 ");
  must(world.trash.mark_back("c1"));
  CHECK(world.state("c1") == PlacementState::placed);
  CHECK(must(world.trash.files()).empty());
  must(Imports(world.ledger).for_each_asset(count));
  CHECK(seen == 1);

  world.to_trash("c1");
  world.put({deleted(asset("a1", "m1"))});
  CHECK(world.back().empty());
  CHECK(world.back(RecentlyDeleted::is_there) == "c1 ");
  must(world.trash.mark_lost("c1"));
  CHECK(world.state("c1") == PlacementState::planned);
  CHECK(must(world.placements.find("c1"))->path == row.path);
  CHECK(must(world.trash.files()).empty());
}

TEST_CASE("an intention is no deed") {
  World world;
  const auto row = world.place("c1");
  must(world.trash.intend({{row, "trash/c1", 1000, "", "not-in-icloud"}}));
  CHECK(world.state("c1") == PlacementState::placed);
  CHECK(must(world.trash.files()).size() == 1);
  CHECK(must(world.trash.totals()).files == 0);
  CHECK(world.gone() == "c1 ");
  must(world.trash.mark_back("c1"));
  CHECK(must(world.trash.files()).empty());
}
