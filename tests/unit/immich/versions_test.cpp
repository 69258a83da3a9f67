#include "i2i/immich/versions.hpp"

#include "catch.hpp"

using i2i::immich::Version;

TEST_CASE("which versions are refused, warned of and what they can") {
  struct Row {
    Version version;
    bool refused;
    bool warned;
    bool key_info;
    const char* albums;
  };
  const Row rows[] = {
      {{1, 134, 9}, true, false, false, ""},
      {{1, 135, 0}, false, false, false, ""},
      {{1, 139, 0}, false, false, true, ""},
      {{2, 7, 5}, false, false, true, ""},
      {{3, 0, 0}, false, false, true, "?isOwned=true"},
      {{3, 1, 0}, false, false, true, "?isOwned=true"},
      {{3, 1, 9}, false, false, true, "?isOwned=true"},
      {{3, 2, 0}, false, true, true, "?isOwned=true"},
      {{4, 0, 0}, false, true, true, "?isOwned=true"},
  };
  for (const Row& row : rows) {
    INFO(i2i::immich::to_string(row.version));
    CHECK(i2i::immich::refusal(row.version).has_value() == row.refused);
    CHECK(i2i::immich::warning(row.version).has_value() == row.warned);
    CHECK(i2i::immich::has_key_info(row.version) == row.key_info);
    CHECK(i2i::immich::own_albums_query(row.version) == row.albums);
  }
  CHECK_THAT(*i2i::immich::refusal({1, 134, 9}), ContainsSubstring("1.134.9") && ContainsSubstring("1.135.0"));
}
