#include "i2i/model/checksum.hpp"

#include <vector>

#include "catch.hpp"
#include "i2i/util/text.hpp"

using namespace i2i::model;

TEST_CASE("the vectors of docs/protocol/icloud.md, Appendix A.3") {
  struct Row {
    const char* name;
    std::string bytes;
    const char* checksum;
  };
  const std::vector<Row> rows{{"empty", "", "AW2cWT2PxzWixMKuuNMTHJ8CJ3sH"},
                              {"abc", "abc", "AYnnoj1r4lMYTs3JP/g7mjGaDCgO"},
                              {"hello and a line feed", "hello\n", "Abv+EeVEGAQ0o5/2szwFFOVX1ICw"},
                              {"1 MiB of zero bytes", std::string(1 << 20, '\0'), "Ad/WPpsZ+1tZBpcKPaNV6hmu4Hyv"}};
  for (const auto& row : rows) {
    INFO(row.name);
    for (const std::size_t piece : {std::size_t{1} << 21, std::size_t{65536}, std::size_t{7919}}) {
      ContentHasher hasher;
      for (std::size_t at = 0; at < row.bytes.size(); at += piece)
        hasher.update(std::string_view(row.bytes).substr(at, piece));
      const ContentProof proof = hasher.finish();
      CHECK(proof.checksum == row.checksum);
      CHECK(proof.size == row.bytes.size());
      CHECK(proof.sha1_hex == i2i::util::hex_encode(i2i::util::sha1(row.bytes)));
      CHECK(is_provable(proof.checksum));
    }
  }
}

TEST_CASE("only a salted SHA-1 can be proven") {
  using i2i::util::base64_encode;
  struct Row {
    const char* name;
    std::string checksum;
    bool provable;
  };
  const std::vector<Row> rows{
      {"as recorded", "AY6c+BsE0jjaXx9tmVGJM1D2VcEO", true},
      {"kind 0x81", base64_encode("\x81" + std::string(20, 'x')), false},
      {"kind 0x04", base64_encode("\x04" + std::string(20, 'x')), false},
      {"too short", base64_encode("\x01" + std::string(19, 'x')), false},
      {"too long", base64_encode("\x01" + std::string(21, 'x')), false},
      {"not base64", "%%%", false},
      {"empty", "", false},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(is_provable(row.checksum) == row.provable);
  }
}
