#include "i2i/ledger/manifest.hpp"

#include "ledger_fixture.hpp"

using i2i::ledger::Catalogue;
using i2i::ledger::FileOfAsset;
using i2i::ledger::Ledger;
using i2i::ledger::Placement;
using i2i::ledger::Placements;
using i2i::model::RenditionKind;
using ledger_test::asset;
using ledger_test::kPrimary;
using ledger_test::kShared;
using ledger_test::master;
using ledger_test::must;
using ledger_test::open_new;
using ledger_test::rendition;
using ledger_test::TempDir;

namespace {

void place(Placements& placements, const std::string& checksum, const std::string& path) {
  Placement one;
  one.checksum = checksum;
  one.path = path;
  must(placements.reserve(one));
  must(placements.mark_placed({one}));
}

i2i::model::Asset taken(const std::string& name, const std::string& of, std::int64_t captured) {
  auto made = asset(name, of);
  made.captured = captured;
  return made;
}

std::string listed(Ledger& ledger) {
  std::string text;
  must(i2i::ledger::for_each_file(ledger, [&](const FileOfAsset& file) -> i2i::util::Result<void> {
    text += file.placement.path + "=" + file.asset + "@" + (file.captured ? std::to_string(*file.captured) : "") + " ";
    return {};
  }));
  return text;
}

}  // namespace

TEST_CASE("every file that was placed is listed once, by path, with an asset of it") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  CHECK(listed(ledger).empty());
  Catalogue catalogue(ledger);
  auto first = master("M1", "c1");
  first.renditions = {rendition(RenditionKind::original, "c1"), rendition(RenditionKind::live_video, "c2")};
  auto twin = master("M2", "c1");
  twin.renditions = {rendition(RenditionKind::original, "c1")};
  auto edited = taken("B", "M1", 200);
  edited.renditions = {rendition(RenditionKind::edited, "c3")};
  must(catalogue.put_changes(kPrimary, {first, edited, taken("C", "M1", 300)}, "t"));
  must(catalogue.put_changes(kShared, {twin, taken("A", "M2", 100)}, "t"));
  Placements placements(ledger);
  place(placements, "c1", "b.HEIC");
  place(placements, "c2", "b.MOV");
  place(placements, "c3", "a/edited.HEIC");
  place(placements, "kept", "Z-of-no-asset.HEIC");
  place(placements, "c4", "damaged.HEIC");
  must(placements.mark_damaged("c4"));
  Placement planned;
  planned.checksum = "c5";
  planned.path = "planned.HEIC";
  must(placements.reserve(planned));
  CHECK(listed(ledger) == "Z-of-no-asset.HEIC=@ a/edited.HEIC=B@200 b.HEIC=A@100 b.MOV=B@200 damaged.HEIC=@ ");
}

TEST_CASE("the first error of the visitor ends the list") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Placements placements(ledger);
  place(placements, "c1", "a");
  place(placements, "c2", "b");
  int seen = 0;
  const auto done = i2i::ledger::for_each_file(ledger, [&](const FileOfAsset&) -> i2i::util::Result<void> {
    ++seen;
    return i2i::util::fail(i2i::util::ErrorCode::volume_full, "no room");
  });
  REQUIRE(!done);
  CHECK(done.error().code == i2i::util::ErrorCode::volume_full);
  CHECK(seen == 1);
}
