#include "app/adopt/adopt.hpp"

#include <sys/stat.h>

#include "app/adopt/size_set.hpp"
#include "app/sync/plan.hpp"
#include "i2i/ledger/volume_files.hpp"
#include "unit/app/app_fixture.hpp"

using namespace app_test;
using i2i::app::AdoptionReport;
using i2i::app::AdoptWish;
using i2i::ledger::FileKind;
using i2i::ledger::PlacementState;

namespace {

struct World : Library {
  std::optional<AdoptionReport> adopt(AdoptWish wish = AdoptWish::when_useful,
                                      const i2i::model::Selection& selection = {}) {
    NoObserver observer;
    const auto layout = must(i2i::media::Layout::parse("{year}/{month}/{day}"));
    return must(i2i::app::adopt_files({ledger,
                                       root,
                                       selection,
                                       layout,
                                       wish,
                                       4,
                                       "volume",
                                       list.path("list.txt"),
                                       i2i::util::system_clock(),
                                       {},
                                       observer}));
  }
  i2i::app::PlanReport plan(const i2i::model::Selection& selection = {}) {
    NoObserver observer;
    const auto layout = must(i2i::media::Layout::parse("{year}/{month}/{day}"));
    return must(i2i::app::make_plan(ledger, root, selection, layout, 1'790'000'000'000, {}, observer));
  }
  FileKind kind(const std::string& path) {
    const auto file = must(i2i::ledger::VolumeFiles(ledger).at(path));
    REQUIRE(file);
    return file->kind;
  }
  TempFolder photos;
  TempFolder list;
  i2i::util::Root root = must(i2i::util::Root::open(photos.path()));
};

Photo live_photo() {
  return {.name = "A1",
          .filename = "IMG_1.HEIC",
          .bytes = "still",
          .master_renditions = {rendition(RenditionKind::live_video, "moving", "com.apple.quicktime-movie")}};
}

/// A content whose checksum cannot be computed from its bytes.
Photo unproven_photo(const std::string& bytes) {
  Photo photo{.name = "U1", .filename = "IMG_9.JPG", .bytes = "", .uti = "public.jpeg"};
  auto original = rendition(RenditionKind::original, bytes, "public.jpeg");
  original.checksum = "BAAAAAAAAAAAAAAAAAAAAAAAAAAA";  // its first byte is 0x04
  photo.master_renditions = {original};
  return photo;
}

}  // namespace

TEST_CASE("a file is recognised by its bytes, wherever it lies and whatever it is called") {
  World world;
  world.add(live_photo());
  world.photos.write("Backup/what is this", "still");
  world.photos.write("x.bin", "moving");
  world.photos.write("same size.jpg", "stoll");
  world.photos.write("mine.jpg", "of no size there is");
  world.photos.write("IMG_1.AAE", "recipe");  // of the size of the video
  const auto report = world.adopt();
  REQUIRE(report);
  CHECK(report->matched == 2);
  CHECK(report->files == 5);
  CHECK(report->files_read == 4);
  CHECK(world.path_of("still") == "Backup/what is this");
  CHECK(world.path_of("moving") == "x.bin");
  CHECK(world.placement("still")->state == PlacementState::placed);
  CHECK(world.placement("still")->sha1_hex == proof_of("still").sha1_hex);
  CHECK(world.kind("same size.jpg") == FileKind::unknown);
  CHECK(world.kind("mine.jpg") == FileKind::unknown);
  CHECK(world.kind("IMG_1.AAE") == FileKind::other);
  CHECK(report->unknown == 2);
  CHECK(report->other == 1);
  CHECK_FALSE(must(i2i::ledger::VolumeFiles(world.ledger).at("x.bin")));
}

TEST_CASE("when the volume is walked") {
  World world;
  world.add(live_photo());
  world.photos.write("a.heic", "still");
  CHECK_FALSE(world.adopt(AdoptWish::never));
  REQUIRE(world.adopt());
  world.plan();
  // The video has no file, but it was looked for.
  CHECK_FALSE(world.adopt());
  CHECK(world.adopt(AdoptWish::now));
  SECTION("a content that was never looked for") {
    world.add({.name = "A2", .filename = "IMG_2.HEIC", .bytes = "second"});
    CHECK(world.adopt());
  }
  SECTION("paths reserved by a run that did not look") {
    world.adopt(AdoptWish::never);
    CHECK(world.adopt());
  }
  SECTION("a damaged file that is not at its path any more") {
    must(i2i::ledger::Placements(world.ledger).mark_damaged(checksum_of("still")));
    CHECK_FALSE(world.adopt());
    std::filesystem::rename(world.photos.path("a.heic"), world.photos.path("b.heic"));
    const auto report = world.adopt();
    REQUIRE(report);
    CHECK(report->matched == 1);
    CHECK(world.path_of("still") == "b.heic");
  }
}

TEST_CASE("what was read is not read again") {
  World world;
  world.add(live_photo());
  world.photos.write("no.jpg", "stoll");
  CHECK(world.adopt()->files_read == 1);
  CHECK(world.adopt(AdoptWish::now)->files_read == 0);
  world.photos.write("another.jpg", "stull");
  CHECK(world.adopt(AdoptWish::now)->files_read == 1);
  world.photos.write("no.jpg", "still");
  CHECK(world.adopt(AdoptWish::now)->matched == 1);
}

TEST_CASE("of several copies the first by path counts, but ours before all") {
  World world;
  world.add(live_photo());
  world.photos.write("b.heic", "still");
  SECTION("first by path") {
    world.photos.write("a.heic", "still");
    const auto report = world.adopt();
    CHECK(world.path_of("still") == "a.heic");
    CHECK(report->copies == 1);
    REQUIRE(report->copy_files.size() == 1);
    CHECK(report->copy_files[0].path == "b.heic");
    CHECK(report->copy_files[0].what == "the same as a.heic");
  }
  SECTION("ours") {
    world.photos.write("2024/05/06/IMG_1.HEIC", "still");
    world.photos.write("2023/a.heic", "still");
    CHECK(world.adopt()->copies == 2);
    CHECK(world.path_of("still") == "2024/05/06/IMG_1.HEIC");
  }
}

TEST_CASE("what is missing goes beside what was adopted, under its stem") {
  World world;
  world.add(live_photo());
  world.plan();  // by a run that did not look
  CHECK(world.path_of("moving") == "2024/05/06/IMG_1.MOV");
  SECTION("beside the photo") {
    world.photos.write("Photos/IMG_1 (1).HEIC", "still");
    world.adopt();
    world.plan();
    CHECK(world.path_of("moving") == "Photos/IMG_1 (1).MOV");
  }
  SECTION("beside its video") {
    world.photos.write("old/IMG_0001_HEVC.MOV", "moving");
    world.adopt();
    world.plan();
    CHECK(world.path_of("still") == "old/IMG_0001.HEIC");
  }
}

TEST_CASE("a path reserved for one content where another lies") {
  World world;
  world.add({.name = "A1", .filename = "IMG_1.HEIC", .bytes = "first"});
  world.add({.name = "A2", .filename = "IMG_2.HEIC", .bytes = "other"});
  world.plan();
  world.photos.write("2024/05/06/IMG_1.HEIC", "other");
  CHECK(world.adopt()->matched == 1);
  world.plan();
  CHECK(world.path_of("other") == "2024/05/06/IMG_1.HEIC");
  CHECK(world.path_of("first").starts_with("2024/05/06/IMG_1-"));
}

TEST_CASE("damaged is what lies at a wanted content's place and under its name") {
  struct Row {
    const char* name;
    std::string path;
    std::string bytes;
    FileKind kind;
  };
  const std::vector<Row> rows{
      {"ours, cut off", "2024/05/06/IMG_1.HEIC", "sti", FileKind::damaged},
      {"ours, a bit", "2024/05/06/IMG_1.HEIC", "stilm", FileKind::damaged},
      {"icloudpd's, a day off", "2024/05/07/IMG_1.HEIC", "stilm", FileKind::damaged},
      {"icloudpd's video", "2024/05/06/IMG_1_HEVC.MOV", "mov", FileKind::damaged},
      {"flat", "IMG_1.HEIC", "s", FileKind::damaged},
      {"another place", "2019/05/06/IMG_1.HEIC", "stilm", FileKind::unknown},
      {"another name", "2024/05/06/IMG_2.HEIC", "stilm", FileKind::unknown},
      {"no photo", "2024/05/06/IMG_1.HEIC.xmp", "stilm", FileKind::other},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    World world;
    world.add(live_photo());
    world.photos.write(row.path, row.bytes);
    const auto report = world.adopt();
    CHECK(world.kind(row.path) == row.kind);
    CHECK(report->damaged == (row.kind == FileKind::damaged ? 1 : 0));
    CHECK(report->damaged_files.size() == (row.kind == FileKind::damaged ? 1 : 0));
    CHECK(report->matched == 0);
  }
}

TEST_CASE("an unproven content is taken by place, name and size, and never called damaged") {
  struct Row {
    const char* name;
    std::string path;
    std::string bytes;
    bool taken;
  };
  const std::vector<Row> rows{
      {"our place", "2024/05/06/IMG_9.JPG", "12345", true},
      {"icloudpd's place", "2024/05/05/IMG_9.JPG", "12345", true},
      {"another size", "2024/05/06/IMG_9.JPG", "1234", false},
      {"another place", "somewhere/IMG_9.JPG", "12345", false},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    World world;
    world.add(unproven_photo("54321"));
    world.photos.write(row.path, row.bytes);
    const auto report = world.adopt();
    CHECK(report->matched == (row.taken ? 1 : 0));
    CHECK(report->damaged == 0);
    const auto placed = must(i2i::ledger::Placements(world.ledger).find("BAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    REQUIRE(placed.has_value() == row.taken);
    if (!placed) continue;
    CHECK(placed->path == row.path);
    CHECK_FALSE(placed->proven);
    CHECK(placed->sha1_hex == proof_of(row.bytes).sha1_hex);
  }
}

TEST_CASE("what the selection leaves out is not called unknown") {
  World world;
  world.add(live_photo());
  world.add({.name = "H1", .filename = "IMG_5.HEIC", .bytes = "hidden one", .hidden = true});
  world.add({.name = "H2", .filename = "IMG_6.HEIC", .bytes = "STILL", .hidden = true});
  world.photos.write("h.heic", "hidden one");  // of a size that nothing wanted has: not read
  world.photos.write("s.heic", "STILL");
  const auto report = world.adopt();
  CHECK(report->unknown == 0);
  CHECK(report->not_read == 1);
  CHECK(report->left_out == 1);
  CHECK(report->files_read == 1);
}

TEST_CASE("sizes, small and large") {
  i2i::app::SizeSet sizes;
  CHECK(sizes.empty());
  CHECK_FALSE(sizes.contains(0));
  for (std::uint64_t i = 0; i < 20'000; ++i) sizes.add((std::uint64_t{1} << 40) - i % 5'000);
  sizes.add(0);
  sizes.add((std::uint64_t{32} << 20) - 1);
  sizes.add(std::uint64_t{32} << 20);
  for (const std::uint64_t size : {std::uint64_t{0}, (std::uint64_t{32} << 20) - 1, std::uint64_t{32} << 20,
                                   std::uint64_t{1} << 40, (std::uint64_t{1} << 40) - 4'999}) {
    CHECK(sizes.contains(size));
  }
  for (const std::uint64_t size :
       {std::uint64_t{1}, (std::uint64_t{32} << 20) + 1, (std::uint64_t{1} << 40) - 5'000, ~std::uint64_t{0}}) {
    CHECK_FALSE(sizes.contains(size));
  }
  CHECK_FALSE(sizes.empty());
}
