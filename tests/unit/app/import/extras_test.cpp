#include "app/import/extras.hpp"

#include "i2i/ledger/trash.hpp"
#include "i2i/ledger/volume_files.hpp"
#include "unit/app/immich_fixture.hpp"

using namespace app_test;
using i2i::app::ExtrasReport;

namespace {

constexpr const char* kRoot = "/external/icloud/";

struct World : ImmichWorld {
  World() : root(must(i2i::util::Root::open(folder.path()))) {}
  /// A file on the volume, whosever it is.
  void lies(const std::string& path) {
    must(root.make_directories(i2i::util::folder_of(path)));
    must(root.write_small_file(path, path));
  }
  void in_immich(const std::string& path, bool offline = false) {
    File file;
    file.id = "id of " + path;
    file.trashed = file.offline = offline;
    has[path] = file;
  }
  ExtrasReport look() {
    i2i::immich::Library library;
    library.id = "library";
    library.import_paths = {"/external/icloud/", "/external/other"};
    return must(i2i::app::find_extras(*access, ledger, root, library));
  }
  TempFolder folder;
  i2i::util::Root root;
};

}  // namespace

TEST_CASE("what is in the library besides our files has a reason each") {
  World world;
  world.file("2024/ours.HEIC", "ours", "id-ours");
  world.lies("2024/ours.HEIC");
  world.lies("2024/ours.HEIC.xmp");
  world.lies("list.txt");
  world.lies("mine/holiday.jpg");
  world.in_immich(std::string(kRoot) + "mine/holiday.jpg");
  world.lies("mine/new.jpg");  // Immich has not read it yet
  world.lies("mine/copy.HEIC");
  world.in_immich(std::string(kRoot) + "mine/copy.HEIC");
  i2i::ledger::VolumeFiles files(world.ledger);
  const auto walk = must(files.begin_walk());
  must(files.saw(walk, "mine/copy.HEIC", i2i::ledger::FileKind::copy, {}));
  world.lies(".icloud2immich/trash/2024/seen.jpg");
  world.in_immich(std::string(kRoot) + ".icloud2immich/trash/2024/seen.jpg");
  world.lies(".icloud2immich/trash/2024/unseen.jpg");

  world.place("2024/trashed.HEIC", "trashed");
  i2i::ledger::Trash trash(world.ledger);
  const auto placement = *world.placement("trashed");
  must(trash.intend({{placement, ".icloud2immich/trash/2024/trashed.HEIC", 0, "", "not-in-icloud"}}));
  must(trash.mark_trashed({placement.checksum}));
  world.in_immich(std::string(kRoot) + "2024/trashed.HEIC", true);
  world.in_immich(std::string(kRoot) + "2024/gone.jpg", true);
  world.in_immich("/external/before/2024/ours.HEIC", true);
  world.in_immich("/external/other/not-our-business.jpg", true);
  world.place("2024/offline.HEIC", "offline");  // counted as offline by presence
  world.in_immich(std::string(kRoot) + "2024/offline.HEIC", true);

  const auto extras = world.look();
  CHECK(extras.others == 1);
  CHECK(extras.copies == 1);
  CHECK(extras.in_dot_folder == 1);
  CHECK(extras.trashed == 1);
  CHECK(extras.gone == 1);
  CHECK(extras.earlier_path == 1);
  CHECK(extras.files ==
        std::vector<std::string>{".icloud2immich/trash/2024/seen.jpg", "mine/copy.HEIC", "mine/holiday.jpg"});
  const auto notes = i2i::app::notes_of(extras);
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], ContainsSubstring("**/.icloud2immich/**"));
}

TEST_CASE("a volume with nothing but our files costs no question about files") {
  World world;
  world.file("2024/ours.HEIC", "ours", "id-ours");
  world.lies("2024/ours.HEIC");
  const auto extras = world.look();
  CHECK(extras.others + extras.copies + extras.in_dot_folder + extras.trashed + extras.gone + extras.earlier_path == 0);
  CHECK(i2i::app::notes_of(extras).empty());
  for (const auto& line : world.http.lines()) CHECK(line != "POST /assets/bulk-upload-check");
}
