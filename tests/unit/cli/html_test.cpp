#include "cli/page/html.hpp"

#include "catch.hpp"

using namespace i2i::cli;

TEST_CASE("text of any origin is markup for the same text") {
  const struct {
    const char* what;
    std::string text;
    std::string markup;
  } rows[] = {
      {"nothing", "", ""},
      {"plain", "2024/05/IMG_1.HEIC", "2024/05/IMG_1.HEIC"},
      {"a tag", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
      {"quotes that would end an attribute", "\"'", "&quot;&#39;"},
      {"an entity", "&amp;", "&amp;amp;"},
      {"letters of every kind", "Été 日本 👨‍👩‍👧", "Été 日本 👨‍👩‍👧"},
      {"decomposed", "e\u0301", "e\u0301"},
      {"a line break", "a\nb", "a<span class=\"odd\">\\x0A</span>b"},
      {"an escape sequence", "\x1b[2J", "<span class=\"odd\">\\x1B</span>[2J"},
      {"a C1 control", "\u0085", "<span class=\"odd\">\\u{85}</span>"},
      {"a turned direction", "\u202egpj.exe", "<span class=\"odd\">\\u{202E}</span>gpj.exe"},
      {"a byte that is no UTF-8", "caf\xe9<", "caf<span class=\"odd\">\\xE9</span>&lt;"},
      {"a zero byte", std::string("a\0b", 3), "a<span class=\"odd\">\\x00</span>b"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(html::text(row.text) == row.markup);
    CHECK(html::name(row.text) == "<bdi class=\"name\" dir=\"ltr\">" + row.markup + "</bdi>");
  }
}

TEST_CASE("numbers and parts of bars") {
  CHECK(html::number(48'213) == "48,213");
  CHECK(html::number(-1) == "-1");
  CHECK(html::counted(1, "file", "files") == "1 file");
  CHECK(html::counted(0, "file", "files") == "0 files");
  CHECK(html::counted(1'000, "file", "files") == "1,000 files");
  CHECK(html::bar_part("proven", 7) == "<i class=\"proven\" style=\"flex-grow:7\"></i>");
  CHECK(html::bar_part("proven", 0).empty());
}
