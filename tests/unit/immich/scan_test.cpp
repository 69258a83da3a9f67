#include "i2i/immich/scan.hpp"

#include "fake_immich.hpp"

using i2i::immich::scan_and_wait;
using i2i::immich::ScanOptions;
using i2i::net::Request;
using i2i::net::Response;
using i2i::util::ErrorCode;
using i2i::util::Result;
using immich_test::FakeHttp;
using immich_test::json;
using immich_test::World;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

struct Counts {
  int library = 0;
  int sidecar = 0;
  int extraction = 0;
  const char* paused = "";
};

std::string jobs(const Counts& counts) {
  const auto one = [&](const char* name, int waiting) {
    return std::string("\"") + name + R"(":{"jobCounts":{"active":0,"waiting":)" + std::to_string(waiting) +
           R"(},"queueStatus":{"isPaused":)" + (std::string(counts.paused) == name ? "true" : "false") + "}}";
  };
  return "{" + one("library", counts.library) + "," + one("sidecar", counts.sidecar) + "," +
         one("metadataExtraction", counts.extraction) + "}";
}

/// Reads of the queues answer one after another; the last stays.
struct Script {
  std::vector<Counts> before;  // until the scan is started
  std::vector<Counts> after;
  bool crawls = true;

  std::size_t read_before = 0;
  std::size_t read_after = 0;
  bool scanned = false;

  Result<Response> answer(const Request& request) {
    const std::string line = FakeHttp::line(request);
    if (line == "POST /libraries/l1/scan") {
      CHECK_FALSE(scanned);
      scanned = true;
      Response response;
      response.status = 204;
      return response;
    }
    if (line == "GET /libraries/l1") {
      const char* const when = scanned && crawls ? "\"2025-01-02T03:04:06.000Z\"" : "\"2025-01-01T00:00:00.000Z\"";
      return json(200,
                  std::string(R"({"id":"l1","ownerId":"u","name":"n","importPaths":[],"refreshedAt":)") + when + "}");
    }
    REQUIRE(line == "GET /jobs");
    auto& counts = scanned ? after : before;
    auto& at = scanned ? read_after : read_before;
    const Counts now = counts.empty() ? Counts{} : counts.at(std::min(at, counts.size() - 1));
    ++at;
    return json(200, jobs(now));
  }
};

Result<i2i::immich::ScanOutcome> run(World& world, const ScanOptions& options = {},
                                     const std::function<void(std::int64_t)>& progress = {}) {
  return scan_and_wait(world.client, world.clock, world.stop.get_token(), "l1", options, progress);
}

}  // namespace

TEST_CASE("an idle server: three reads, no waiting") {
  Script script;
  World world([&](const Request& request) { return script.answer(request); });
  const auto outcome = run(world);
  REQUIRE(outcome);
  CHECK(outcome->crawl_finished);
  CHECK(world.http.lines() == std::vector<std::string>{"GET /jobs", "GET /libraries/l1", "POST /libraries/l1/scan",
                                                       "GET /jobs", "GET /jobs", "GET /jobs", "GET /libraries/l1"});
  CHECK(world.clock.sleeps.empty());
}

TEST_CASE("the scan starts when somebody else's has ended") {
  Script script;
  script.before = {{2, 0, 0}, {1, 5, 0}, {0, 5, 9}};
  World world([&](const Request& request) { return script.answer(request); });
  REQUIRE(run(world));
  CHECK(script.read_before == 3);
  CHECK(world.clock.sleeps.size() == 2);
}

TEST_CASE("work that moves on between the reads is not missed") {
  // Each row: what consecutive reads see after the scan; how many of them it takes.
  struct Row {
    const char* name;
    std::vector<Counts> reads;
    std::size_t expected;
  };
  const Row rows[] = {
      {"crawl goes on", {{1, 0, 0}, {0, 0, 0}}, 4},
      {"sidecars appear at the second read", {{0, 0, 0}, {0, 3, 0}, {0, 0, 0}}, 5},
      {"extraction appears at the third read", {{0, 0, 0}, {0, 0, 0}, {0, 0, 2}, {0, 0, 0}}, 6},
      {"only the first stages are looked at early", {{0, 1, 1}, {0, 0, 1}, {0, 0, 0}}, 3},
      {"another scan's crawl at the third read", {{0, 0, 0}, {0, 0, 0}, {1, 0, 0}, {0, 0, 0}}, 6},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Script script;
    script.after = row.reads;
    World world([&](const Request& request) { return script.answer(request); });
    std::vector<std::int64_t> seen;
    REQUIRE(run(world, {}, [&](std::int64_t busy) { seen.push_back(busy); }));
    CHECK(script.read_after == row.expected);
    CHECK(seen.back() == 0);
  }
}

TEST_CASE("a crawl that never finished is told") {
  Script script;
  script.crawls = false;
  World world([&](const Request& request) { return script.answer(request); });
  CHECK_FALSE(run(world)->crawl_finished);
}

TEST_CASE("what stands still is named") {
  struct Row {
    const char* name;
    std::vector<Counts> before;
    std::vector<Counts> after;
    ScanOptions options;
    ErrorCode code;
    const char* words;
    seconds at_least;
    seconds at_most;
  };
  const ScanOptions usual;
  const Row rows[] = {
      {"dead worker",
       {},
       {{0, 0, 7}},
       usual,
       ErrorCode::refused,
       "metadataExtraction has not moved",
       minutes(15),
       minutes(16)},
      {"dead worker before the scan",
       {{4, 0, 0}},
       {},
       usual,
       ErrorCode::refused,
       "library has not moved",
       minutes(15),
       minutes(16)},
      {"paused queue",
       {},
       {{0, 3, 0, "sidecar"}},
       usual,
       ErrorCode::refused,
       "sidecar is paused",
       minutes(2),
       minutes(3)},
      {"paused, and little time",
       {},
       {{0, 3, 0, "sidecar"}},
       {seconds(20), minutes(15)},
       ErrorCode::refused,
       "sidecar is paused",
       seconds(20),
       seconds(21)},
      {"no time left",
       {},
       {{5, 0, 0}},
       {minutes(1), minutes(15)},
       ErrorCode::timed_out_waiting,
       "library still has work",
       minutes(1),
       seconds(61)},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Script script;
    script.before = row.before;
    script.after = row.after;
    World world([&](const Request& request) { return script.answer(request); });
    const auto outcome = run(world, row.options);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == row.code);
    CHECK_THAT(outcome.error().message, ContainsSubstring(row.words));
    CHECK(world.clock.now() >= std::chrono::milliseconds(row.at_least).count());
    CHECK(world.clock.now() <= std::chrono::milliseconds(row.at_most).count());
  }
}

TEST_CASE("a queue that shrinks slowly is waited for") {
  Script script;
  for (int left = 400; left > 0; --left) {
    for (int read = 0; read < 20; ++read) script.after.push_back({0, 0, left});
  }
  script.after.push_back({});
  World world([&](const Request& request) { return script.answer(request); });
  ScanOptions options;
  options.timeout = std::chrono::hours(100);
  const auto outcome = run(world, options);
  REQUIRE(outcome);
  CHECK(outcome->took > std::chrono::hours(5));
}

TEST_CASE("a short pause right after the server's start is borne") {
  Script script;
  script.after = {
      {0, 0, 5, "metadataExtraction"}, {0, 0, 5, "metadataExtraction"}, {0, 0, 5, "metadataExtraction"}, {0, 0, 3}, {}};
  World world([&](const Request& request) { return script.answer(request); });
  CHECK(run(world));
}

TEST_CASE("a stop ends the wait") {
  Script script;
  script.after = {{1, 0, 0}};
  World world([&](const Request& request) { return script.answer(request); });
  world.clock.on_sleep = [&] { world.stop.request_stop(); };
  CHECK(run(world).error().code == ErrorCode::cancelled);
  CHECK(world.clock.sleeps.size() == 1);
}
