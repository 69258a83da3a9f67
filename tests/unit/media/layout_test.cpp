#include <vector>

#include "catch.hpp"
#include "i2i/media/naming.hpp"

using namespace i2i::media;

namespace {

constexpr i2i::util::UnixMillis kLateInMay = 1717196400000;  // 2024-05-31T23:00:00Z

NameFacts facts() {
  NameFacts made;
  made.captured = kLateInMay;
  made.library = "Personal";
  made.album = "Travel/2023/Paris";
  return made;
}

}  // namespace

TEST_CASE("folders by template") {
  struct Row {
    const char* name;
    const char* layout;
    const char* folder;
  };
  const std::vector<Row> rows{
      {"the default", "{year}/{month}/{day}", "2024/05/31"},
      {"flat", "", ""},
      {"slashes around", "/{year}//{month}/", "2024/05"},
      {"plain text", "Photos/{year}", "Photos/2024"},
      {"within a name", "{year}-{month}-{day} of {library}", "2024-05-31 of Personal"},
      {"album in folders", "{library}/{album}", "Personal/Travel/2023/Paris"},
      {"album within a name", "in {album} {year}", "in Travel/2023/Paris 2024"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto layout = Layout::parse(row.layout);
    REQUIRE(layout);
    CHECK(layout->folder(facts()) == row.folder);
  }
}

TEST_CASE("dates are those at the capture's own offset") {
  struct Row {
    const char* name;
    std::optional<i2i::util::UnixMillis> captured;
    std::optional<int> offset_s;
    const char* folder;
  };
  const std::vector<Row> rows{
      {"no offset: UTC", kLateInMay, std::nullopt, "2024/05/31"},
      {"east, the next month", kLateInMay, 7200, "2024/06/01"},
      {"west", kLateInMay, -86399, "2024/05/30"},
      {"before 1970", -1, 0, "1969/12/31"},
      {"first of 1900", -2208988800000, 0, "1900/01/01"},
      {"last of 1899", -2208988800001, 0, "unknown-date"},
      {"1899, but 1900 where it was taken", -2208988800001, 60, "1900/01/01"},
      {"last of 2100", 4133980799999, 0, "2100/12/31"},
      {"first of 2101", 4133980800000, 0, "unknown-date"},
      {"year 5", -62009366400000, 0, "unknown-date"},
      {"year 2743924", 86527710691200000, 0, "unknown-date"},
      {"no date", std::nullopt, 0, "unknown-date"},
  };
  const auto layout = Layout::parse("{year}/{month}/{day}");
  REQUIRE(layout);
  for (const auto& row : rows) {
    INFO(row.name);
    NameFacts asset = facts();
    asset.captured = row.captured;
    asset.offset_s = row.offset_s;
    CHECK(layout->folder(asset) == row.folder);
  }
}

TEST_CASE("without a date one folder stands for all its parts") {
  const std::vector<std::pair<const char*, const char*>> rows{
      {"{library}/{year}/{month}", "Personal/unknown-date"},
      {"{year}/{library}/{month}", "unknown-date/Personal"},
      {"{year}-{month}", "unknown-date"},
      {"Photos {year}/m{month}", "Photos unknown-date"},
      {"{library} {year}", "Personal unknown-date"},
      {"{library}", "Personal"},
  };
  NameFacts asset = facts();
  asset.captured.reset();
  for (const auto& [text, folder] : rows) {
    INFO(text);
    const auto layout = Layout::parse(text);
    REQUIRE(layout);
    CHECK(layout->folder(asset) == folder);
  }
}

TEST_CASE("albums have nasty names, too") {
  const std::vector<std::pair<const char*, const char*>> rows{
      {"", "no-album"},    {"../../etc", "_/_/etc"}, {"A//B", "A/B"}, {"/", ""}, {".secret/CON", "_.secret/CON_"},
      {"a\\b:c", "a_b_c"}, {"Cafe\u0301", "Café"},
  };
  const auto layout = Layout::parse("{album}");
  REQUIRE(layout);
  CHECK(layout->wants_album());
  CHECK_FALSE(Layout::parse("{year}/{library}")->wants_album());
  for (const auto& [album, folder] : rows) {
    INFO(album);
    NameFacts asset = facts();
    asset.album = album;
    CHECK(layout->folder(asset) == folder);
  }
}

TEST_CASE("a layout that cannot be is a usage error which says what can") {
  for (const char* text : {"{years}", "{}", "{year", "year}", "{{year}}", "{YEAR}", "a\\b", "{year}:{month}", "..",
                           "../{year}", "{year}/..", ".hidden/{year}", "a\nb", "a\u202Eb"}) {
    INFO(text);
    const auto layout = Layout::parse(text);
    REQUIRE_FALSE(layout);
    CHECK(layout.error().code == i2i::util::ErrorCode::usage);
    CHECK_FALSE(layout.error().remedy.empty());
  }
  CHECK_THAT(Layout::parse("{years}").error().remedy, ContainsSubstring("{year} {month} {day} {album} {library}"));
}
