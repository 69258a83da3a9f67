#include <set>

#include "i2i/ledger/placements.hpp"
#include "ledger_fixture.hpp"

using i2i::ledger::Placement;
using i2i::ledger::Placements;
using ledger_test::must;

namespace {

constexpr i2i::util::UnixMillis kNow = 1'714'953'600'000;
constexpr i2i::util::UnixMillis kDay = 86'400'000;

void place(Placements& placements, const std::string& name) {
  Placement row;
  row.checksum = name;
  row.path = name + ".JPG";
  row.size = 10;
  must(placements.reserve(row));
  must(placements.mark_placed({row}));
}

std::vector<std::string> part_of(Placements& placements, double part) {
  std::vector<std::string> found;
  must(placements.for_each_by_age(part, [&](const Placement& one, bool in_part) -> i2i::util::Result<void> {
    if (in_part) found.push_back(one.checksum);
    return {};
  }));
  return found;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the part whose proof is the oldest, never proven first") {
  const ledger_test::TempDir dir;
  auto ledger = ledger_test::open_new(dir);
  Placements placements(ledger);
  CHECK(part_of(placements, 1).empty());
  for (const std::string name : {"a", "b", "c", "d", "e"}) place(placements, name);
  CHECK(part_of(placements, 0.4) == Names{"a", "b"});
  must(placements.note_proven({"a"}, kNow));
  must(placements.note_proven({"b"}, kNow - kDay));
  CHECK(part_of(placements, 0.01) == Names{"c"});
  CHECK(part_of(placements, 0.8) == Names{"b", "c", "d", "e"});
  CHECK(part_of(placements, 1) == Names{"a", "b", "c", "d", "e"});
  must(placements.mark_damaged("a"));
  CHECK(part_of(placements, 0.25) == Names{"a", "c"});  // what is damaged always is
}

TEST_CASE("twelve twelfths come round, also while files are added") {
  const ledger_test::TempDir dir;
  auto ledger = ledger_test::open_new(dir);
  Placements placements(ledger);
  constexpr int kFiles = 29;
  std::set<std::string> unseen;
  for (int i = 0; i < kFiles; ++i) {
    unseen.insert("c" + std::to_string(i));
    place(placements, "c" + std::to_string(i));
  }
  for (int month = 0; month < 12; ++month) {
    const auto part = part_of(placements, 1.0 / 12);
    for (const auto& name : part) unseen.erase(name);
    must(placements.note_proven(part, kNow + month * 30 * kDay));
    Placement added;
    added.checksum = "new" + std::to_string(month);
    added.path = added.checksum;
    must(placements.reserve(added));
    added.proven_at = kNow + month * 30 * kDay;  // as a download leaves it
    must(placements.mark_placed({added}));
  }
  CHECK(unseen.empty());
}

TEST_CASE("each proof counts in the first span that it is within") {
  const ledger_test::TempDir dir;
  auto ledger = ledger_test::open_new(dir);
  Placements placements(ledger);
  for (const std::string name : {"now", "week", "spring", "old", "never", "gone"}) place(placements, name);
  must(placements.note_proven({"now"}, kNow + 999));
  must(placements.note_proven({"week"}, kNow - 7 * kDay));
  must(placements.note_proven({"spring"}, kNow - 90 * kDay));
  must(placements.note_proven({"old", "gone"}, kNow - 900 * kDay));
  must(placements.mark_damaged("gone"));
  const auto ages = must(placements.proof_ages({kNow, kNow - 31 * kDay, kNow - 366 * kDay}));
  CHECK(ages.this_run == 1);
  CHECK(ages.month == 1);
  CHECK(ages.year == 1);
  CHECK(ages.older == 1);
  CHECK(ages.never == 1);
  CHECK(ages.oldest == kNow - 900 * kDay);
  CHECK(ages.newest == kNow);
}
