#include "app/import/presence.hpp"

#include "i2i/ledger/imports.hpp"
#include "unit/app/immich_fixture.hpp"

using namespace app_test;
using i2i::app::for_each_presence;
using i2i::app::is_importable;
using i2i::app::PresentFile;

TEST_CASE("which files Immich imports at all") {
  const std::vector<std::string> extensions{".heic", ".jpg", ".mov"};
  struct Row {
    const char* path;
    bool importable;
  };
  const Row rows[] = {
      {"2024/IMG_1.HEIC", true},      {"2024/img.jpg", true}, {"a.b.c.MoV", true},        {"2024/note.xyz", false},
      {"2024/IMG_1.HEIC.xmp", false}, {"2024/noname", false}, {"2024.jpg/noname", false}, {"", false},
      {"trailing.", false},           {"2024/IMGjpg", false},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    CHECK(is_importable(row.path, extensions) == row.importable);
  }
  CHECK(!is_importable("a.jpg", {}));
}

TEST_CASE("presence is asked for every placed file, by its path in the container") {
  ImmichWorld world;
  world.file("2024/a.HEIC", "a", "id-a");
  world.file("2024/b.HEIC", "b", "");
  world.file("2024/c.HEIC", "c", "id-c", true);
  world.file("2024/d.xyz", "d", "");
  i2i::ledger::Placement planned;
  planned.checksum = checksum_of("e");
  planned.path = "2024/e.HEIC";
  must(i2i::ledger::Placements(world.ledger).reserve(planned));
  std::vector<std::string> seen;
  const auto totals =
      must(for_each_presence(*world.access, world.ledger, [&](const PresentFile& file) -> i2i::util::Result<void> {
        seen.push_back(file.placement.path + "=" + file.presence.asset_id + (file.presence.trashed ? " trashed" : ""));
        return {};
      }));
  CHECK(seen == std::vector<std::string>{"2024/a.HEIC=id-a", "2024/b.HEIC=", "2024/c.HEIC=id-c trashed"});
  CHECK(totals.expected == 3);
  CHECK(totals.not_importable == 1);
  CHECK(totals.not_importable_kinds == std::map<std::string, std::int64_t>{{".xyz", 1}});
}

TEST_CASE("a bulk answer that proves wrong gives way to a search for each") {
  struct Row {
    const char* name;
    ImmichWorld::Bulk bulk;
  };
  const Row rows[] = {{"right", ImmichWorld::Bulk::right},
                      {"says nothing is there", ImmichWorld::Bulk::knows_none},
                      {"says everything is there", ImmichWorld::Bulk::knows_all}};
  for (const Row& row : rows) {
    INFO(row.name);
    ImmichWorld world;
    world.bulk = row.bulk;
    world.file("2024/a.HEIC", "a", "id-a");
    world.file("2024/b.HEIC", "b", "");
    world.file("2024/c.HEIC", "c", "id-c");
    std::vector<std::string> seen;
    must(for_each_presence(*world.access, world.ledger, [&](const PresentFile& file) -> i2i::util::Result<void> {
      seen.push_back(file.placement.path + "=" + file.presence.asset_id);
      return {};
    }));
    CHECK(seen == std::vector<std::string>{"2024/a.HEIC=id-a", "2024/b.HEIC=", "2024/c.HEIC=id-c"});
  }
}

TEST_CASE("where Immich has everything, one request says so") {
  ImmichWorld world;
  world.file("2024/a.HEIC", "a", "id-a");
  world.file("2024/b.HEIC", "b", "id-b");
  must(for_each_presence(*world.access, world.ledger, [](const PresentFile&) { return i2i::util::Result<void>(); }));
  CHECK(world.http.lines() == std::vector<std::string>{"GET /server/media-types", "POST /assets/bulk-upload-check"});
}

TEST_CASE("an answer that fails ends the look, and names Immich") {
  ImmichWorld world;
  world.file("2024/a.HEIC", "a", "id-a");
  const auto looked = for_each_presence(*world.access, world.ledger, [](const PresentFile&) {
    return i2i::util::Result<void>(i2i::util::fail(i2i::util::ErrorCode::ledger_damaged, "broken"));
  });
  REQUIRE(!looked);
  CHECK(looked.error().code == i2i::util::ErrorCode::ledger_damaged);
}

TEST_CASE("an error of Immich's names Immich by its code, others stay") {
  using i2i::util::ErrorCode;
  for (int value = 0; value <= static_cast<int>(ErrorCode::ledger_newer); ++value) {
    const auto code = static_cast<ErrorCode>(value);
    const auto now = i2i::app::as_immich({code, "words", "remedy", std::nullopt});
    INFO(value);
    CHECK(now.message == "words");
    switch (code) {
      case ErrorCode::unreachable:
      case ErrorCode::throttled:
      case ErrorCode::timed_out_waiting:
        CHECK(now.code == ErrorCode::immich_unreachable);
        break;
      case ErrorCode::refused:
      case ErrorCode::not_found:
      case ErrorCode::auth_expired:
      case ErrorCode::bad_answer:
        CHECK(now.code == ErrorCode::immich_refused);
        break;
      default:
        CHECK(now.code == code);
    }
  }
}
