#include "app/selection/wanted.hpp"

#include "i2i/util/text.hpp"
#include "unit/app/app_fixture.hpp"

using namespace app_test;
using i2i::app::AlbumPaths;
using i2i::app::DistinctContents;
using i2i::model::Selection;

namespace {

/// Writes down what it is told.
class Recorder : public i2i::app::WantedVisitor {
 public:
  i2i::util::Result<void> wanted(const i2i::ledger::AssetView& asset,
                                 const std::vector<i2i::model::Rendition>& renditions,
                                 const std::vector<std::string>& albums) override {
    std::string line = asset.asset.name + ":";
    for (const auto& one : renditions) line += std::string(" ") + i2i::model::to_string(one.kind);
    for (const auto& album : albums) line += " in " + album;
    lines.push_back(line);
    return {};
  }
  i2i::util::Result<void> excluded(const i2i::ledger::AssetView& asset, const std::string& reason) override {
    lines.push_back(asset.asset.name + " left out: " + reason);
    return {};
  }
  i2i::util::Result<void> unavailable(const i2i::ledger::AssetView& asset) override {
    lines.push_back(asset.asset.name + " has no original");
    return {};
  }
  std::vector<std::string> lines;
};

using Lines = std::vector<std::string>;

Lines walk(Library& library, const Selection& selection, AlbumPaths albums = AlbumPaths::not_needed) {
  Recorder recorder;
  must(i2i::app::walk_wanted(library.ledger, selection, albums, recorder));
  return recorder.lines;
}

}  // namespace

TEST_CASE("which files of an asset are wanted") {
  Library library;
  library.add({.name = "A1",
               .filename = "1.HEIC",
               .bytes = "one",
               .master_renditions = {rendition(RenditionKind::live_video, "live", "com.apple.quicktime-movie"),
                                     rendition(RenditionKind::alternative, "raw", "com.adobe.raw-image")},
               .asset_renditions = {rendition(RenditionKind::edited, "edited", "public.jpeg")}});
  struct Row {
    const char* name;
    bool original;
    bool live;
    bool raw;
    bool edited;
    Lines lines;
  };
  const Row rows[] = {
      {"all", true, true, true, true, {"A1: original live_video alternative edited"}},
      {"original", true, false, false, false, {"A1: original"}},
      {"live", false, true, false, false, {"A1: live_video"}},
      {"raw", false, false, true, false, {"A1: alternative"}},
      {"edited", false, false, false, true, {"A1: edited"}},
      {"none", false, false, false, false, {"A1 left out: files"}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Selection selection;
    selection.want_original = row.original;
    selection.want_live = row.live;
    selection.want_raw = row.raw;
    selection.want_edited = row.edited;
    CHECK(walk(library, selection) == row.lines);
  }
}

TEST_CASE("an asset without an original is unavailable; its other files are wanted all the same") {
  Library library;
  library.add({.name = "A1", .filename = "1.HEIC", .bytes = ""});
  library.add({.name = "A2",
               .filename = "2.HEIC",
               .bytes = "",
               .asset_renditions = {rendition(RenditionKind::edited, "edited", "public.jpeg")}});
  CHECK(walk(library, {}) == Lines{"A1 has no original", "A2 has no original", "A2: edited"});
}

TEST_CASE("the newest N, exactly N") {
  Library library;
  library.add({.name = "A1", .filename = "1.HEIC", .bytes = "1", .captured = kMay6, .added = 1});
  library.add({.name = "A2", .filename = "2.HEIC", .bytes = "2", .captured = kMay6 + kDay, .added = 2});
  library.add({.name = "A3", .filename = "3.HEIC", .bytes = "3", .captured = kMay6 + 2 * kDay, .added = 3});
  library.add(
      {.name = "H", .filename = "h.HEIC", .bytes = "h", .captured = kMay6 + 9 * kDay, .added = 4, .hidden = true});
  library.add({.name = "U", .filename = "u.HEIC", .bytes = "u", .captured = std::nullopt, .added = 5});
  struct Row {
    std::size_t newest;
    Lines lines;
  };
  const Row rows[] = {
      {1, {"A1 left out: recent", "A2 left out: recent", "A3: original", "H left out: hidden", "U left out: recent"}},
      {2, {"A1 left out: recent", "A2: original", "A3: original", "H left out: hidden", "U left out: recent"}},
      {4, {"A1: original", "A2: original", "A3: original", "H left out: hidden", "U: original"}},
      {99, {"A1: original", "A2: original", "A3: original", "H left out: hidden", "U: original"}},
  };
  for (const Row& row : rows) {
    INFO(row.newest);
    Selection selection;
    selection.newest = row.newest;
    CHECK(walk(library, selection) == row.lines);
  }
}

TEST_CASE("the newest N are the newest of what the other options leave") {
  Library library;
  library.add({.name = "A1", .filename = "1.HEIC", .bytes = "1", .captured = kMay6, .added = 1});
  library.add({.name = "A2", .filename = "2.HEIC", .bytes = "2", .captured = kMay6 + kDay, .added = 2});
  library.add({.name = "A3", .filename = "3.HEIC", .bytes = "3", .captured = kMay6 + 2 * kDay, .added = 3});
  library.add(
      {.name = "H", .filename = "h.HEIC", .bytes = "h", .captured = kMay6 + 9 * kDay, .added = 4, .hidden = true});
  library.add_to_album("AL1", "Holiday", "A1");
  Selection selection;
  selection.newest = 1;
  SECTION("of an album") {
    selection.albums = {"Holiday"};
    CHECK(walk(library, selection) ==
          Lines{"A1: original in Holiday", "A2 left out: album", "A3 left out: album", "H left out: hidden"});
  }
  SECTION("of a time") {
    selection.until = kMay6 + 2 * kDay;
    CHECK(walk(library, selection) ==
          Lines{"A1 left out: recent", "A2: original", "A3 left out: date", "H left out: hidden"});
  }
  SECTION("with what is hidden") {
    selection.include_hidden = true;
    CHECK(walk(library, selection) ==
          Lines{"A1 left out: recent", "A2 left out: recent", "A3 left out: recent", "H: original"});
  }
}

TEST_CASE(
    "an asset without the files that are wanted is left out, and one whose original is not wanted lacks nothing") {
  Library library;
  library.add({.name = "A1", .filename = "1.HEIC", .bytes = "one"});
  library.add({.name = "A2", .filename = "2.HEIC", .bytes = ""});
  Selection selection;
  selection.want_original = false;
  CHECK(walk(library, selection) == Lines{"A1 left out: files", "A2 left out: files"});
}

TEST_CASE("a burst taken in one instant does not make the newest N more than N") {
  Library library;
  for (const std::string name : {"A1", "A2", "A3", "A4"}) {
    library.add({.name = name, .filename = name + ".HEIC", .bytes = name});
  }
  Selection selection;
  selection.newest = 2;
  const auto lines = walk(library, selection);
  CHECK(std::count_if(lines.begin(), lines.end(), [](const auto& line) { return line.ends_with("original"); }) == 2);
  CHECK(walk(library, selection) == lines);
}

TEST_CASE("albums are looked up where they are asked for") {
  Library library;
  library.add({.name = "A1", .filename = "1.HEIC", .bytes = "1"});
  library.add({.name = "A2", .filename = "2.HEIC", .bytes = "2"});
  library.add_to_album("AL1", "Holiday", "A1");
  CHECK(walk(library, {}) == Lines{"A1: original", "A2: original"});
  CHECK(walk(library, {}, AlbumPaths::needed) == Lines{"A1: original in Holiday", "A2: original"});
  Selection selection;
  selection.albums = {"Holiday"};
  CHECK(walk(library, selection) == Lines{"A1: original in Holiday", "A2 left out: album"});
  selection.albums.clear();
  selection.excluded_albums = {"Holiday"};
  CHECK(walk(library, selection) == Lines{"A1 left out: album", "A2: original"});
}

TEST_CASE("a visitor's error ends the walk") {
  class Refuses : public Recorder {
   public:
    i2i::util::Result<void> wanted(const i2i::ledger::AssetView& asset,
                                   const std::vector<i2i::model::Rendition>& renditions,
                                   const std::vector<std::string>& albums) override {
      must(Recorder::wanted(asset, renditions, albums));
      return i2i::util::fail(i2i::util::ErrorCode::volume_full, "full");
    }
  };
  Library library;
  library.add({.name = "A1", .filename = "1.HEIC", .bytes = "1"});
  library.add({.name = "A2", .filename = "2.HEIC", .bytes = "2"});
  Refuses visitor;
  const auto walked = i2i::app::walk_wanted(library.ledger, {}, AlbumPaths::not_needed, visitor);
  REQUIRE(!walked);
  CHECK(walked.error().code == i2i::util::ErrorCode::volume_full);
  CHECK(visitor.lines.size() == 1);
}

TEST_CASE("contents are counted once, and are to come where one of their assets waits") {
  using Is = DistinctContents::Is;
  DistinctContents contents;
  CHECK(contents.totals().count == 0);
  contents.add(checksum_of("one"), 3, Is::here);
  contents.add(checksum_of("two"), 30, Is::to_come);
  contents.add(checksum_of("two"), 30, Is::to_come);
  contents.add(checksum_of("three"), 300, Is::here);
  contents.add(checksum_of("three"), 300, Is::to_come);
  contents.add(checksum_of("three"), 300, Is::here);
  contents.add("short", 3000, Is::here);
  contents.add("short", 3000, Is::here);
  contents.add("", 30'000, Is::here);
  const auto totals = contents.totals();
  CHECK(totals.count == 5);
  CHECK(totals.to_come == 2);
  CHECK(totals.bytes_to_come == 330);
  contents.add(checksum_of("two"), 30, Is::here);
  CHECK(contents.totals().count == 5);
  CHECK(contents.totals().to_come == 2);
}
