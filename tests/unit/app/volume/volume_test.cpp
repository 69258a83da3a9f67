#include "app/volume/volume.hpp"

#include "app/volume/volume_marker_decode.hpp"
#include "unit/app/app_fixture.hpp"

using app_test::Library;
using app_test::must;
using i2i::app::kMarker;
using i2i::app::known_volume_id;
using i2i::app::open_volume;
using i2i::app::VolumeUse;
using i2i::util::ErrorCode;

TEST_CASE("a new volume gets its marker and dot folder") {
  Library library;
  const TempFolder photos;
  must(open_volume(photos.path(), library.ledger, "123", VolumeUse::write));
  const auto marker = must(i2i::app::decode_marker(photos.read(kMarker)));
  CHECK(marker.volume_id == must(known_volume_id(library.ledger)));
  CHECK(photos.read(kMarker).find("123") == std::string::npos);  // the account number stays private
  for (const auto& folder : {std::string(i2i::app::kPartFolder), std::string(i2i::app::kAsideFolder),
                             i2i::app::sentinel_folder(marker.volume_id)}) {
    CHECK(std::filesystem::is_directory(photos.path(folder)));
  }
  // Opening it again changes nothing.
  const auto before = photos.read(kMarker);
  must(open_volume(photos.path(), library.ledger, "123", VolumeUse::write));
  CHECK(photos.read(kMarker) == before);
}

TEST_CASE("looking at a new volume writes nothing") {
  Library library;
  const TempFolder photos;
  must(open_volume(photos.path(), library.ledger, "123", VolumeUse::read));
  CHECK(std::filesystem::is_empty(photos.path()));
  CHECK(must(known_volume_id(library.ledger)).empty());
}

TEST_CASE("what is lost of our own folder comes back") {
  Library library;
  const TempFolder photos;
  must(open_volume(photos.path(), library.ledger, "123", VolumeUse::write));
  std::filesystem::remove_all(photos.path(i2i::app::kPartFolder));
  must(open_volume(photos.path(), library.ledger, "123", VolumeUse::read));
  CHECK(!photos.exists(i2i::app::kPartFolder));
  must(open_volume(photos.path(), library.ledger, "123", VolumeUse::write));
  CHECK(photos.exists(i2i::app::kPartFolder));
}

TEST_CASE("a lost mount is no empty library") {
  Library library;
  const TempFolder photos;
  const TempFolder mount_point;
  must(open_volume(photos.path(), library.ledger, "123", VolumeUse::write));
  library.place("2024/a.jpg", "bytes");
  for (const auto use : {VolumeUse::read, VolumeUse::write}) {
    const auto opened = open_volume(mount_point.path(), library.ledger, "123", use);
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::volume_foreign);
    CHECK_THAT(opened.error().message, ContainsSubstring("1 files should be there"));
    CHECK_THAT(opened.error().remedy, ContainsSubstring("Mount it"));
  }
  CHECK(std::filesystem::is_empty(mount_point.path()));
  // Files that verify found missing should be there as well.
  must(i2i::ledger::Placements(library.ledger).mark_damaged(app_test::checksum_of("bytes")));
  CHECK(open_volume(mount_point.path(), library.ledger, "123", VolumeUse::write).error().code ==
        ErrorCode::volume_foreign);
}

TEST_CASE("a marker that went by itself comes back where the files prove the volume") {
  Library library;
  const TempFolder photos;
  must(open_volume(photos.path(), library.ledger, "123", VolumeUse::write));
  const auto id = must(known_volume_id(library.ledger));
  for (const char* name : {"a", "b", "c"}) library.place("2024/" + std::string(name), "bytes of " + std::string(name));
  std::filesystem::remove_all(photos.path(i2i::app::kDotFolder));
  struct Row {
    const char* name;
    std::vector<std::pair<std::string, std::string>> files;
    bool ours;
  };
  const Row rows[] = {
      {"all are there", {{"a", "bytes of a"}, {"b", "bytes of b"}, {"c", "bytes of c"}}, true},
      {"most are there", {{"a", "bytes of a"}, {"c", "bytes of c"}}, true},
      {"few are there", {{"a", "bytes of a"}}, false},
      {"one has other bytes", {{"a", "bytes of a"}, {"b", "bytes of B"}, {"c", "bytes of c"}}, false},
      {"one has another size", {{"a", "bytes of a"}, {"b", "bytes"}, {"c", "bytes of c"}}, false},
      {"none is there", {}, false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    std::filesystem::remove_all(photos.path("2024"));
    std::filesystem::remove_all(photos.path(i2i::app::kDotFolder));
    for (const auto& [name, bytes] : row.files) photos.write("2024/" + name, bytes);
    CHECK(open_volume(photos.path(), library.ledger, "123", VolumeUse::read).has_value() == row.ours);
    CHECK(!photos.exists(i2i::app::kDotFolder));
    CHECK(open_volume(photos.path(), library.ledger, "123", VolumeUse::write).has_value() == row.ours);
    if (row.ours) CHECK(must(i2i::app::decode_marker(photos.read(kMarker))).volume_id == id);
  }
}

TEST_CASE("whose volume it is") {
  Library library;
  Library rebuilt;
  Library other;
  const TempFolder photos;
  const TempFolder second;
  must(open_volume(photos.path(), library.ledger, "123", VolumeUse::write));

  SECTION("another account does not take it over") {
    const auto opened = open_volume(photos.path(), other.ledger, "456", VolumeUse::write);
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::volume_foreign);
    CHECK_THAT(opened.error().message, ContainsSubstring("another iCloud account"));
    CHECK(must(known_volume_id(other.ledger)).empty());
  }
  SECTION("a rebuilt ledger of the same account does, once it writes") {
    must(open_volume(photos.path(), rebuilt.ledger, "123", VolumeUse::read));
    CHECK(must(known_volume_id(rebuilt.ledger)).empty());
    must(open_volume(photos.path(), rebuilt.ledger, "123", VolumeUse::write));
    CHECK(must(known_volume_id(rebuilt.ledger)) == must(known_volume_id(library.ledger)));
  }
  SECTION("another volume of the same account is not the one the files are on") {
    must(open_volume(second.path(), rebuilt.ledger, "123", VolumeUse::write));
    const auto opened = open_volume(second.path(), library.ledger, "123", VolumeUse::write);
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::volume_foreign);
    CHECK_THAT(opened.error().remedy, ContainsSubstring("--photos-dir"));
  }
}

TEST_CASE("a photos dir that is none") {
  Library library;
  const TempFolder folder;
  folder.write("file", "x");
  CHECK(open_volume("", library.ledger, "123", VolumeUse::write).error().code == ErrorCode::usage);
  const auto missing = open_volume(folder.path("missing"), library.ledger, "123", VolumeUse::write);
  REQUIRE(!missing);
  CHECK(missing.error().code == ErrorCode::volume);
  CHECK_THAT(missing.error().remedy, ContainsSubstring("--photos-dir"));
  CHECK(open_volume(folder.path("file"), library.ledger, "123", VolumeUse::write).error().code == ErrorCode::volume);
}

TEST_CASE("a marker that cannot be trusted keeps us off the volume") {
  Library library;
  const TempFolder photos;
  const TempFolder elsewhere;
  struct Row {
    const char* name;
    std::string text;
  };
  const Row rows[] = {
      {"empty", ""},
      {"cut", R"({"made_by":"icloud2immich","volume_)"},
      {"not an object", "[]"},
      {"no id", R"({"account":"abc"})"},
      {"an id that leads away", R"({"volume_id":"../../../../tmp/x","account":"abc"})"},
      {"an id that is no name", R"({"volume_id":"a/b","account":"abc"})"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    photos.write(kMarker, row.text);
    CHECK(i2i::app::decode_marker(row.text).has_value() == false);
    const auto opened = open_volume(photos.path(), library.ledger, "123", VolumeUse::write);
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::volume_foreign);
    CHECK(!opened.error().remedy.empty());
    CHECK(photos.read(kMarker) == row.text);
  }
  // Nor is one read that lies elsewhere.
  std::filesystem::remove(photos.path(kMarker));
  Library owner;
  must(open_volume(elsewhere.path(), owner.ledger, "123", VolumeUse::write));
  std::filesystem::create_symlink(elsewhere.path(kMarker), photos.path(kMarker));
  CHECK(!open_volume(photos.path(), library.ledger, "123", VolumeUse::write));
}

TEST_CASE("a marker comes back as it was written") {
  const i2i::app::VolumeMarker marker{"6f9619ff-8b86-d011-b42d-00cf4fc964ff", "abc"};
  const auto back = must(i2i::app::decode_marker(i2i::app::encode_marker(marker)));
  CHECK(back.volume_id == marker.volume_id);
  CHECK(back.account == marker.account);
  CHECK_THAT(i2i::app::encode_marker(marker), ContainsSubstring("Keep this file"));
}
