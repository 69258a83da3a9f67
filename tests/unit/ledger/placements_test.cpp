#include "i2i/ledger/placements.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include "ledger/path_key.hpp"
#include "ledger_fixture.hpp"

using i2i::ledger::Ledger;
using i2i::ledger::OpenMode;
using i2i::ledger::Placement;
using i2i::ledger::Placements;
using i2i::ledger::PlacementState;
using i2i::util::ErrorCode;
using ledger_test::must;
using ledger_test::open_new;
using ledger_test::TempDir;

namespace {

Placement placement(const std::string& checksum, const std::string& path, std::uint64_t size = 10) {
  Placement made;
  made.checksum = checksum;
  made.path = path;
  made.size = size;
  made.mtime_ms = 1'700'000'000'123;
  return made;
}

std::string paths(Placements& placements, std::optional<PlacementState> state) {
  std::string found;
  must(placements.for_each(state, [&](const Placement& one) -> i2i::util::Result<void> {
    found += one.path + " ";
    return {};
  }));
  return found;
}

}  // namespace

TEST_CASE("a path is reserved once, whatever its case") {
  struct Row {
    const char* name;
    Placement placement;
    bool refused;
  };
  const Row rows[] = {
      {"first", placement("c1", "2024/IMG_1.HEIC"), false},
      {"same again", placement("c1", "2024/IMG_1.HEIC"), true},
      {"same content, other path", placement("c1", "2024/IMG_2.HEIC"), true},
      {"other content, same path", placement("c2", "2024/IMG_1.HEIC"), true},
      {"other content, other case", placement("c2", "2024/img_1.heic"), true},
      {"non-ASCII", placement("c3", "2024/\xC3\x84.HEIC"), false},
      {"non-ASCII, other case", placement("c4", "2024/\xC3\xA4.heic"), true},
      {"non-ASCII, decomposed", placement("c4", "2024/A\xCC\x88.HEIC"), true},
      {"free path", placement("c2", "2024/IMG_2.HEIC"), false},
  };
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Placements placements(ledger);
  for (const Row& row : rows) {
    INFO(row.name);
    const auto reserved = placements.reserve(row.placement);
    CHECK(reserved.has_value() == !row.refused);
    if (!reserved) CHECK(reserved.error().code == ErrorCode::refused);
  }
  CHECK(must(placements.at_path("2024/img_1.HEIC"))->checksum == "c1");
  CHECK_FALSE(must(placements.at_path("2024/IMG_9.HEIC")));
}

TEST_CASE("planned, placed, damaged, placed again") {
  const TempDir dir;
  {
    Ledger ledger = open_new(dir);
    Placements placements(ledger);
    Placement one = placement("c1", "b.HEIC", 0);
    one.state = PlacementState::placed;  // reserve never makes a placed row
    must(placements.reserve(one));
    must(placements.reserve(placement("c2", "a.HEIC", 5)));
    CHECK(must(placements.find("c1"))->state == PlacementState::planned);
    one.size = 12;
    one.sha1_hex = "abc";
    one.proven = true;
    one.adopted = true;
    must(placements.mark_placed({one}));
  }
  Ledger ledger = must(Ledger::open(dir.file("ledger"), OpenMode::existing));
  Placements placements(ledger);
  const Placement found = must(placements.find("c1")).value();
  CHECK((found.state == PlacementState::placed && found.size == 12 && found.sha1_hex == "abc"));
  CHECK((found.proven && found.adopted && found.mtime_ms == 1'700'000'000'123));
  auto totals = must(placements.totals());
  CHECK((totals.placed == 1 && totals.planned == 1 && totals.damaged == 0 && totals.bytes == 12));
  CHECK(paths(placements, std::nullopt) == "b.HEIC a.HEIC ");
  CHECK(paths(placements, PlacementState::planned) == "a.HEIC ");

  must(placements.mark_damaged("c1"));
  must(placements.mark_damaged("c2"));  // planned: stays
  totals = must(placements.totals());
  CHECK((totals.placed == 0 && totals.planned == 1 && totals.damaged == 1 && totals.bytes == 0));
  CHECK(paths(placements, std::nullopt) == "b.HEIC a.HEIC ");
  must(placements.mark_placed({found}));
  CHECK(must(placements.totals()).placed == 1);
}

TEST_CASE("a group of placed files is all or nothing") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Placements placements(ledger);
  must(placements.reserve(placement("c1", "a")));
  must(placements.reserve(placement("c2", "b")));
  CHECK_FALSE(placements.mark_placed({placement("c1", "a"), placement("unknown", "c")}));
  CHECK_FALSE(placements.mark_placed({placement("c1", "a"), placement("c2", "another path")}));
  CHECK(must(placements.totals()).placed == 0);
  must(placements.mark_placed({placement("c1", "a"), placement("c2", "b")}));
  CHECK(must(placements.totals()).placed == 2);
}

TEST_CASE("only reservations are given back") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Placements placements(ledger);
  must(placements.reserve(placement("c1", "a")));
  must(placements.release("c1"));
  must(placements.release("c1"));
  CHECK_FALSE(must(placements.find("c1")));
  must(placements.reserve(placement("c1", "elsewhere")));
  must(placements.mark_placed({placement("c1", "elsewhere")}));
  CHECK(placements.release("c1").error().code == ErrorCode::refused);
  must(placements.forget("c1"));
  CHECK_FALSE(must(placements.find("c1")));
}

TEST_CASE("rows may change while they are visited") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Placements placements(ledger);
  constexpr int kRows = 2'500;
  {
    auto transaction = must(i2i::ledger::Transaction::begin(ledger));
    for (int i = 0; i < kRows; ++i)
      must(placements.reserve(placement("c" + std::to_string(i), "p" + std::to_string(i))));
    must(transaction.commit());
  }
  int seen = 0;
  auto transaction = must(i2i::ledger::Transaction::begin(ledger));
  must(placements.for_each(PlacementState::planned, [&](const Placement& one) {
    ++seen;
    return placements.mark_placed({one});
  }));
  must(transaction.commit());
  CHECK(seen == kRows);
  CHECK(must(placements.totals()).placed == kRows);
  const auto stopped = placements.for_each(std::nullopt, [](const Placement&) -> i2i::util::Result<void> {
    return i2i::util::fail(ErrorCode::cancelled, "enough");
  });
  CHECK(stopped.error().code == ErrorCode::cancelled);
}

TEST_CASE("a file on the volume becomes a placement") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Placements placements(ledger);
  Placement adopted = placement("c1", "Photos/IMG_1 (1).HEIC");
  adopted.proven = true;
  must(placements.adopt(adopted));
  const auto row = must(placements.find("c1"));
  REQUIRE(row);
  CHECK(row->state == PlacementState::placed);
  CHECK(row->adopted);
  CHECK(row->proven);
  CHECK(row->mtime_ms == adopted.mtime_ms);

  SECTION("once") {
    const auto again = placements.adopt(placement("c1", "elsewhere.HEIC"));
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::refused);
  }
  SECTION("not where another content is") {
    const auto other = placements.adopt(placement("c2", "Photos/IMG_1 (1).HEIC"));
    REQUIRE_FALSE(other);
    CHECK(other.error().code == ErrorCode::refused);
    CHECK_FALSE(must(placements.find("c2")));
  }
  SECTION("in place of its reservation") {
    must(placements.reserve(placement("c2", "2024/IMG_2.HEIC")));
    must(placements.adopt(placement("c2", "Photos/x")));
    CHECK(must(placements.find("c2"))->path == "Photos/x");
    CHECK_FALSE(must(placements.at_path("2024/IMG_2.HEIC")));
  }
  SECTION("beside one that differs by case alone") {
    must(placements.adopt(placement("c2", "photos/img_1 (1).heic")));
    must(placements.adopt(placement("c3", "PHOTOS/IMG_1 (1).HEIC")));
    CHECK(must(placements.at_path("Photos/IMG_1 (1).HEIC"))->checksum == "c1");
    CHECK(must(placements.at_path("photos/img_1 (1).heic"))->checksum == "c2");
    CHECK(must(placements.at_path("PHOTOS/IMG_1 (1).HEIC"))->checksum == "c3");
    CHECK(must(placements.exactly_at("photos/img_1 (1).heic"))->checksum == "c2");
    CHECK_FALSE(must(placements.exactly_at("photos/IMG_1 (1).HEIC")));
    CHECK(must(placements.at_path("photos/IMG_1 (1).HEIC")));  // taken, for a new file
    CHECK_FALSE(placements.reserve(placement("c4", "photos/IMG_1 (1).HEIC")));
  }
}

TEST_CASE("paths that share a key are told apart") {
  const TempDir dir;
  const std::string one = "1abc/24ff97c.jpg";
  const std::string other = "7621/3096f71.jpg";
  REQUIRE(i2i::ledger::path_key(one) == i2i::ledger::path_key(other));  // looked for among 60 million
  Ledger ledger = open_new(dir);
  Placements placements(ledger);
  must(placements.reserve(placement("c1", other)));
  CHECK_FALSE(must(placements.at_path(one)));
  CHECK_FALSE(must(placements.exactly_at(one)));
  must(placements.reserve(placement("c2", "1ABC/24ff97c.JPG")));
  CHECK(must(placements.at_path(one))->checksum == "c2");
  CHECK(placements.reserve(placement("c3", "1abc/24ff97c.JPG")).error().code == ErrorCode::refused);
}

TEST_CASE("a row that nobody wrote is damage, not an answer") {
  const TempDir dir;
  struct Case {
    const char* name;
    const char* change;
  };
  const auto row = GENERATE(values<Case>({
      {"another path", "UPDATE placements SET path = 'b.JPG'"},
      {"another key", "UPDATE placements SET path_key = path_key + 1"},
      {"a state that there is not", "UPDATE placements SET state = 5"},
      {"a SHA-1 that is too short", "UPDATE placements SET sha1 = x'0102'"},
      {"a column that is called otherwise", "ALTER TABLE placements RENAME COLUMN adopted TO adoptee"},
  }));
  INFO(row.name);
  {
    Ledger ledger = open_new(dir);
    Placements placements(ledger);
    must(placements.reserve(placement("c1", "a.JPG")));
    must(placements.mark_placed({placement("c1", "a.JPG")}));
  }
  SQLite::Database(dir.file("ledger"), SQLite::OPEN_READWRITE).exec(row.change);
  Ledger ledger = must(Ledger::open(dir.file("ledger"), OpenMode::existing));
  const auto found = Placements(ledger).find("c1");
  REQUIRE_FALSE(found);
  CHECK(found.error().code == ErrorCode::ledger_damaged);
  CHECK(found.error().remedy.find("sync --rebuild") != std::string::npos);
}

TEST_CASE("what a planned row keeps free is no SHA-1") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Placements placements(ledger);
  must(placements.reserve(placement("c1", "a")));
  CHECK(must(placements.find("c1"))->sha1_hex.empty());
  Placement placed = placement("c1", "a");
  must(placements.mark_placed({placed}));
  CHECK(must(placements.find("c1"))->sha1_hex.empty());
  placed.sha1_hex = "43e8ed1ae3e5276642358e0e5d4201aaf5fd2b88";
  must(placements.mark_placed({placed}));
  CHECK(must(placements.find("c1"))->sha1_hex == placed.sha1_hex);
}
