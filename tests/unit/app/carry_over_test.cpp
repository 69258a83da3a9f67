#include "app/carry_over.hpp"

#include "i2i/ledger/imports.hpp"
#include "immich_fixture.hpp"

using namespace app_test;
using i2i::app::CarryOver;
using i2i::app::ImportReport;

namespace {

using Lines = std::vector<std::string>;

struct World : ImmichWorld {
  /// An asset in the catalogue whose file Immich has.
  void photo(const std::string& name, bool favorite = false, bool hidden = false) {
    change(name, favorite, hidden);
    file("2024/" + name + ".HEIC", name, "id-" + name);
  }
  void change(const std::string& name, bool favorite, bool hidden) {
    i2i::model::Master master = ledger_test::master("M-" + name, checksum_of(name));
    i2i::model::Asset asset = ledger_test::asset(name, master.name);
    asset.favorite = favorite;
    asset.hidden = hidden;
    put(kPrimary, {master, asset});
  }
  ImportReport run(i2i::util::Result<void> (CarryOver::*step)()) {
    ImportReport report;
    i2i::app::Carried carried(ledger);
    CarryOver carry(*access, ledger, carried, stop.get_token(), report);
    must((carry.*step)());
    return report;
  }
};

}  // namespace

TEST_CASE("only differences in favourites are sent") {
  World world;
  world.photo("a", true);
  world.photo("b");
  CHECK(world.run(&CarryOver::favorites).favorites == 1);
  CHECK(world.sent() == Lines{R"(PUT /assets/id-a {"isFavorite":true})"});

  CHECK(world.run(&CarryOver::favorites).favorites == 0);
  CHECK(world.sent().empty());  // whatever a person made of it in Immich meanwhile

  world.change("a", false, false);
  world.change("b", true, false);
  CHECK(world.run(&CarryOver::favorites).favorites == 2);
  auto sent = world.sent();
  std::sort(sent.begin(), sent.end());
  CHECK(sent == Lines{R"(PUT /assets/id-a {"isFavorite":false})", R"(PUT /assets/id-b {"isFavorite":true})"});
}

TEST_CASE("what is hidden in iCloud leaves the timeline, and comes back") {
  World world;
  world.photo("a", false, true);
  world.photo("b");
  CHECK(world.run(&CarryOver::hidden).archived == 1);
  CHECK(world.sent() == Lines{R"(PUT /assets/id-a {"visibility":"archive"})"});
  CHECK(world.run(&CarryOver::hidden).archived == 0);
  CHECK(world.sent().empty());
  world.change("a", false, false);
  CHECK(world.run(&CarryOver::hidden).archived == 1);
  CHECK(world.sent() == Lines{R"(PUT /assets/id-a {"visibility":"timeline"})"});
}

TEST_CASE("an album is made once, then only changed") {
  World world;
  world.photo("a");
  world.photo("b");
  world.add_to_album("AL", "Holiday", "a");
  const auto made = world.run(&CarryOver::albums);
  CHECK(made.albums.created == 1);
  CHECK(made.albums.updated == 0);
  auto sent = world.sent();
  REQUIRE(sent.size() == 1);
  CHECK_THAT(sent[0], ContainsSubstring("POST /albums ") && ContainsSubstring(R"("albumName":"Holiday")") &&
                          ContainsSubstring(R"(["id-a"])"));

  CHECK(world.run(&CarryOver::albums).albums.updated == 0);
  CHECK(world.sent().empty());

  world.add_to_album("AL", "Summer", "b");
  CHECK(world.run(&CarryOver::albums).albums.updated == 1);
  sent = world.sent();
  REQUIRE(sent.size() == 2);
  CHECK_THAT(sent[0], ContainsSubstring("PATCH /albums/album1 ") && ContainsSubstring("Summer"));
  CHECK_THAT(sent[1], ContainsSubstring("PUT /albums/album1/assets") && ContainsSubstring(R"(["id-b"])"));

  world.put(kPrimary, {i2i::model::Tombstone{"a-IN-AL"}});
  CHECK(world.run(&CarryOver::albums).albums.updated == 1);
  sent = world.sent();
  REQUIRE(sent.size() == 1);
  CHECK_THAT(sent[0], ContainsSubstring("DELETE /albums/album1/assets") && ContainsSubstring(R"(["id-a"])"));
}

TEST_CASE("an album member that Immich does not have yet is added by the import that finds it") {
  World world;
  world.photo("a");
  world.change("b", false, false);
  world.place("2024/b.HEIC", "b");
  world.add_to_album("AL", "Holiday", "a");
  world.add_to_album("AL", "Holiday", "b");
  world.run(&CarryOver::albums);
  CHECK_THAT(world.sent().at(0), ContainsSubstring(R"(["id-a"])"));
  must(i2i::ledger::Imports(world.ledger).put_assets({{checksum_of("b"), "id-b", std::nullopt, std::nullopt}}));
  world.run(&CarryOver::albums);
  CHECK_THAT(world.sent().at(0), ContainsSubstring("PUT /albums/album1/assets") && ContainsSubstring(R"(["id-b"])"));
}

TEST_CASE("of an edited photo the edit is in albums and a favourite, as soon as Immich has it") {
  World world;
  world.photo("a", true);
  world.add_to_album("AL", "Holiday", "a");
  i2i::model::Asset edited = ledger_test::asset("a", "M-a");
  edited.favorite = true;
  edited.renditions = {rendition(RenditionKind::edited, "a, edited", "public.jpeg")};
  world.put(kPrimary, {edited});
  world.run(&CarryOver::favorites);
  world.run(&CarryOver::albums);
  auto sent = world.sent();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0] == R"(PUT /assets/id-a {"isFavorite":true})");
  CHECK_THAT(sent[1], ContainsSubstring("POST /albums ") && ContainsSubstring(R"(["id-a"])"));

  world.file("2024/a-edited.JPG", "a, edited", "id-edit");
  CHECK(world.run(&CarryOver::favorites).favorites == 2);
  CHECK(world.run(&CarryOver::albums).albums.updated == 1);
  sent = world.sent();
  std::sort(sent.begin(), sent.begin() + 2);
  REQUIRE(sent.size() == 4);
  CHECK(sent[0] == R"(PUT /assets/id-a {"isFavorite":false})");
  CHECK(sent[1] == R"(PUT /assets/id-edit {"isFavorite":true})");
  CHECK_THAT(sent[2], ContainsSubstring("PUT /albums/album1/assets") && ContainsSubstring(R"(["id-edit"])"));
  CHECK_THAT(sent[3], ContainsSubstring("DELETE /albums/album1/assets") && ContainsSubstring(R"(["id-a"])"));
  world.run(&CarryOver::favorites);
  world.run(&CarryOver::albums);
  CHECK(world.sent().empty());
}

TEST_CASE("an album deleted in iCloud loses what came from there, once") {
  World world;
  world.photo("a");
  world.add_to_album("AL", "Holiday", "a");
  world.run(&CarryOver::albums);
  world.sent();
  world.put(kPrimary, {i2i::model::Tombstone{"a-IN-AL"}, i2i::model::Tombstone{"AL"}});
  const auto report = world.run(&CarryOver::albums);
  const auto sent = world.sent();
  REQUIRE(sent.size() == 1);
  CHECK_THAT(sent[0], ContainsSubstring("DELETE /albums/album1/assets") && ContainsSubstring(R"(["id-a"])"));
  REQUIRE(report.notes.size() == 1);
  CHECK_THAT(report.notes[0], ContainsSubstring("'Holiday' was deleted in iCloud"));
  CHECK(world.run(&CarryOver::albums).notes.empty());
  CHECK(world.sent().empty());
}

TEST_CASE("what is locked is left alone, and said once when iCloud shows it again") {
  World world;
  world.photo("a", true, true);
  must(i2i::ledger::Imports(world.ledger).put_assets({{checksum_of("a"), "id-a", false, true, true}}));
  CHECK(world.run(&CarryOver::favorites).favorites == 0);
  CHECK(world.run(&CarryOver::hidden).notes.empty());
  world.change("a", true, false);
  CHECK(world.run(&CarryOver::hidden).notes.size() == 1);
  CHECK(world.run(&CarryOver::hidden).notes.empty());
  CHECK(world.sent().empty());
}

TEST_CASE("an album that a person deleted in Immich is not made again") {
  World world;
  world.photo("a");
  world.photo("b");
  world.add_to_album("AL", "\x1b[2JHoliday", "a");
  world.run(&CarryOver::albums);
  world.gone_albums.insert("album1");
  world.add_to_album("AL", "\x1b[2JHoliday", "b");
  world.sent();
  const auto report = world.run(&CarryOver::albums);
  CHECK(report.albums.created == 0);
  CHECK(report.albums.updated == 0);
  REQUIRE(report.notes.size() == 1);
  CHECK_THAT(report.notes[0], ContainsSubstring("deleted there?"));
  CHECK(report.notes[0].find('\x1b') == std::string::npos);
  world.sent();
  CHECK(world.run(&CarryOver::albums).notes.empty());  // said once
  CHECK(world.sent().empty());
}

TEST_CASE("a stop is heeded between two calls") {
  World world;
  world.photo("a", true);
  world.stop.request_stop();
  ImportReport report;
  i2i::app::Carried carried(world.ledger);
  CarryOver carry(*world.access, world.ledger, carried, world.stop.get_token(), report);
  const auto stopped = carry.favorites();
  REQUIRE(!stopped);
  CHECK(stopped.error().code == i2i::util::ErrorCode::cancelled);
  CHECK(world.sent().empty());
}
