#include "app/transfer/launcher.hpp"

#include "unit/app/app_fixture.hpp"

using app_test::must;
using i2i::app::Launcher;
using i2i::app::Part;
using i2i::app::PartReport;

namespace {

class FakeClock final : public i2i::util::Clock {
 public:
  [[nodiscard]] i2i::util::UnixMillis now() const override { return app_test::kMay6; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return now_; }
  bool sleep(std::chrono::milliseconds, const std::stop_token&) override { return true; }
  void advance(std::chrono::seconds time) { now_ += time; }

 private:
  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
};

/// A launcher whose wire is a list.
struct Bench {
  explicit Bench(Launcher::Bounds with = {2, 2, std::chrono::minutes(25)}, std::uint64_t reserve = 0)
      : space(root, clock, reserve),
        launcher(with, clock, space, reports, [this](const std::shared_ptr<Part>& part) { sent.push_back(part); }) {}
  std::shared_ptr<Part> add(std::uint64_t size = 10) {
    auto part = std::make_shared<Part>();
    part->task.size = size;
    part->url_at = clock.steady();
    launcher.add(part);
    return part;
  }
  TempFolder photos;
  i2i::util::Root root = must(i2i::util::Root::open(photos.path()));
  FakeClock clock;
  i2i::util::BoundedQueue<PartReport> reports{16};
  i2i::app::SpaceGuard space;
  std::vector<std::shared_ptr<Part>> sent;
  Launcher launcher;
};

}  // namespace

TEST_CASE("so many are on the wire, and the next starts when one has ended") {
  Bench bench;
  for (int i = 0; i < 5; ++i) bench.add();
  CHECK(bench.sent.size() == 2);
  CHECK(bench.launcher.waiting() == 3);
  bench.launcher.slot_free();
  CHECK(bench.sent.size() == 3);
  CHECK(bench.launcher.on_wire() == 2);
  bench.launcher.allow(1);
  bench.launcher.slot_free();
  CHECK(bench.sent.size() == 3);
  bench.launcher.allow(2);
  CHECK(bench.sent.size() == 4);
}

TEST_CASE("a disk that does not keep up holds the wire back") {
  Bench bench;
  for (int i = 0; i < 9; ++i) bench.add();
  while (bench.launcher.on_wire() > 0) bench.launcher.slot_free();
  CHECK(bench.sent.size() == 4);  // two on the wire and two more that are not durable yet
  bench.launcher.settled(*bench.sent[0]);
  CHECK(bench.sent.size() == 5);
}

TEST_CASE("nothing starts before the time that the server names") {
  Bench bench;
  bench.launcher.hold_until(bench.clock.steady() + std::chrono::seconds(30));
  bench.launcher.hold_until(bench.clock.steady() + std::chrono::seconds(10));  // a shorter word does not undo a longer
  bench.add();
  bench.clock.advance(std::chrono::seconds(29));
  bench.launcher.start_more();
  CHECK(bench.sent.empty());
  bench.clock.advance(std::chrono::seconds(2));
  bench.launcher.start_more();
  CHECK(bench.sent.size() == 1);
}

TEST_CASE("an address that has become old in the line is not asked") {
  Bench bench;
  bench.add();
  bench.add();
  bench.add();
  bench.clock.advance(std::chrono::minutes(26));
  bench.launcher.slot_free();
  CHECK(bench.sent.size() == 2);
  CHECK(std::holds_alternative<PartReport::Stale>(bench.reports.pop()->what));
}

TEST_CASE("what does not fit beside what is on its way is not begun") {
  TempFolder probe;
  const auto free = must(must(i2i::util::Root::open(probe.path())).space()).first;
  Bench bench({4, 4, std::chrono::minutes(25)}, free / 2);
  bench.add(free / 3);
  CHECK(bench.sent.size() == 1);
  bench.add(free / 3);
  CHECK(bench.sent.size() == 1);
  CHECK(std::holds_alternative<PartReport::NoRoom>(bench.reports.pop()->what));
  // What was never written is free again.
  bench.launcher.settled(*bench.sent[0]);
  bench.clock.advance(std::chrono::seconds(6));
  bench.add(free / 3);
  CHECK(bench.sent.size() == 2);
}

TEST_CASE("after a stop nothing starts, and what waited is given back") {
  Bench bench;
  for (int i = 0; i < 5; ++i) bench.add();
  CHECK(bench.launcher.stop().size() == 3);
  bench.launcher.slot_free();
  CHECK(bench.sent.size() == 2);
}
