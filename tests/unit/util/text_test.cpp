#include "i2i/util/text.hpp"

#include <vector>

#include "catch.hpp"

using namespace i2i::util;
using namespace std::string_literals;

TEST_CASE("names from servers are shown without power over the terminal") {
  struct Row {
    const char* name;
    std::string text;
    std::string shown;
  };
  const std::vector<Row> rows{
      {"plain", "IMG_1.JPG", "IMG_1.JPG"},
      {"not ASCII", "Café 富士山 🎉", "Café 富士山 🎉"},
      {"line break", "a\nb\r\tc", "a\\x0Ab\\x0D\\x09c"},
      {"escape sequence", "\x1b[2Jgone", "\\x1B[2Jgone"},
      {"zero byte", "a\0b"s, "a\\x00b"},
      {"delete", "a\x7f", "a\\x7F"},
      {"C1 control sequence introducer", "\u009b2J", "\\u{9B}2J"},
      {"C1 next line", "a\u0085b", "a\\u{85}b"},
      {"right-to-left override", "a\u202Egpj.exe", "a\\u{202E}gpj.exe"},
      {"embedding", "\u202A\u202B\u202C\u202D", "\\u{202A}\\u{202B}\\u{202C}\\u{202D}"},
      {"isolates", "\u2066\u2067\u2068\u2069", "\\u{2066}\\u{2067}\\u{2068}\\u{2069}"},
      {"marks", "\u200E\u200F\u061C", "\\u{200E}\\u{200F}\\u{61C}"},
      {"line separators", "\u2028\u2029", "\\u{2028}\\u{2029}"},
      {"narrow blank of macOS stays", "9.41\u202FAM", "9.41\u202FAM"},
      {"joined emoji stay", "👨\u200D👩", "👨\u200D👩"},
      {"bad UTF-8", "a\xff\xc3", "a\\xFF\\xC3"},
      {"overlong form", "\xc0\xaf", "\\xC0\\xAF"},
      {"surrogate", "\xed\xa0\x80", "\\xED\\xA0\\x80"},
      {"empty", "", ""},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(escape_for_terminal(row.text) == row.shown);
    CHECK(escape_for_terminal(row.shown) == row.shown);
  }
}

TEST_CASE("URLs are shown without what is secret in them") {
  struct Row {
    const char* name;
    const char* url;
    const char* shown;
  };
  const std::vector<Row> rows{
      {"query", "https://host/path?key=secret", "https://host/path"},
      {"fragment", "https://host/path#secret", "https://host/path"},
      {"question mark in the fragment", "https://host#a?b", "https://host"},
      {"user information", "https://me:secret@host:1/path", "https://host:1/path"},
      {"user information with at sign", "https://me:a@b@host/p", "https://host/p"},
      {"at sign in the path", "https://host/p@q", "https://host/p@q"},
      {"no path", "https://me@host?x", "https://host"},
      {"no URL", "me@host?x", "me@host"},
      {"empty", "", ""},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(without_query(row.url) == row.shown);
  }
}

TEST_CASE("NFC and case folding") {
  CHECK(to_nfc("Cafe\u0301") == "Café");
  CHECK(to_nfc("Café") == "Café");
  CHECK(to_nfc("") == "");
  CHECK(to_nfc("a\xff"
               "b") ==
        "a\uFFFD"
        "b");
  CHECK(to_nfc("a\0b"s) == "a\0b"s);
  CHECK(to_nfc("\u1100\u1161") == "\uAC00");

  CHECK(case_fold("IMG_X.jpg") == case_fold("img_x.JPG"));
  CHECK(case_fold("CAFE\u0301") == case_fold("café"));
  CHECK(case_fold("STRASSE") == case_fold("Straße"));
  CHECK(case_fold("ΣΑΣ") == case_fold("σας"));
  CHECK(case_fold("a") != case_fold("b"));
}

TEST_CASE("valid UTF-8") {
  CHECK(is_valid_utf8(""));
  CHECK(is_valid_utf8("富士山 🎉"));
  CHECK_FALSE(is_valid_utf8("\x80"));
  CHECK_FALSE(is_valid_utf8("a\xc3"));
  CHECK_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));
  CHECK(replace_bad_utf8("\xc3(") == "\uFFFD(");
}

TEST_CASE("texts are cut between code points") {
  CHECK(cut_utf8("abc", 5) == "abc");
  CHECK(cut_utf8("abc", 3) == "abc");
  CHECK(cut_utf8("aé", 2) == "a");
  CHECK(cut_utf8("🎉", 3) == "");
  CHECK(cut_utf8("🎉🎉", 7) == "🎉");
  CHECK(cut_utf8("", 0) == "");
}

TEST_CASE("splitting and trimming") {
  CHECK(split("a/b/c", '/') == std::vector<std::string>{"a", "b", "c"});
  CHECK(split("", '/') == std::vector<std::string>{""});
  CHECK(split("/a/", '/') == std::vector<std::string>{"", "a", ""});
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim("   ") == "");
  CHECK(ascii_lower("AbC-É") == "abc-É");
}

TEST_CASE("numbers for people") {
  CHECK(with_thousands(0) == "0");
  CHECK(with_thousands(999) == "999");
  CHECK(with_thousands(1000) == "1,000");
  CHECK(with_thousands(48213) == "48,213");
  CHECK(with_thousands(18446744073709551615ULL) == "18,446,744,073,709,551,615");

  CHECK(human_bytes(0) == "0 B");
  CHECK(human_bytes(999) == "999 B");
  CHECK(human_bytes(1000) == "1.0 kB");
  CHECK(human_bytes(999'949) == "999.9 kB");
  CHECK(human_bytes(999'950) == "1.0 MB");
  CHECK(human_bytes(1'400'000'000) == "1.4 GB");
  CHECK(human_bytes(18446744073709551615ULL) == "18.4 EB");
}

TEST_CASE("sizes as people write them") {
  struct Row {
    const char* text;
    std::optional<std::uint64_t> bytes;
  };
  const std::vector<Row> rows{{"123", 123},
                              {"0", 0},
                              {"10M", 10'000'000},
                              {"500k", 500'000},
                              {"500K", 500'000},
                              {"1G", 1'000'000'000},
                              {"1Ki", 1024},
                              {"2Mi", 2 * 1024 * 1024},
                              {"1GiB", 1024ULL * 1024 * 1024},
                              {"5MB", 5'000'000},
                              {"18446744073709551615", 18446744073709551615ULL},
                              {"18446744073709551616", std::nullopt},
                              {"18446744073709552k", std::nullopt},
                              {"", std::nullopt},
                              {"M", std::nullopt},
                              {"-1", std::nullopt},
                              {" 1", std::nullopt},
                              {"1.5M", std::nullopt},
                              {"1X", std::nullopt},
                              {"1Mx", std::nullopt}};
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(parse_size(row.text) == row.bytes);
  }
}
