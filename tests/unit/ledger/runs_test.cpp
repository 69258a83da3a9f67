#include "i2i/ledger/runs.hpp"

#include <sys/stat.h>

#include "ledger_fixture.hpp"

using i2i::ledger::Ledger;
using i2i::ledger::RunLock;
using i2i::ledger::Runs;
using ledger_test::must;
using ledger_test::open_new;
using ledger_test::TempDir;

TEST_CASE("one run at a time") {
  const TempDir dir;
  {
    const RunLock lock = must(RunLock::take(dir.file("lock")));
    struct stat facts {};
    REQUIRE(::stat(dir.file("lock").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0600);
    const auto second = RunLock::take(dir.file("lock"));
    REQUIRE_FALSE(second);
    CHECK(second.error().code == i2i::util::ErrorCode::run_locked);
    CHECK_THAT(second.error().message, ContainsSubstring(std::to_string(::getpid())));
  }
  must(RunLock::take(dir.file("lock")));
  CHECK(RunLock::take(dir.file("no such folder/lock")).error().code == i2i::util::ErrorCode::not_found);
}

TEST_CASE("runs, newest first, the last thousand") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Runs runs(ledger);
  const auto first = must(runs.start("sync", 100));
  must(runs.end(first, 200, 4, "3 files"));
  must(runs.start("verify", 300));
  const auto last = must(runs.last(5));
  REQUIRE(last.size() == 2);
  CHECK((last[0].command == "verify" && last[0].started_at == 300 && !last[0].ended_at));
  CHECK((last[1].ended_at == 200 && last[1].exit_code == 4 && last[1].summary == "3 files"));
  auto transaction = must(i2i::ledger::Transaction::begin(ledger));
  for (int i = 0; i < 1100; ++i) must(runs.start("sync", i));
  must(transaction.commit());
  CHECK(must(runs.last(5000)).size() == 1000);
}

TEST_CASE("left-overs are replaced as a whole") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  Runs runs(ledger);
  must(runs.set_left_overs({{"c2", "no file"}, {"c1", "wrong bytes"}}));
  must(runs.set_left_overs({{"c3", "throttled"}, {"c1", "wrong bytes"}}));
  const auto left = must(runs.left_overs());
  REQUIRE(left.size() == 2);
  CHECK((left[0].checksum == "c3" && left[1].reason == "wrong bytes"));
}
