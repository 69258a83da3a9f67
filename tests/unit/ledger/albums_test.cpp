#include "i2i/ledger/catalogue.hpp"
#include "ledger_fixture.hpp"

using i2i::ledger::AlbumView;
using i2i::ledger::Catalogue;
using i2i::ledger::Ledger;
using i2i::model::Album;
using i2i::model::Membership;
using ledger_test::asset;
using ledger_test::favorite_names;
using ledger_test::kPrimary;
using ledger_test::kShared;
using ledger_test::master;
using ledger_test::member_names;
using ledger_test::must;
using ledger_test::open_new;
using ledger_test::TempDir;

namespace {
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("albums have paths, folders have not") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Catalogue catalogue(ledger);
  must(catalogue.put_changes(kPrimary,
                             {Album{"child", "Child", "folder", false, 1}, Album{"folder", "Folder", "top", true, 2},
                              Album{"top", "Top", "", true, 0}, Album{"lone", "Child", "gone", false, 0},
                              Album{"ring1", "R1", "ring2", true, 0}, Album{"ring2", "R2", "ring1", true, 0}},
                             "t"));
  must(catalogue.put_changes(kShared, {Album{"child", "Child", "top", false, 0}}, "t"));
  std::vector<std::string> found;
  for (const AlbumView& album : must(catalogue.albums())) {
    found.push_back(album.zone.name + " " + album.id + " " + album.path);
  }
  CHECK(found == Names{"SharedSync-1 child Child", "PrimarySync lone Child", "PrimarySync child Top/Folder/Child"});

  must(catalogue.put_changes(kPrimary, {Album{"in ring", "X", "ring1", false, 0}}, "t"));
  CHECK(must(catalogue.albums()).size() == 4);  // ends
}

TEST_CASE("what an album holds") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Catalogue catalogue(ledger);
  i2i::model::Asset deleted = asset("D", "Md");
  deleted.deleted = true;
  must(catalogue.put_changes(kPrimary,
                             {master("M1", "c1"),
                              master("M2", "c2"),
                              master("M2b", "c2"),
                              master("M3", "c3"),
                              master("Md", "cd"),
                              asset("A1", "M1"),
                              asset("A2", "M2"),
                              asset("A2b", "M2b"),
                              asset("A3", "M3"),
                              deleted,
                              Album{"L", "Album", "", false, 0},
                              Album{"K", "Another", "", false, 0},
                              Membership{"m1", "A1", "L", 9},
                              Membership{"m2", "A2", "L", 2},
                              Membership{"m2b", "A2b", "L", 3},
                              Membership{"m3", "A3", "L", 1},
                              Membership{"md", "D", "L", 4},
                              Membership{"unknown", "nobody", "L", 0},
                              Membership{"k1", "A1", "K", 0},
                              Membership{"none", "A1", "no album", 0}},
                             "t"));
  const AlbumView album{kPrimary, "L", "Album"};
  CHECK(member_names(catalogue, album) == Names{"A3", "A2", "A2b", "A1"});
  CHECK(member_names(catalogue, {kShared, "L", "Album"}).empty());
  CHECK(must(catalogue.album_paths_of(kPrimary, "A1")) == Names{"Album", "Another"});
}

TEST_CASE("assets are favourites one by one, contents are hidden if all of their assets are") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Catalogue catalogue(ledger);
  const auto made = [](const char* name, const char* of_master, bool favorite, bool hidden, bool deleted) {
    i2i::model::Asset one = asset(name, of_master);
    one.favorite = favorite;
    one.hidden = hidden;
    one.deleted = deleted;
    return one;
  };
  must(catalogue.put_changes(
      kPrimary,
      {master("M1", "any favourite"), made("a", "M1", true, false, false), made("b", "M1", false, false, false),
       master("M2", "all hidden"), made("c", "M2", false, true, false), made("d", "M2", false, true, false),
       master("M3", "one shown"), made("e", "M3", false, true, false), made("f", "M3", false, false, false),
       master("M4", "shown one is deleted"), made("g", "M4", false, true, false), made("h", "M4", false, false, true),
       master("M5", "deleted"), made("i", "M5", true, true, true), master("M6", "shown in the other zone"),
       made("j", "M6", false, true, false)},
      "t"));
  must(catalogue.put_changes(kShared, {master("M", "shown in the other zone"), made("k", "M", true, false, false)},
                             "t"));
  CHECK(favorite_names(catalogue) == Names{"a", "k"});
  CHECK(must(catalogue.hidden_contents()) == Names{"all hidden", "shown one is deleted"});
}
