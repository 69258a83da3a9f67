#include "i2i/ledger/imports.hpp"

#include "ledger_fixture.hpp"

using i2i::ledger::ImportedAsset;
using i2i::ledger::Imports;
using i2i::ledger::Ledger;
using ledger_test::must;
using ledger_test::open_new;
using ledger_test::TempDir;

using Names = std::vector<std::string>;

TEST_CASE("what was sent to Immich is remembered") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Imports imports(ledger);
  CHECK_FALSE(must(imports.asset("c1")));
  must(imports.put_assets({{"c1", "id1", std::nullopt, true}, {"c2", "id2", false, std::nullopt}}));
  const ImportedAsset first = must(imports.asset("c1")).value();
  CHECK((first.asset_id == "id1" && !first.favorite_sent && first.hidden_sent == true));
  must(imports.put_assets({{"c1", "id1", true, true}}));
  CHECK(must(imports.asset("c1"))->favorite_sent == true);
  must(imports.put_assets({{"c1", "id1", std::nullopt, std::nullopt}}));
  CHECK_FALSE(must(imports.asset("c1"))->favorite_sent);
  Names visited;
  must(imports.for_each_asset([&](const ImportedAsset& asset) {
    visited.push_back(asset.asset_id);
    return imports.forget_asset(asset.checksum);
  }));
  CHECK(visited == Names{"id1", "id2"});
  CHECK_FALSE(must(imports.asset("c2")));
}

TEST_CASE("albums and the members last sent") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Imports imports(ledger);
  CHECK(must(imports.members_sent("z", "a")).empty());
  CHECK_FALSE(imports.set_members_sent("z", "a", {"c1"}));
  must(imports.put_album({"z", "a", "id", "Name"}));
  must(imports.set_members_sent("z", "a", {"c3", "c1", "c1"}));
  CHECK(must(imports.members_sent("z", "a")) == Names{"c1", "c3"});
  must(imports.put_album({"z", "a", "id", "Renamed"}));
  CHECK(must(imports.members_sent("z", "a")) == Names{"c1", "c3"});
  must(imports.set_members_sent("z", "a", {"c2", "c3"}));
  CHECK(must(imports.members_sent("z", "a")) == Names{"c2", "c3"});
  REQUIRE(must(imports.albums()).size() == 1);
  CHECK(must(imports.albums())[0].name_sent == "Renamed");
  must(imports.forget_album("z", "a"));
  must(imports.put_album({"z", "a", "id2", "Name"}));
  CHECK(must(imports.members_sent("z", "a")).empty());
  must(imports.put_assets({{"c1", "id1", {}, {}}}));
  must(imports.forget_all());
  CHECK(must(imports.albums()).empty());
  CHECK_FALSE(must(imports.asset("c1")));
}
