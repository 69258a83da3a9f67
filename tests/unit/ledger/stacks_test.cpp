#include "i2i/ledger/stacks.hpp"

#include "i2i/ledger/imports.hpp"
#include "i2i/ledger/live_links.hpp"
#include "ledger_fixture.hpp"

using i2i::ledger::Imports;
using i2i::ledger::Ledger;
using i2i::ledger::LiveGroup;
using i2i::ledger::LiveLinks;
using i2i::ledger::StackChange;
using i2i::ledger::Stacks;
using ledger_test::must;
using ledger_test::open_new;
using ledger_test::TempDir;

using Names = std::vector<std::string>;
using Groups = std::vector<Names>;

namespace {

struct Told {
  TempDir dir;
  Ledger ledger = open_new(dir);
  Stacks stacks{ledger};

  /// What differs when these are wanted; everything counts as sent afterwards.
  std::vector<StackChange> changes(const Groups& groups) {
    must(stacks.begin());
    for (const auto& group : groups) must(stacks.want(group));
    std::vector<StackChange> found;
    must(stacks.for_each_change([&](const StackChange& change) {
      found.push_back(change);
      return stacks.set_sent(change);
    }));
    return found;
  }
};

}  // namespace

TEST_CASE("a stack is told when its files change, and not again") {
  Told told;
  const auto first = told.changes({{"edit", "original"}, {"alone"}, {"jpeg", "raw"}});
  REQUIRE(first.size() == 2);
  CHECK((first[0].wanted == Names{"edit", "original"} && !first[0].was_sent));
  CHECK(first[1].wanted == Names{"jpeg", "raw"});
  CHECK(told.changes({{"jpeg", "raw"}, {"edit", "original"}, {"alone"}}).empty());

  const auto edited = told.changes({{"edit2", "original"}, {"jpeg", "raw"}});
  REQUIRE(edited.size() == 1);
  CHECK((edited[0].was_sent && edited[0].wanted == Names{"edit2", "original"}));
  CHECK((edited[0].outdated == Names{"edit"} && edited[0].leaving.empty()));

  const auto top = told.changes({{"original", "edit2"}, {"jpeg", "raw"}});
  REQUIRE(top.size() == 1);
  CHECK(top[0].wanted == Names{"original", "edit2"});
}

TEST_CASE("a stack of which one file is left ends once") {
  Told told;
  told.changes({{"edit", "original"}});
  const auto reverted = told.changes({{"original"}});
  REQUIRE(reverted.size() == 1);
  CHECK((reverted[0].wanted == Names{"original"} && reverted[0].outdated == Names{"edit"}));
  CHECK(told.changes({{"original"}}).empty());
}

TEST_CASE("a frame that is a photo of its own leaves its stack") {
  Told told;
  told.changes({{"one", "two", "three"}});
  const auto left = told.changes({{"one", "two"}, {"three"}});
  REQUIRE(left.size() == 1);
  CHECK((left[0].wanted == Names{"one", "two"} && left[0].leaving == Names{"three"} && left[0].outdated.empty()));
}

TEST_CASE("photos that share a file are one stack, the same in every run") {
  Told told;
  const Groups groups{{"edit", "original"}, {"edit2", "original"}, {"original"}};
  const auto first = told.changes(groups);
  REQUIRE(first.size() == 1);
  CHECK(first[0].wanted == Names{"edit", "original", "edit2"});
  CHECK(told.changes(groups).empty());
}

TEST_CASE("a file under a new id is in no stack, album and link of Immich") {
  Told told;
  Imports imports(told.ledger);
  LiveLinks links(told.ledger);
  must(imports.put_assets({{"edit", "id1", {}, {}, false}, {"original", "id2", {}, {}, false}}));
  must(imports.put_album({"z", "a", "album", "Name"}));
  must(imports.set_members_sent("z", "a", {"edit", "original"}));
  told.changes({{"edit", "original"}});
  const LiveGroup group{{{"original", "film"}}, "stamp"};
  const auto differing = [&] {
    must(links.begin());
    must(links.want(group));
    std::int64_t after = 0;
    return must(links.changes(after, 10)).size();
  };
  CHECK(differing() == 1);
  must(links.set_checked(group));
  CHECK(differing() == 0);

  must(imports.put_assets({{"original", "id2", true, {}, false}}));
  CHECK(told.changes({{"edit", "original"}}).empty());
  CHECK(differing() == 0);
  must(imports.put_assets({{"original", "id3", {}, {}, false}}));
  CHECK(must(imports.members_sent("z", "a")) == Names{"edit"});
  CHECK(told.changes({{"edit", "original"}}).size() == 1);
  CHECK(differing() == 1);
}

TEST_CASE("live photos are told in pieces, each once, until a file changes") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  LiveLinks links(ledger);
  const auto told = [&](const std::string& stamp) {
    must(links.begin());
    for (const char* name : {"a", "b", "c"}) must(links.want({{{name, std::string(name) + "-film"}}, stamp}));
    must(links.want({{{"a", "other-film"}}, "later"}));  // the first that names a still decides
    Names stills;
    for (std::int64_t after = 0; after >= 0;) {
      for (const auto& group : must(links.changes(after, 2))) {
        stills.push_back(group.links.at(0).still + "=" + group.links.at(0).video);
        must(links.set_checked(group));
      }
    }
    return stills;
  };
  CHECK(told("1") == Names{"a=a-film", "b=b-film", "c=c-film"});
  CHECK(told("1").empty());
  CHECK(told("2").size() == 3);
}
