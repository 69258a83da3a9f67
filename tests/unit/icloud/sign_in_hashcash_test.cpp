#include "catch.hpp"
#include "icloud/hashcash.hpp"

using i2i::icloud::hashcash_stamp;

TEST_CASE("the stamp of docs/protocol/icloud.md, appendix A.2") {
  // 2026-01-01T00:00:00Z
  CHECK(hashcash_stamp(11, "00112233445566778899aabbccddeeff", 1'767'225'600'000) ==
        "1:11:20260101000000:00112233445566778899aabbccddeeff::366");
}

TEST_CASE("stamps at the edges") {
  CHECK(hashcash_stamp(0, "x", 0) == "1:0:19700101000000:x::0");
  CHECK_FALSE(hashcash_stamp(25, "x", 0));
  CHECK_FALSE(hashcash_stamp(-1, "x", 0));
}
