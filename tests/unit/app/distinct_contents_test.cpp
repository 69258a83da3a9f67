#include "app/wanted.hpp"
#include "catch.hpp"
#include "i2i/util/text.hpp"

using i2i::app::DistinctContents;

TEST_CASE("contents are counted once, and are to come where one of their assets waits") {
  using Is = DistinctContents::Is;
  const auto checksum = [](char c) {
    std::string bytes(21, c);
    bytes[0] = '\x01';
    return i2i::util::base64_encode(bytes);
  };
  DistinctContents contents;
  CHECK(contents.totals().count == 0);
  contents.add(checksum('a'), 10, Is::here);
  contents.add(checksum('b'), 20, Is::to_come);
  contents.add(checksum('b'), 20, Is::to_come);
  contents.add(checksum('c'), 30, Is::here);
  contents.add(checksum('c'), 30, Is::to_come);
  contents.add(checksum('c'), 30, Is::here);
  contents.add("short", 40, Is::here);
  const auto totals = contents.totals();
  CHECK(totals.count == 4);
  CHECK(totals.to_come == 2);
  CHECK(totals.bytes_to_come == 50);
}
