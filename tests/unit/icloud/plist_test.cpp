#include "icloud/plist.hpp"

#include "catch.hpp"
#include "i2i/util/text.hpp"

using i2i::icloud::parse_plist;
using i2i::icloud::Plist;

namespace {

// docs/protocol/icloud.md, Appendix A.4.
const char* const kPlace =
    "YnBsaXN0MDDYAQIDBAUGBwgJCgsMDQoOC1NhbHRWY291cnNlV2hvcnpBY2NTbGF0U2xvblVzcGVlZFl0aW1lc3RhbXBXdmVydEFjYyNAQYAAAAAAAC"
    "O/"
    "8AAAAAAAACMAAAAAAAAAACNASG3gDRtxdiNAAlsi0OVgQjNBxfRcrIAAAAgZHSQsMDQ6RExVXmdweQAAAAAAAAEBAAAAAAAAAA8AAAAAAAAAAAAAAA"
    "AA"
    "AACC";
const char* const kKeywords = "YnBsaXN0MDCiAQJVUGFyaXNjAMkAdADpCAsRAAAAAAAAAQEAAAAAAAAAAwAAAAAAAAAAAAAAAAAAABg=";

std::string bytes_of(const char* base64) { return i2i::util::base64_decode(base64).value(); }

/// A list of these objects (each with its marker), with one-byte offsets and references; top is object 0.
std::string binary(const std::vector<std::string>& objects, std::uint8_t count_claimed) {
  std::string out = "bplist00";
  std::string table;
  for (const auto& object : objects) {
    table.push_back(static_cast<char>(out.size()));
    out += object;
  }
  const auto table_at = static_cast<char>(out.size());
  out += table + std::string(6, '\0') + "\x01\x01" + std::string(7, '\0') + static_cast<char>(count_claimed);
  return out + std::string(8, '\0') + std::string(7, '\0') + table_at;
}

std::string binary(const std::vector<std::string>& objects) {
  return binary(objects, static_cast<std::uint8_t>(objects.size()));
}

}  // namespace

TEST_CASE("a recorded kind of place is read") {
  const auto place = parse_plist(bytes_of(kPlace));
  REQUIRE(place);
  REQUIRE(place->kind == Plist::Kind::dict);
  CHECK(place->keys.size() == 8);
  CHECK(place->find("lat")->number == Approx(48.8584));
  CHECK(place->find("lon")->number == Approx(2.2945));
  CHECK(place->find("alt")->number == 35);
  CHECK(place->find("speed")->number == -1);
  CHECK(place->find("timestamp")->number == Approx(736672089.0 - 0.0).margin(1e9));
  CHECK(place->find("lng") == nullptr);
}

TEST_CASE("keywords in ASCII and UTF-16 are read") {
  const auto keywords = parse_plist(bytes_of(kKeywords));
  REQUIRE(keywords);
  REQUIRE(keywords->kind == Plist::Kind::array);
  REQUIRE(keywords->items.size() == 2);
  CHECK(keywords->items[0].text == "Paris");
  CHECK(keywords->items[1].text == "Été");
}

TEST_CASE("UTF-16 surrogates: pairs join, halves alone become U+FFFD") {
  const auto pair = parse_plist(binary({std::string("\x62\xD8\x3D\xDE\x00", 5)}));
  REQUIRE(pair);
  CHECK(pair->text == "\xF0\x9F\x98\x80");
  const auto half = parse_plist(binary({std::string("\x62\xD8\x3D\x00\x41", 5)}));
  REQUIRE(half);
  CHECK(half->text == "\xEF\xBF\xBD\x41");
}

TEST_CASE("numbers of every width") {
  CHECK(parse_plist(binary({std::string("\x10\xFF", 2)}))->number == 255);
  CHECK(parse_plist(binary({std::string("\x13\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE", 9)}))->number == -2);
  CHECK(parse_plist(binary({std::string("\x22\x3F\x80\x00\x00", 5)}))->number == 1);
  CHECK(parse_plist(binary({std::string("\x09")}))->number == 1);
}

TEST_CASE("XML lists of both shapes are read") {
  const auto place = parse_plist(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"x\">\n"
      "<plist version=\"1.0\"><!-- > --><dict>\n<key>lat</key><real>-33.5</real><key>lon</key><integer>151</integer>"
      "<key>timestamp</key><date>2024-05-06T07:08:09Z</date><key>ok</key><true/></dict></plist>");
  REQUIRE(place);
  CHECK(place->find("lat")->number == -33.5);
  CHECK(place->find("lon")->number == 151);
  CHECK(place->find("timestamp")->kind == Plist::Kind::other);
  const auto words =
      parse_plist("<plist><array><string>a &amp; b</string><string/><string>&#233;&#x41;</string></array></plist>");
  REQUIRE(words);
  REQUIRE(words->items.size() == 3);
  CHECK(words->items[0].text == "a & b");
  CHECK(words->items[1].text.empty());
  CHECK(words->items[2].text == "éA");
  CHECK(parse_plist("<plist><array/></plist>")->items.empty());
}

TEST_CASE("hostile lists are refused") {
  struct Row {
    const char* name;
    std::string bytes;
  };
  const std::vector<Row> rows = {
      {"empty", ""},
      {"only the magic", "bplist00"},
      {"an array that holds itself", binary({std::string("\xA1\x00", 2)})},
      {"a doubling array",
       binary({std::string("\xA2\x01\x01"), std::string("\xA2\x02\x02"), std::string("\xA2\x03\x03"),
               std::string("\xA2\x04\x04"), std::string("\xA2\x05\x05"), std::string("\xA2\x06\x06"),
               std::string("\xA2\x07\x07"), std::string("\xA2\x08\x08"), std::string("\xA2\x09\x09"),
               std::string("\xA0")})},
      {"wide fan-out", binary({"\xAF\x10\x08" + std::string(8, '\x01'), "\xAF\x10\x08" + std::string(8, '\x02'),
                               "\xAF\x10\x08" + std::string(8, '\x03'), "\xAF\x10\x08" + std::string(8, '\x04'),
                               "\xAF\x10\x08" + std::string(8, '\x05'), "\xA0"})},
      {"reference past the end", binary({std::string("\xA1\x07")})},
      {"more objects than bytes", binary({std::string("\x09")}, 200)},
      {"string of 2^63 characters", binary({std::string("\x5F\x13\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10)})},
      {"wide string that overflows", binary({std::string("\x6F\x13\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10)})},
      {"array of 2^62 items", binary({std::string("\xAF\x13\x40\x00\x00\x00\x00\x00\x00\x00", 10)})},
      {"dict with a number as key", binary({std::string("\xD1\x01\x01"), std::string("\x10\x05")})},
      {"XML without an end", "<plist><array><string>a"},
      {"XML cut in a tag", "<plist><array><stri"},
      {"XML with an unknown entity", "<plist><array><string>&lol;</string></array></plist>"},
      {"XML too deep", "<plist><array><array><array><array><array><array><array><array><array><array>"},
      {"XML dict without key", "<plist><dict><real>1</real></dict></plist>"},
      {"not a list", "hello"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK_FALSE(parse_plist(row.bytes));
  }
}

TEST_CASE("every cut and every single changed byte of a place is survived") {
  const std::string whole = bytes_of(kPlace);
  for (std::size_t size = 0; size < whole.size(); ++size) static_cast<void>(parse_plist(whole.substr(0, size)));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ flip);
      static_cast<void>(parse_plist(changed));
    }
  }
  SUCCEED();
}
