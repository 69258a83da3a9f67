#include "app/status/manifest.hpp"

#include "catch.hpp"

using i2i::app::manifest_field;

TEST_CASE("a field of the list is one word on one line that shows") {
  const struct {
    const char* what;
    std::string text;
    std::string field;
  } rows[] = {
      {"nothing", "", "-"},
      {"what would look like nothing", "-", "%2D"},
      {"a dash among others", "a-b", "a-b"},
      {"a plain path", "2024/05/IMG 1 (2).HEIC", "2024/05/IMG 1 (2).HEIC"},
      {"letters of every kind", "\xC3\x89t\xC3\xA9/\xE6\x97\xA5.jpg", "\xC3\x89t\xC3\xA9/\xE6\x97\xA5.jpg"},
      {"a percent sign", "100%.jpg", "100%25.jpg"},
      {"tab and line break", "a\tb\nc\r", "a%09b%0Ac%0D"},
      {"a zero byte", std::string("a\0b", 3), "a%00b"},
      {"an escape sequence", "\x1b[2J\x7f", "%1B[2J%7F"},
      {"a turned direction", "\xE2\x80\xAEgpj", "%E2%80%AEgpj"},
      {"a C1 control and a line separator", "\xC2\x85\xE2\x80\xA8", "%C2%85%E2%80%A8"},
      {"what is no UTF-8", "caf\xE9.jpg\xFF", "caf%E9.jpg%FF"},
      {"decomposed stays so", "e\xCC\x81", "e\xCC\x81"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(manifest_field(row.text) == row.field);
  }
}
