#include "i2i/ledger/volume_files.hpp"

#include "ledger_fixture.hpp"

using i2i::ledger::FileKind;
using i2i::ledger::Ledger;
using i2i::ledger::VolumeFile;
using i2i::ledger::VolumeFiles;
using i2i::util::FileFacts;
using ledger_test::must;
using ledger_test::open_new;
using ledger_test::TempDir;

namespace {

FileFacts facts() {
  FileFacts made;
  made.size = 10;
  made.mtime_ms = -62'135'596'800'000;  // the year 1
  made.mtime_ns = 999'999'999;
  made.inode = ~std::uint64_t{0};
  return made;
}

}  // namespace

TEST_CASE("what was read of a file holds as long as size, time and inode do") {
  struct Row {
    const char* name;
    void (*change)(FileFacts&);
    bool kept;
  };
  const Row rows[] = {
      {"nothing changed", [](FileFacts&) {}, true},        {"size", [](FileFacts& f) { ++f.size; }, false},
      {"time", [](FileFacts& f) { ++f.mtime_ms; }, false}, {"a nanosecond", [](FileFacts& f) { --f.mtime_ns; }, false},
      {"inode", [](FileFacts& f) { --f.inode; }, false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const TempDir dir;
    Ledger ledger = open_new(dir);
    VolumeFiles files(ledger);
    must(files.saw(must(files.begin_walk()), "a.jpg", FileKind::to_read, facts()));
    must(files.set_content("a.jpg", {"checksum", "sha1", 10}));
    auto later = facts();
    row.change(later);
    must(files.saw(must(files.begin_walk()), "a.jpg", FileKind::unknown, later));
    const auto file = must(files.at("a.jpg"));
    REQUIRE(file);
    CHECK(file->kind == FileKind::unknown);
    CHECK(i2i::ledger::is_same_file(file->facts, later));
    CHECK(file->checksum == (row.kept ? "checksum" : ""));
    CHECK(file->sha1_hex == (row.kept ? "sha1" : ""));
    CHECK(must(files.with_content("checksum")).size() == (row.kept ? 1 : 0));
  }
}

TEST_CASE("a walk drops what it did not meet; the list streams by path and is counted by kind") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  VolumeFiles files(ledger);
  const auto first = must(files.begin_walk());
  must(files.saw(first, "gone.jpg", FileKind::unknown, facts()));
  const auto second = must(files.begin_walk());
  CHECK(second > first);
  for (int i = 0; i < 2'500; ++i) {
    must(files.saw(second, std::to_string(i), i % 2 == 0 ? FileKind::to_read : FileKind::other, facts()));
  }
  must(files.set_content("0", {"c", "s", 10}));
  must(files.end_walk(second));
  CHECK_FALSE(must(files.at("gone.jpg")));
  std::string last;
  int seen = 0;
  must(files.for_each(FileKind::to_read, [&](const VolumeFile& file) -> i2i::util::Result<void> {
    CHECK(file.path > last);
    last = file.path;
    ++seen;
    return files.set_kind(file.path, FileKind::copy);
  }));
  CHECK(seen == 1'250);
  auto counts = must(files.counts());
  CHECK(counts.size() == 2);
  CHECK(counts[FileKind::copy].files == 1'250);
  CHECK(counts[FileKind::copy].bytes == 12'500);
  CHECK(counts[FileKind::copy].unread_files == 1'249);
  CHECK(counts[FileKind::copy].unread_bytes == 12'490);
  CHECK(counts[FileKind::other].files == 1'250);
  CHECK(must(files.with_content("")).empty());  // unread is no content
  must(files.remove("0"));
  CHECK_FALSE(must(files.at("0")));
}
