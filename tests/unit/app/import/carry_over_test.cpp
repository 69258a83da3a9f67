#include "app/import/carry_over.hpp"

#include "i2i/ledger/imports.hpp"
#include "unit/app/immich_fixture.hpp"

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

TEST_CASE("albums of two libraries with one record name do not mix") {
  World world;
  world.photo("a");
  world.add_to_album("AL", "Holiday", "a");
  i2i::model::Master master = ledger_test::master("M-s", checksum_of("s"));
  i2i::model::Album record;
  record.name_id = "AL";
  record.title = "Holiday";
  world.put(kShared, {master, ledger_test::asset("s", "M-s"), record, i2i::model::Membership{"s-IN-AL", "s", "AL", 0}});
  world.file("2024/s.HEIC", "s", "id-s");
  CHECK(world.run(&CarryOver::albums).albums.created == 2);
  auto sent = world.sent();
  REQUIRE(sent.size() == 2);
  CHECK_THAT(sent[0], ContainsSubstring(R"(["id-a"])"));
  CHECK_THAT(sent[1], ContainsSubstring(R"(["id-s"])"));
  world.put(kShared, {i2i::model::Tombstone{"s-IN-AL"}, i2i::model::Tombstone{"AL"}});
  CHECK(world.run(&CarryOver::albums).albums.updated == 1);
  sent = world.sent();
  REQUIRE(sent.size() == 1);
  CHECK_THAT(sent[0], ContainsSubstring("DELETE /albums/album2/assets") && ContainsSubstring(R"(["id-s"])"));
}

TEST_CASE("an album that an earlier import made is known again without a ledger of it") {
  const auto mark = i2i::app::OwnAlbums::mark(kPrimary.name, "AL");
  struct Row {
    const char* name;
    std::map<std::string, std::vector<std::string>> albums;
    std::map<std::string, ImmichWorld::Texts> texts;
    Lines sent;  // beginnings
  };
  const Row rows[] = {
      {"none", {}, {}, {"POST /albums "}},
      {"by its mark", {{"x", {"id-a", "id-b"}}}, {{"x", {"Holiday", "From iCloud (" + mark + ")"}}}, {}},
      {"by its mark, whatever a person called it",
       {{"x", {"id-a", "id-b"}}},
       {{"x", {"Sea", "Our best. " + mark}}},
       {}},
      {"by its mark, with a photo that a person put there",
       {{"x", {"id-a", "id-b", "id-of-theirs"}}},
       {{"x", {"Holiday", mark}}},
       {}},
      {"by its mark, lacking one",
       {{"x", {"id-a"}}},
       {{"x", {"Holiday", mark}}},
       {R"(PUT /albums/x/assets {"ids":["id-b"]})"}},
      {"by name and contents", {{"x", {"id-b", "id-a"}}}, {{"x", {"Holiday", "their own words"}}}, {}},
      {"the right one of two",
       {{"x", {"id-a"}}, {"y", {"id-a", "id-b"}}},
       {{"x", {"Holiday", ""}}, {"y", {"Holiday", ""}}},
       {}},
      {"a person's, with fewer photos", {{"x", {"id-a"}}}, {{"x", {"Holiday", ""}}}, {"POST /albums "}},
      {"a person's, with more photos",
       {{"x", {"id-a", "id-b", "id-of-theirs"}}},
       {{"x", {"Holiday", ""}}},
       {"POST /albums "}},
      {"a person's, of another name", {{"x", {"id-a", "id-b"}}}, {{"x", {"holiday", ""}}}, {"POST /albums "}},
      {"another of ours, of the same name",
       {{"x", {"id-a", "id-b"}}},
       {{"x", {"Holiday", i2i::app::OwnAlbums::mark(kShared.name, "AL")}}},
       {"POST /albums "}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    World world;
    world.photo("a");
    world.photo("b");
    world.photo("of-theirs");
    world.add_to_album("AL", "Holiday", "a");
    world.add_to_album("AL", "Holiday", "b");
    world.albums = row.albums;
    world.album_texts = row.texts;
    const auto report = world.run(&CarryOver::albums);
    auto sent = world.sent();
    std::erase_if(sent, [](const auto& line) { return line.starts_with("POST /search"); });
    REQUIRE(sent.size() == row.sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) CHECK(sent[i].starts_with(row.sent[i]));
    const bool made = !row.sent.empty() && row.sent[0] == "POST /albums ";
    CHECK(report.albums.created == (made ? 1 : 0));
    if (made) CHECK_THAT(sent[0], ContainsSubstring(mark));
    // From then on it is ours as any other.
    world.run(&CarryOver::albums);
    CHECK(world.sent().empty());
  }
}

TEST_CASE("albums are listed only where one is to be made") {
  World world;
  world.photo("a");
  world.add_to_album("AL", "Holiday", "a");
  world.run(&CarryOver::albums);
  world.http.requests.clear();
  world.run(&CarryOver::albums);
  CHECK(world.http.requests.empty());
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
