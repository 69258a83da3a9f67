#include "app/transfer/part_file.hpp"

#include <sys/stat.h>

#include "unit/app/app_fixture.hpp"

using app_test::checksum_of;
using app_test::kMay6;
using app_test::must;
using i2i::app::PartFile;
using i2i::app::PartTask;
using i2i::app::PlaceWay;
using i2i::util::ErrorCode;

namespace {

const std::string kBytes = "the bytes of a photo";
const std::string kPath = "2024/05/06/IMG_1.HEIC";

PartTask task_for(const std::string& bytes = kBytes, PlaceWay way = PlaceWay::new_file) {
  return {checksum_of(bytes), bytes.size(), kPath, kMay6, way};
}

struct Volume {
  Volume() {
    must(root.make_directories(".icloud2immich/tmp"));
    must(root.make_directories(".icloud2immich/aside"));
  }
  std::shared_ptr<PartFile> open(const PartTask& task) { return must(PartFile::open(root, task, {})); }
  /// Every visible file.
  std::vector<std::string> visible() {
    std::vector<std::string> found;
    must(root.walk([&](const std::string& path, const i2i::util::FileFacts&) -> i2i::util::Result<void> {
      found.push_back(path);
      return {};
    }));
    return found;
  }
  TempFolder photos;
  i2i::util::Root root = must(i2i::util::Root::open(photos.path()));
};

/// All steps in their order, as the settler takes them for a file alone.
i2i::util::Result<i2i::app::PlacedFile> place(Volume& volume, PartFile& part) {
  i2i::app::PlacedFile placed;
  I2I_ASSIGN(placed.proof, part.prove());
  I2I_TRY(part.start_flush());
  I2I_TRY(part.flush());
  I2I_TRY(part.publish());
  I2I_TRY(volume.root.sync_directory(part.folder()));
  placed.mtime_ms = part.mtime_ms();
  return placed;
}

}  // namespace

TEST_CASE("a placed file can be read by everybody, whatever the umask") {
  const mode_t before = ::umask(077);
  Volume volume;
  const auto part = volume.open(task_for());
  must(part->write(kBytes));
  must(place(volume, *part));
  ::umask(before);
  struct stat status {};
  REQUIRE(::stat(volume.photos.path(kPath).c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0644);
  REQUIRE(::stat(volume.photos.path("2024/05").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0755);
}

TEST_CASE("nothing is visible before the bytes are proven") {
  Volume volume;
  const auto part = volume.open(task_for());
  CHECK(part->size() == 0);
  must(part->write(kBytes.substr(0, 7)));
  CHECK(volume.visible().empty());
  must(part->write(kBytes.substr(7)));
  CHECK(part->size() == kBytes.size());
  CHECK(volume.visible().empty());
  const auto placed = must(place(volume, *part));
  CHECK(volume.visible() == std::vector<std::string>{kPath});
  CHECK(volume.photos.read(kPath) == kBytes);
  CHECK(placed.proof.checksum == checksum_of(kBytes));
  CHECK(placed.proof.sha1_hex == app_test::proof_of(kBytes).sha1_hex);
  CHECK(placed.mtime_ms == kMay6);
  CHECK(must(volume.root.facts(kPath))->mtime_ms == kMay6);
  CHECK(!volume.photos.exists(i2i::app::part_path(checksum_of(kBytes))));
}

TEST_CASE("what an earlier attempt left is hashed again and gone on with") {
  Volume volume;
  must(volume.open(task_for())->write(kBytes.substr(0, 9)));
  const auto part = volume.open(task_for());
  REQUIRE(part->size() == 9);
  must(part->write(kBytes.substr(9)));
  must(place(volume, *part));
  CHECK(volume.photos.read(kPath) == kBytes);
}

TEST_CASE("bytes that are not the ones announced are never placed") {
  std::string flipped = kBytes;
  flipped.back() = static_cast<char>(flipped.back() ^ 0x40);
  struct Row {
    const char* name;
    std::string left;  // by an earlier attempt
    std::string arrives;
  };
  const Row rows[] = {
      {"one bit flipped", "", flipped},
      {"cut", "", kBytes.substr(1)},
      {"nothing", "", ""},
      {"a wrong beginning from before", "XXXX", kBytes.substr(4)},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Volume volume;
    volume.photos.write(i2i::app::part_path(checksum_of(kBytes)), row.left);
    const auto part = volume.open(task_for());
    must(part->write(row.arrives));
    const auto placed = place(volume, *part);
    REQUIRE(!placed);
    CHECK(placed.error().code == ErrorCode::mismatch);
    CHECK(volume.visible().empty());
    must(part->keep_aside());
    CHECK(!volume.photos.exists(i2i::app::part_path(checksum_of(kBytes))));
    CHECK(!std::filesystem::is_empty(volume.photos.path(".icloud2immich/aside")));
    CHECK(volume.open(task_for())->size() == 0);
  }
}

TEST_CASE("an unproven content is judged by its size") {
  Volume volume;
  PartTask task = task_for();
  task.checksum = "another form of checksum";
  const auto part = volume.open(task);
  must(part->write(kBytes));
  must(place(volume, *part));
  CHECK(volume.photos.read(kPath) == kBytes);

  Volume second;
  const auto cut = second.open(task);
  must(cut->write(kBytes.substr(1)));
  CHECK(place(second, *cut).error().code == ErrorCode::mismatch);
}

TEST_CASE("more than was announced starts anew") {
  Volume volume;
  volume.photos.write(i2i::app::part_path(checksum_of(kBytes)), kBytes + "and more");
  const auto part = volume.open(task_for());
  CHECK(part->size() == 0);
  must(part->write(kBytes));
  must(place(volume, *part));
  CHECK(volume.photos.read(kPath) == kBytes);
}

TEST_CASE("starting anew forgets what was there") {
  Volume volume;
  const auto part = volume.open(task_for());
  must(part->write("wrong beginning"));
  must(part->restart());
  CHECK(part->size() == 0);
  must(part->write(kBytes));
  must(place(volume, *part));
  CHECK(volume.photos.read(kPath) == kBytes);
}

TEST_CASE("dropping leaves nothing") {
  Volume volume;
  const auto part = volume.open(task_for());
  must(part->write(kBytes));
  must(part->drop());
  CHECK(!volume.photos.exists(i2i::app::part_path(checksum_of(kBytes))));
  CHECK(volume.visible().empty());
}

TEST_CASE("a new file never replaces one") {
  Volume volume;
  volume.photos.write(kPath, "a person's own");
  const auto part = volume.open(task_for());
  must(part->write(kBytes));
  const auto placed = place(volume, *part);
  REQUIRE(!placed);
  CHECK(placed.error().code == ErrorCode::refused);
  CHECK(volume.photos.read(kPath) == "a person's own");
}

TEST_CASE("a repair sets the damaged copy aside and leaves no gap") {
  Volume volume;
  volume.photos.write(kPath, "damaged");
  const auto part = volume.open(task_for(kBytes, PlaceWay::repair));
  must(part->write(kBytes));
  must(place(volume, *part));
  CHECK(volume.photos.read(kPath) == kBytes);
  std::vector<std::string> aside;
  for (const auto& entry : std::filesystem::directory_iterator(volume.photos.path(".icloud2immich/aside"))) {
    aside.push_back(".icloud2immich/aside/" + entry.path().filename().string());
  }
  REQUIRE(aside.size() == 1);
  CHECK(volume.photos.read(aside[0]) == "damaged");
}

TEST_CASE("a repair of a file that is gone puts it back") {
  Volume volume;
  const auto part = volume.open(task_for(kBytes, PlaceWay::repair));
  must(part->write(kBytes));
  must(place(volume, *part));
  CHECK(volume.photos.read(kPath) == kBytes);
}

TEST_CASE("an empty content is a file too") {
  Volume volume;
  must(place(volume, *volume.open(task_for(""))));
  CHECK(volume.visible() == std::vector<std::string>{kPath});
}

TEST_CASE("whatever a server calls a checksum, its .part lies in our folder") {
  Volume volume;
  for (const std::string& checksum : {std::string("../../outside"), std::string("/etc/passwd"), std::string(),
                                      std::string(9000, 'x'), std::string("a\0b", 3)}) {
    const auto path = i2i::app::part_path(checksum);
    CHECK(path.starts_with(".icloud2immich/tmp/"));
    CHECK(path.find("..") == std::string::npos);
    CHECK(path.size() < 255);
    PartTask task = task_for();
    task.checksum = checksum;
    must(volume.open(task)->write("x"));
  }
  CHECK(volume.visible().empty());
}

TEST_CASE("others can read the file and its folders, whatever the umask") {
  Volume volume;
  const auto before = umask(077);
  const auto part = volume.open(task_for());
  must(part->write(kBytes));
  must(place(volume, *part));
  umask(before);
  const auto mode = [&](const std::string& path) {
    return static_cast<unsigned>(std::filesystem::status(volume.photos.path(path)).permissions());
  };
  CHECK(mode(kPath) == 0644);
  CHECK(mode("2024") == 0755);
  CHECK(mode("2024/05/06") == 0755);
}

TEST_CASE("resuming can be stopped, and follows no link") {
  Volume volume;
  volume.photos.write("victim", "someone's");
  std::stop_source stop;
  stop.request_stop();
  CHECK(PartFile::open(volume.root, task_for(), stop.get_token()).error().code == ErrorCode::cancelled);
  std::filesystem::remove(volume.photos.path(i2i::app::part_path(checksum_of(kBytes))));
  std::filesystem::create_symlink(volume.photos.path("victim"),
                                  volume.photos.path(i2i::app::part_path(checksum_of(kBytes))));
  CHECK(PartFile::open(volume.root, task_for(), {}).error().code == ErrorCode::volume);
  CHECK(volume.photos.read("victim") == "someone's");
}
