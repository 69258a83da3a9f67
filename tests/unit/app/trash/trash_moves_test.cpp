#include "app/trash/trash_moves.hpp"

#include "i2i/util/text.hpp"
#include "unit/app/app_fixture.hpp"

using app_test::must;
using i2i::app::free_path;
using i2i::app::Mover;
using i2i::util::ErrorCode;

TEST_CASE("a file takes its sidecar along") {
  const TempFolder photos;
  const auto root = must(i2i::util::Root::open(photos.path()));
  photos.write("2024/IMG_1.JPG", "photo");
  photos.write("2024/IMG_1.JPG.xmp", "sidecar");
  photos.write("2024/IMG_1.JPG.xmp.JPG", "another photo");
  Mover mover(root);
  must(mover.move("2024/IMG_1.JPG", "away/2024/IMG_1.JPG"));
  must(mover.sync());
  CHECK(photos.read("away/2024/IMG_1.JPG") == "photo");
  CHECK(photos.read("away/2024/IMG_1.JPG.xmp") == "sidecar");
  CHECK(!photos.exists("2024/IMG_1.JPG"));
  CHECK(!photos.exists("2024/IMG_1.JPG.xmp"));
  CHECK(photos.exists("2024/IMG_1.JPG.xmp.JPG"));
}

TEST_CASE("nothing is moved over anything") {
  const TempFolder photos;
  const auto root = must(i2i::util::Root::open(photos.path()));
  photos.write("a.JPG", "a");
  photos.write("a.JPG.xmp", "of a");
  photos.write("b.JPG", "b");
  photos.write("c.JPG.xmp", "of c");
  Mover mover(root);
  const auto moved = mover.move("a.JPG", "b.JPG");
  REQUIRE(!moved);
  CHECK(moved.error().code == ErrorCode::refused);
  CHECK(photos.read("b.JPG") == "b");
  must(mover.move("a.JPG", "c.JPG"));
  CHECK(photos.read("c.JPG.xmp") == "of c");
  CHECK(photos.read("a.JPG.xmp") == "of a");
}

TEST_CASE("a name in the trash is free, also for the sidecar, and fits") {
  const TempFolder photos;
  const auto root = must(i2i::util::Root::open(photos.path()));
  const std::string longest(251, 'x');
  photos.write("trash/taken.JPG", "");
  photos.write("trash/taken-1.JPG", "");
  photos.write("trash/sidecar.JPG.xmp", "");
  photos.write("trash/2024/05/no-ending", "");
  photos.write("trash/.JPG", "");
  photos.write("trash/" + longest + ".JPG", "");
  struct Row {
    const char* name;
    std::string path;
    std::string free;
  };
  const Row rows[] = {
      {"free", "2024/a.JPG", "trash/2024/a.JPG"},
      {"at the root", "a.JPG", "trash/a.JPG"},
      {"taken twice", "taken.JPG", "trash/taken-2.JPG"},
      {"only its sidecar's name is taken", "sidecar.JPG", "trash/sidecar-1.JPG"},
      {"without an ending", "2024/05/no-ending", "trash/2024/05/no-ending-1"},
      {"nothing but an ending", ".JPG", "trash/.JPG-1"},
      {"given away in this group", "given.JPG", "trash/given-1.JPG"},
      {"given away in other letters", "GIVEN.JPG", "trash/GIVEN-1.JPG"},
      {"no room for a number", longest + ".JPG", "trash/" + longest.substr(2) + "-1.JPG"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(must(free_path(root, "trash", row.path, {i2i::util::case_fold("trash/given.JPG")})) == row.free);
  }
}
