#include "i2i/util/hash.hpp"

#include <set>

#include "catch.hpp"
#include "i2i/util/text.hpp"

using namespace i2i::util;

TEST_CASE("digests of FIPS 180-4") {
  CHECK(hex_encode(sha1("")) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(hex_encode(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hex_encode(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex_encode(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("pieces give the digest of the whole") {
  Hasher hasher(HashKind::sha1);
  hasher.update("a");
  hasher.update("");
  Hasher moved(std::move(hasher));
  moved.update("bc");
  CHECK(moved.finish() == sha1("abc"));
}

TEST_CASE("random bytes and names") {
  CHECK(random_bytes(0).empty());
  CHECK(random_bytes(32).size() == 32);
  CHECK(random_bytes(32) != random_bytes(32));
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string uuid = random_uuid();
    REQUIRE(uuid.size() == 36);
    CHECK(uuid[8] == '-');
    CHECK(uuid[13] == '-');
    CHECK(uuid[14] == '4');
    CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
    CHECK(ascii_lower(uuid) == uuid);
    seen.insert(uuid);
  }
  CHECK(seen.size() == 200);
}
