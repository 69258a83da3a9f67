#include "i2i/ledger/sidecars.hpp"

#include "i2i/ledger/placements.hpp"
#include "ledger_fixture.hpp"

using namespace ledger_test;
using i2i::ledger::Placement;
using i2i::ledger::Placements;
using i2i::ledger::SidecarOrigin;
using i2i::ledger::Sidecars;
using i2i::ledger::SidecarState;

namespace {

const std::string kSaid("\0\1\2\3 digest", 11);
const std::string kSha1("\xFF\0 twenty", 9);

Placement placed(const std::string& checksum, const std::string& path) {
  Placement row;
  row.checksum = checksum;
  row.path = path;
  row.mtime_ms = 1'000;
  return row;
}

}  // namespace

TEST_CASE("only a placed file has a place for a sidecar") {
  const TempDir dir;
  auto ledger = open_new(dir);
  Placements placements(ledger);
  Sidecars sidecars(ledger);
  CHECK(must(sidecars.place("C")) == std::nullopt);
  must(placements.reserve(placed("C", "2024/a.jpg")));
  CHECK(must(sidecars.place("C")) == std::nullopt);
  must(placements.mark_placed({placed("C", "2024/a.jpg")}));
  const auto place = must(sidecars.place("C"));
  REQUIRE(place);
  CHECK(place->path == "2024/a.jpg");
  CHECK(place->mtime_ms == 1'000);
  CHECK(place->looked == std::nullopt);
}

TEST_CASE("what is being written is known before and after") {
  const TempDir dir;
  auto ledger = open_new(dir);
  must(Placements(ledger).reserve(placed("C", "2024/a.jpg")));
  must(Placements(ledger).mark_placed({placed("C", "2024/a.jpg")}));
  Sidecars sidecars(ledger);
  CHECK(must(sidecars.find("C")) == std::nullopt);
  const SidecarState next{kSaid, kSha1, SidecarOrigin::ours};
  must(sidecars.intend({{"C", next}}));
  auto row = must(sidecars.find("C"));
  REQUIRE(row);
  CHECK(row->now == SidecarState{});
  CHECK(row->next == next);

  must(sidecars.settle({{"C", -5, 2'000, next}}));
  row = must(sidecars.find("C"));
  REQUIRE(row);
  CHECK(row->now == next);
  CHECK(row->next == SidecarState{});
  const auto place = must(sidecars.place("C"));
  REQUIRE(place);
  CHECK(place->looked == -5);
  CHECK(place->mtime_ms == 2'000);

  must(sidecars.settle({{"C", 7, std::nullopt, std::nullopt}}));
  CHECK(must(sidecars.place("C"))->looked == 7);
  CHECK(must(sidecars.place("C"))->mtime_ms == 2'000);
  CHECK(must(sidecars.find("C"))->now == next);
}

TEST_CASE("a file that leaves the volume keeps its sidecar's row, for the day it comes back") {
  const TempDir dir;
  auto ledger = open_new(dir);
  must(Placements(ledger).reserve(placed("C", "2024/a.jpg")));
  must(Placements(ledger).mark_placed({placed("C", "2024/a.jpg")}));
  Sidecars sidecars(ledger);
  must(sidecars.settle({{"C", 1, std::nullopt, SidecarState{kSaid, kSha1, SidecarOrigin::ours}}}));
  must(Placements(ledger).forget("C"));
  CHECK(must(sidecars.find("C"))->now.sha1 == kSha1);
}

TEST_CASE("sidecars that others wrote to are counted") {
  const TempDir dir;
  auto ledger = open_new(dir);
  Sidecars sidecars(ledger);
  must(sidecars.settle({{"A", 1, std::nullopt, SidecarState{kSaid, kSha1, SidecarOrigin::ours}},
                        {"B", 1, std::nullopt, SidecarState{kSaid, kSha1, SidecarOrigin::shared}},
                        {"C", 1, std::nullopt, SidecarState{{}, {}, SidecarOrigin::others}},
                        {"D", 1, std::nullopt, SidecarState{{}, {}, SidecarOrigin::others}}}));
  CHECK(must(sidecars.totals()).shared == 1);
  CHECK(must(sidecars.totals()).others == 2);
}
