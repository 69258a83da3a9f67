#include <vector>

#include "catch.hpp"
#include "i2i/util/text.hpp"

using namespace i2i::util;
using namespace std::string_literals;

TEST_CASE("base64 is written as RFC 4648 has it") {
  const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                 {"f", "Zg=="},
                                                                 {"fo", "Zm8="},
                                                                 {"foo", "Zm9v"},
                                                                 {"foob", "Zm9vYg=="},
                                                                 {"fooba", "Zm9vYmE="},
                                                                 {"foobar", "Zm9vYmFy"},
                                                                 {"\0\xff\xfe"s, "AP/+"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text) == bytes);
  }
}

TEST_CASE("base64 is read leniently, but never ambiguously") {
  struct Row {
    const char* name;
    std::string text;
    std::optional<std::string> bytes;
  };
  const std::vector<Row> rows{
      {"no padding", "Zm8", "fo"},
      {"URL-safe", "AP_-", "\0\xff\xfe"s},
      {"line breaks and blanks", "Zm9v\r\n Ym Fy\t", "foobar"},
      {"one digit is no byte", "Z", std::nullopt},
      {"five digits", "Zm9vY", std::nullopt},
      {"too much padding", "Zm9v====", std::nullopt},
      {"padding without need", "Zm9v=", std::nullopt},
      {"padding too short", "Zg=", std::nullopt},
      {"padding in the middle", "Zg==Zg==", std::nullopt},
      {"stray bits", "Zh==", std::nullopt},
      {"foreign character", "Zm9%", std::nullopt},
      {"not base64 at all", "%%%not base64%%%", std::nullopt},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(base64_decode(row.text) == row.bytes);
  }
}

TEST_CASE("hexadecimal") {
  CHECK(hex_encode("\0\x7f\xff"s) == "007fff");
  CHECK(hex_decode("007fFF") == "\0\x7f\xff"s);
  CHECK(hex_decode("") == "");
  CHECK_FALSE(hex_decode("0"));
  CHECK_FALSE(hex_decode("0g"));
}

TEST_CASE("percent-encoding leaves only unreserved characters") {
  CHECK(url_encode("AZaz09-._~") == "AZaz09-._~");
  CHECK(url_encode("a b/c+d?e=f&g%") == "a%20b%2Fc%2Bd%3Fe%3Df%26g%25");
  CHECK(url_encode("é\n") == "%C3%A9%0A");
}
