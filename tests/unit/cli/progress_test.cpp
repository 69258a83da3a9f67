#include "cli/progress.hpp"

#include "catch.hpp"

using i2i::app::Progress;
using Phase = Progress::Phase;

TEST_CASE("a progress line") {
  struct Row {
    const char* name;
    Progress progress;
    int elapsed_s;
    const char* text;
  };
  const Row rows[] = {
      {"listing, total unknown", {Phase::listing, 1'200, 0, 0, 0}, 5, "listing 1,200"},
      {"listing", {Phase::listing, 1'200, 48'213, 0, 0}, 5, "listing 1,200 of 48,213"},
      {"walking the volume", {Phase::recognising, 1'000, 0, 0, 0}, 5, "reading the volume, 1,000"},
      {"reading the volume",
       {Phase::recognising, 120, 4'000, 1'200'000'000, 40'000'000'000},
       60,
       "reading the volume, 120 of 4,000 files, 1.2 GB of 40.0 GB, 20.0 MB/s, 32 min 20 s left"},
      {"planning", {Phase::planning, 1'000, 0, 0, 0}, 5, "planning 1,000"},
      {"fetching",
       {Phase::transferring, 120, 4'000, 1'200'000'000, 40'000'000'000},
       60,
       "fetching 120 of 4,000 files, 1.2 GB of 40.0 GB, 20.0 MB/s, 32 min 20 s left"},
      {"no second has passed",
       {Phase::transferring, 1, 4'000, 1'000'000, 40'000'000'000},
       0,
       "fetching 1 of 4,000 files, 1.0 MB of 40.0 GB"},
      {"nothing came yet", {Phase::transferring, 0, 2, 0, 5'000}, 9, "fetching 0 of 2 files, 0 B of 5.0 kB"},
      {"less than a byte a second: no guess",
       {Phase::transferring, 0, 2, 5, 5'000},
       9,
       "fetching 0 of 2 files, 5 B of 5.0 kB, 0 B/s"},
      {"more came than was announced: no time left",
       {Phase::transferring, 2, 2, 6'000, 5'000},
       3,
       "fetching 2 of 2 files, 6.0 kB of 5.0 kB, 2.0 kB/s"},
      {"verifying",
       {Phase::verifying, 10, 20, 1'000'000, 2'000'000},
       10,
       "verifying 10 of 20 files, 1.0 MB of 2.0 MB, 100.0 kB/s, 10 s left"},
      {"Immich works", {Phase::scanning, 0, 1'234, 0, 0}, 77, "waiting for Immich: 1,234 jobs left"},
      {"Immich is through", {Phase::scanning, 0, 0, 0, 0}, 77, "waiting for Immich: 0 jobs left"},
      {"numbers that cannot be", {Phase::transferring, -1, 2, -5, -6}, 1, "fetching 0 of 2 files, 0 B of 0 B"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(i2i::cli::progress_text(row.progress, std::chrono::seconds(row.elapsed_s)) == row.text);
  }
}
