#include "app/sidecars/sidecars.hpp"

#include <sys/stat.h>

#include "app/volume/volume.hpp"
#include "i2i/ledger/sidecars.hpp"
#include "ledger/connection.hpp"
#include "unit/app/app_fixture.hpp"

using namespace app_test;
using i2i::app::SyncOptions;
using i2i::app::SyncReport;
using i2i::util::ErrorCode;

namespace {

constexpr std::int64_t kSecond = 1000;

mode_t mode_of(const std::string& path) {
  struct stat facts {};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 07777U;
}

/// A placed photo whose bytes say nothing of a date or a place, and whose time is the capture date.
struct World : Library {
  World() { must(root.make_directories(i2i::app::kPartFolder)); }

  /// photo.bytes is the file's content; the sidecar's facts come from change.
  void photo(const Photo& photo, const std::string& path, const std::function<void(i2i::model::Asset&)>& change = {},
             const i2i::model::ZoneId& zone = kPrimary) {
    add(photo, zone);
    tell(photo, change, zone);
    if (placement(photo.bytes)) return;
    photos.write(path, photo.bytes);
    must(root.set_mtime(path, kMay6));
    i2i::ledger::Placement row;
    row.checksum = checksum_of(photo.bytes);
    row.path = path;
    row.size = photo.bytes.size();
    row.mtime_ms = kMay6;
    i2i::ledger::Placements placements(ledger);
    must(placements.reserve(row));
    must(placements.mark_placed({row}));
  }
  void tell(const Photo& photo, const std::function<void(i2i::model::Asset&)>& change,
            const i2i::model::ZoneId& zone = kPrimary) {
    i2i::model::Asset asset;
    asset.name = photo.name;
    asset.master = photo.master.empty() ? "M-" + photo.name : photo.master;
    asset.captured = photo.captured;
    asset.added = photo.added;
    asset.deleted = photo.deleted;
    asset.renditions = photo.asset_renditions;
    if (change) change(asset);
    put(zone, {asset});
  }
  SyncReport run() { return must(try_run()); }
  i2i::util::Result<SyncReport> try_run() {
    NoObserver observer;
    SyncReport report;
    I2I_TRY(bring_sidecars({ledger, root, options, dry_run, {}, observer}, report));
    return report;
  }
  bool is_done() {
    SyncReport report;
    return must(are_sidecars_done(ledger, options, report));
  }
  std::int64_t mtime(const std::string& path) { return must(root.facts(path))->mtime_ms; }

  SyncOptions options;
  bool dry_run = false;
  TempFolder photos;
  i2i::util::Root root = must(i2i::util::Root::open(photos.path()));
};

auto titled(const std::string& title) {
  return [title](i2i::model::Asset& asset) { asset.title = title; };
}

const Photo kOne{.name = "A1", .filename = "a.jpg", .bytes = "one"};

}  // namespace

TEST_CASE("a sidecar is written, and the photo's time moves on by a second") {
  World world;
  world.photo(kOne, "2024/a.jpg", titled("Hello"));
  const auto report = world.run();
  CHECK(report.sidecars.written == 1);
  CHECK(world.photos.read("2024/a.jpg.xmp").find(">Hello<") != std::string::npos);
  CHECK(world.photos.read("2024/a.jpg") == "one");
  CHECK(world.mtime("2024/a.jpg") == kMay6 + kSecond);
  CHECK(world.placement("one")->mtime_ms == kMay6 + kSecond);
  CHECK(world.is_done());

  INFO("again: nothing is looked at, let alone written");
  world.photos.write("2024/a.jpg.xmp", "somebody's");
  const auto again = world.run();
  CHECK(again.sidecars.written == 0);
  CHECK(world.mtime("2024/a.jpg") == kMay6 + kSecond);
  CHECK(world.photos.read("2024/a.jpg.xmp") == "somebody's");
}

TEST_CASE("a photo of which there is nothing to say gets none") {
  World world;
  world.photo(kOne, "2024/a.jpg");
  CHECK(world.run().sidecars.written == 0);
  CHECK(!world.photos.exists("2024/a.jpg.xmp"));
  CHECK(world.mtime("2024/a.jpg") == kMay6);
}

TEST_CASE("a change in iCloud rewrites it, one taken back leaves a valid one that says nothing") {
  World world;
  world.photo(kOne, "a.jpg", titled("Hello"));
  world.run();
  world.tell(kOne, titled("Good-bye"));
  CHECK(world.run().sidecars.written == 1);
  CHECK(world.photos.read("a.jpg.xmp").find(">Good-bye<") != std::string::npos);
  CHECK(world.mtime("a.jpg") == kMay6 + 2 * kSecond);
  world.tell(kOne, {});
  CHECK(world.run().sidecars.written == 1);
  const auto text = world.photos.read("a.jpg.xmp");
  CHECK(text.find("Good-bye") == std::string::npos);
  CHECK(text.find("<rdf:Description") != std::string::npos);
  INFO("the photo's time is its date no longer, so that has to stay");
  CHECK(text.find("exif:DateTimeOriginal=\"2024-05-06T00:00:00Z\"") != std::string::npos);
  CHECK(world.mtime("a.jpg") == kMay6 + 3 * kSecond);
  CHECK(world.run().sidecars.written == 0);
}

TEST_CASE("the modes are the same under every umask") {
  const mode_t before = ::umask(077);
  World world;
  world.photo(kOne, "a.jpg", titled("Hello"));
  world.run();
  ::umask(before);
  CHECK(mode_of(world.photos.path("a.jpg.xmp")) == 0644);
  CHECK(mode_of(world.photos.path(i2i::app::kPartFolder)) == 0755);
}

TEST_CASE("which files of an asset get one") {
  World world;
  const auto live = rendition(RenditionKind::live_video, "live", "com.apple.quicktime-movie");
  const auto raw = rendition(RenditionKind::alternative, "raw", "com.adobe.raw-image");
  const auto edit = rendition(RenditionKind::edited, "edit", "public.jpeg");
  const auto film = rendition(RenditionKind::edited_video, "film", "com.apple.quicktime-movie");
  struct Row {
    const char* name;
    bool video;
    std::vector<std::string> with;
    std::vector<std::string> without;
  };
  const Row rows[] = {
      {"photo", false, {"one", "raw", "edit"}, {"live", "film"}},
      {"film", true, {"one", "raw", "edit", "film"}, {"live"}},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    World each;
    Photo photo = kOne;
    photo.video = row.video;
    photo.master_renditions = {live, raw};
    photo.asset_renditions = {edit, film};
    each.photo(photo, "one", titled("Hello"));
    for (const char* const bytes : {"live", "raw", "edit", "film"}) {
      each.photos.write(bytes, bytes);
      each.place(bytes, bytes);
    }
    each.run();
    for (const auto& path : row.with) CHECK(each.photos.exists(path + ".xmp"));
    for (const auto& path : row.without) CHECK(!each.photos.exists(path + ".xmp"));
  }
}

TEST_CASE("of several assets of one content the personal library's first one speaks") {
  World world;
  Photo later = kOne;
  later.name = "A0";
  later.added = 2000;
  Photo sharer = kOne;
  sharer.name = "S1";
  sharer.added = 1;
  Photo binned = kOne;
  binned.name = "D1";
  binned.added = 1;
  binned.deleted = true;
  world.photo(sharer, "a.jpg", titled("shared"), kShared);
  world.photo(binned, "a.jpg", titled("in the bin"));
  world.photo(later, "a.jpg", [](i2i::model::Asset& asset) {
    asset.title = "later";
    asset.favorite = true;
  });
  world.photo(kOne, "a.jpg", titled("first"));
  world.options.sidecar_rating = true;
  CHECK(world.run().sidecars.written == 1);
  const auto text = world.photos.read("a.jpg.xmp");
  CHECK(text.find(">first<") != std::string::npos);
  INFO("a favourite if any of them is");
  CHECK(text.find("xmp:Rating=\"5\"") != std::string::npos);

  INFO("when it goes, the next one speaks");
  world.put(kPrimary, {i2i::model::Tombstone{"A1"}});
  world.run();
  CHECK(world.photos.read("a.jpg.xmp").find(">later<") != std::string::npos);
  world.put(kPrimary, {i2i::model::Tombstone{"A0"}});
  world.run();
  CHECK(world.photos.read("a.jpg.xmp").find(">shared<") != std::string::npos);
  world.put(kShared, {i2i::model::Tombstone{"S1"}});
  INFO("what only lies in the bin keeps what it had");
  CHECK(world.run().sidecars.written == 0);
}

TEST_CASE("a file's absurd number in a damaged ledger is told, not believed") {
  for (const char* absurd : {"4611686018427387904", "-7", "100000001"}) {
    CAPTURE(absurd);
    World world;
    world.photo(kOne, "a.jpg", titled("Told"));
    world.ledger.connection().database().exec(std::string("UPDATE placements SET id = ") + absurd);
    const auto ran = world.try_run();
    REQUIRE_FALSE(ran);
    CHECK(ran.error().code == ErrorCode::ledger_damaged);
    CHECK(ran.error().remedy.find("--rebuild") != std::string::npos);
  }
}

TEST_CASE("ratings on, off, and sidecars off") {
  World world;
  world.photo(kOne, "a.jpg", [](i2i::model::Asset& asset) { asset.favorite = true; });
  CHECK(world.run().sidecars.written == 0);
  world.options.sidecar_rating = true;
  CHECK(!world.is_done());
  CHECK(world.run().sidecars.written == 1);
  CHECK(world.photos.read("a.jpg.xmp").find("xmp:Rating=\"5\"") != std::string::npos);
  world.options.sidecar_rating = false;
  CHECK(!world.is_done());
  CHECK(world.run().sidecars.written == 1);
  CHECK(world.photos.read("a.jpg.xmp").find("xmp:Rating") == std::string::npos);

  INFO("switched off: what is there stays, and what changed meanwhile is caught up with later");
  world.options.sidecars = false;
  world.tell(kOne, titled("meanwhile"));
  CHECK(world.is_done());
  CHECK(world.run().sidecars.written == 0);
  CHECK(world.photos.read("a.jpg.xmp").find("meanwhile") == std::string::npos);
  world.options.sidecars = true;
  CHECK(!world.is_done());
  CHECK(world.run().sidecars.written == 1);
  CHECK(world.photos.read("a.jpg.xmp").find(">meanwhile<") != std::string::npos);
}

TEST_CASE("somebody else's sidecars stay and are counted") {
  World world;
  Photo two = kOne;
  two.name = "A2";
  two.bytes = "two";
  world.photo(kOne, "a.jpg", titled("Hello"));
  world.photo(two, "b.heic", titled("Hello"));
  world.photos.write("a.jpg.xmp", "<x:xml_doc x:xmptk=\"icloudpd 1.27\"/>");
  world.photos.write("b.xmp", "<theirs/>");
  const auto report = world.run();
  CHECK(report.sidecars.written == 0);
  CHECK(report.sidecars.foreign == 2);
  CHECK(world.photos.read("a.jpg.xmp") == "<x:xml_doc x:xmptk=\"icloudpd 1.27\"/>");
  CHECK(!world.photos.exists("b.heic.xmp"));
  CHECK(world.mtime("a.jpg") == kMay6);
  SyncReport later;
  CHECK(must(are_sidecars_done(world.ledger, world.options, later)));
  CHECK(later.sidecars.foreign == 2);
}

TEST_CASE("one that Immich changed is kept and counted; iCloud's change replaces its own field") {
  World world;
  world.photo(kOne, "a.jpg", titled("Hello"));
  world.run();
  auto text = world.photos.read("a.jpg.xmp");
  text.insert(text.find("</rdf:RDF>"), "<rdf:Description xmlns:y=\"urn:theirs\" y:Note=\"theirs\" rdf:about=\"\"/>");
  world.photos.write("a.jpg.xmp", text);
  world.tell(kOne, [](i2i::model::Asset& asset) {
    asset.title = "Hello";
    asset.keywords = {"new"};
  });
  const auto report = world.run();
  CHECK(report.sidecars.written == 1);
  CHECK(report.sidecars.kept == 1);
  text = world.photos.read("a.jpg.xmp");
  CHECK(text.find("y:Note=\"theirs\"") != std::string::npos);
  CHECK(text.find(">new<") != std::string::npos);
  CHECK(text.find(">Hello<") != std::string::npos);
}

TEST_CASE("killed between the sidecar and the photo's time, the end is the same") {
  World straight;
  straight.photo(kOne, "a.jpg", titled("Hello"));
  straight.run();
  const auto text = straight.photos.read("a.jpg.xmp");
  const auto state = must(i2i::ledger::Sidecars(straight.ledger).find(checksum_of("one")))->now;
  for (const bool written : {false, true}) {
    for (const bool touched : {false, true}) {
      if (touched && !written) continue;
      INFO("sidecar written " << written << ", photo touched " << touched);
      World world;
      world.photo(kOne, "a.jpg", titled("Hello"));
      must(i2i::ledger::Sidecars(world.ledger).intend({{checksum_of("one"), state}}));
      world.photos.write(std::string(i2i::app::kPartFolder) + "/left-over.xmp", text.substr(0, 20));
      if (written) world.photos.write("a.jpg.xmp", text);
      if (touched) must(world.root.set_mtime("a.jpg", kMay6 + kSecond));
      CHECK(world.run().sidecars.written == 1);
      CHECK(world.photos.read("a.jpg.xmp") == text);
      CHECK(world.mtime("a.jpg") == kMay6 + kSecond);
      CHECK(world.placement("one")->mtime_ms == kMay6 + kSecond);
      CHECK(must(i2i::ledger::Sidecars(world.ledger).find(checksum_of("one")))->now == state);
      CHECK(world.run().sidecars.written == 0);
    }
  }
}

TEST_CASE("a sidecar that cannot be written fails alone, and the next run mends it") {
  World world;
  Photo two = kOne;
  two.name = "A2";
  two.bytes = "two";
  world.photo(kOne, "2024/a.jpg", titled("Hello"));
  world.photo(two, "2025/b.jpg", titled("Hello"));
  // A link out of the volume in the place of the folder: nothing may be written there.
  std::filesystem::rename(world.photos.path("2024"), world.photos.path("aside"));
  std::filesystem::create_directory_symlink(world.photos.path("aside"), world.photos.path("2024"));
  auto report = world.run();
  CHECK(report.sidecars.failed == 1);
  CHECK(report.sidecars.written == 1);
  REQUIRE(report.failures.size() == 1);
  CHECK(report.failures[0].path == "2024/a.jpg.xmp");
  CHECK(!world.photos.exists("aside/a.jpg.xmp"));
  CHECK(!world.is_done());
  std::filesystem::remove(world.photos.path("2024"));
  std::filesystem::rename(world.photos.path("aside"), world.photos.path("2024"));
  report = world.run();
  CHECK(report.sidecars.failed == 0);
  CHECK(report.sidecars.written == 1);
  CHECK(world.is_done());
}

TEST_CASE("a photo that is missing is left to verify") {
  World world;
  world.photo(kOne, "a.jpg", titled("Hello"));
  std::filesystem::remove(world.photos.path("a.jpg"));
  CHECK(world.run().sidecars.written == 0);
  CHECK(!world.photos.exists("a.jpg.xmp"));
  world.photos.write("a.jpg", "one");
  CHECK(world.run().sidecars.written == 1);
}

TEST_CASE("a dry run counts and writes nothing") {
  World world;
  world.photo(kOne, "a.jpg", titled("Hello"));
  world.dry_run = true;
  const auto report = world.run();
  CHECK(report.sidecars.written == 0);
  CHECK(report.notes == std::vector<std::string>{"Dry run: 1 sidecars of files that are there would be written."});
  CHECK(!world.photos.exists("a.jpg.xmp"));
  CHECK(!world.is_done());
  CHECK(world.mtime("a.jpg") == kMay6);
}

TEST_CASE("before a transfer, what a run that was cut short left is caught up with") {
  World world;
  world.photo(kOne, "a.jpg", titled("Hello"));
  NoObserver observer;
  SyncReport report;
  const auto catch_up = [&] {
    must(catch_up_with_sidecars({world.ledger, world.root, world.options, false, {}, observer}, report));
  };
  catch_up();
  CHECK(report.sidecars.written == 1);
  CHECK(world.photos.exists("a.jpg.xmp"));
  CHECK(!world.is_done());
  world.run();
  CHECK(world.is_done());

  INFO("after a run that came to its end there is nothing to catch up with, but there may be after this one");
  world.tell(kOne, titled("Good-bye"));
  catch_up();
  CHECK(report.sidecars.written == 1);
  CHECK(!world.is_done());
}

TEST_CASE("a name that leaves no room, a pipe in the place of a photo") {
  World world;
  const std::string longest = std::string(251, 'x') + ".jpg";
  world.photo(kOne, longest, titled("Hello"));
  Photo two = kOne;
  two.name = "A2";
  two.bytes = "two";
  world.photo(two, "b.jpg", titled("Hello"));
  std::filesystem::remove(world.photos.path("b.jpg"));
  REQUIRE(::mkfifo(world.photos.path("b.jpg").c_str(), 0600) == 0);
  const auto report = world.run();
  CHECK(report.sidecars.failed == 0);
  CHECK(report.sidecars.foreign == 1);
  CHECK(world.is_done());
}
