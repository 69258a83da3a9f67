#include "i2i/util/result.hpp"

#include <memory>

#include "catch.hpp"

using namespace i2i::util;

namespace {

Result<std::unique_ptr<int>> make(bool works) {
  if (!works) return fail(ErrorCode::not_found, "nothing there", "Look elsewhere.");
  return std::make_unique<int>(7);
}

Result<int> add_one(int value) {
  if (value < 0) return fail(ErrorCode::internal, "negative");
  return value + 1;
}

Result<int> use(bool first, bool second) {
  I2I_TRY(make(first));
  I2I_ASSIGN(const auto value, make(second));
  int sum = 0;
  I2I_ASSIGN(sum, add_one(*value));
  return sum;
}

}  // namespace

TEST_CASE("errors end the function, values go on") {
  CHECK(use(true, true) == 8);
  for (const auto& result : {use(false, true), use(true, false)}) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::not_found);
    CHECK(result.error().remedy == "Look elsewhere.");
  }
}

TEST_CASE("context is put in front of the message, and nothing else changes") {
  Error error{ErrorCode::throttled, "asked to wait", "Wait.", std::chrono::seconds(9)};
  const Error placed = error.in("while reading page 12");
  CHECK(placed.message == "while reading page 12: asked to wait");
  CHECK(placed.code == ErrorCode::throttled);
  CHECK(placed.remedy == "Wait.");
  CHECK(placed.retry_after == std::chrono::seconds(9));
  CHECK(error.message == "asked to wait");
}
