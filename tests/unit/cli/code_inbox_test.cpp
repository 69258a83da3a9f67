// A code on its way between two processes.
#include "cli/code_inbox.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "catch.hpp"
#include "unit/util/temp_folder.hpp"

using namespace i2i::cli;
using i2i::util::ErrorCode;
using i2i::util::Secret;

namespace {

/// Time that passes only by sleeping; each sleep lets the other process do something.
class SteppedClock final : public i2i::util::Clock {
 public:
  [[nodiscard]] i2i::util::UnixMillis now() const override { return 0; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return at; }
  bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) override {
    at += duration;
    if (meanwhile) meanwhile();
    return !stop.stop_requested();
  }
  std::chrono::steady_clock::time_point at;
  std::function<void()> meanwhile;
};

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

TEST_CASE("nobody waits for a code") {
  const TempFolder folder;
  const std::string path = folder.path("code");
  SteppedClock clock;
  const auto never = hand_over(path, Secret("123456"), clock, {});
  REQUIRE_FALSE(never);
  CHECK(never.error().code == ErrorCode::usage);
  { const auto inbox = CodeInbox::open(path); }
  CHECK_FALSE(hand_over(path, Secret("123456"), clock, {}));  // its mark is still there, its lock is not
  CHECK_FALSE(exists(path));
}

TEST_CASE("a code is handed over, taken once, and gone") {
  const TempFolder folder;
  const std::string path = folder.path("code");
  auto inbox = CodeInbox::open(path);
  REQUIRE(inbox);
  CHECK(inbox->take().value() == std::nullopt);
  SteppedClock clock;
  std::vector<std::string> taken;
  mode_t mode = 0;
  clock.meanwhile = [&] {
    struct stat facts {};
    if (stat(path.c_str(), &facts) == 0) mode = facts.st_mode & 0777U;
    if (const auto code = inbox->take().value()) taken.push_back(*code);
  };
  REQUIRE(hand_over(path, Secret("012345"), clock, {}));
  REQUIRE(hand_over(path, Secret("654321"), clock, {}));
  CHECK(taken == std::vector<std::string>{"012345\n", "654321\n"});
  CHECK(mode == 0600);
  CHECK_FALSE(exists(path));
}

TEST_CASE("a code from before the wait is thrown away") {
  const TempFolder folder;
  const std::string path = folder.path("code");
  const auto plant = [&](const std::string& text) { std::ofstream(path) << text; };
  plant("111111\n");
  auto inbox = CodeInbox::open(path);
  REQUIRE(inbox);
  CHECK_FALSE(exists(path));
  // Handed over to the wait of before, and late: its ticket does not fit.
  plant(std::string(32, 'a') + " 222222\n");
  CHECK(inbox->take().value() == std::nullopt);
  CHECK_FALSE(exists(path));
  plant("333333\n");
  CHECK(inbox->take().value() == std::nullopt);
}

TEST_CASE("a code that nobody takes is taken back") {
  const TempFolder folder;
  const std::string path = folder.path("code");
  auto inbox = std::optional(CodeInbox::open(path).value());
  SteppedClock clock;
  const auto untaken = hand_over(path, Secret("123456"), clock, {});
  REQUIRE_FALSE(untaken);
  CHECK(untaken.error().code == ErrorCode::usage);
  CHECK_FALSE(exists(path));

  clock.meanwhile = [&] { inbox.reset(); };  // the waiting process ends
  CHECK_FALSE(hand_over(path, Secret("123456"), clock, {}));
  CHECK_FALSE(exists(path));

  inbox.emplace(CodeInbox::open(path).value());
  std::stop_source stop;
  clock.meanwhile = [&] { stop.request_stop(); };
  const auto stopped = hand_over(path, Secret("123456"), clock, stop.get_token());
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == ErrorCode::cancelled);
  CHECK_FALSE(exists(path));
}

TEST_CASE("one account, one wait") {
  const TempFolder folder;
  const std::string path = folder.path("code");
  const auto first = CodeInbox::open(path);
  REQUIRE(first);
  CHECK_FALSE(CodeInbox::open(path));
  CHECK_FALSE(CodeInbox::open(folder.path("absent/code")));
}
