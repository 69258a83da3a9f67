#include "i2i/media/sidecar.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "catch.hpp"

using i2i::media::changed_fields;
using i2i::media::compose_sidecar;
using i2i::media::digest_of;
using i2i::media::edit_sidecar;
using i2i::media::Embedded;
using i2i::media::EmbeddedDate;
using i2i::media::is_own_sidecar;
using i2i::media::Sidecar;
using i2i::media::SidecarFacts;
using i2i::media::SidecarField;
using i2i::media::SidecarRating;
using i2i::media::write_sidecar;
using i2i::model::Location;

namespace {

constexpr i2i::util::UnixMillis kMay6 = 1'714'979'289'000;  // 2024-05-06T07:08:09Z
constexpr std::int64_t kMay6S = kMay6 / 1000;
constexpr int kHour = 3600;
const std::vector<SidecarField> kAll{SidecarField::description, SidecarField::tags, SidecarField::date,
                                     SidecarField::place, SidecarField::rating};

std::string golden(const std::string& name) {
  std::ifstream in(I2I_TEST_DATA "/sidecars/" + name, std::ios::binary);
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

SidecarFacts everything() {
  SidecarFacts facts;
  facts.title = "Lighthouse";
  facts.description = "First light, with Ada & Bo.";
  facts.keywords = {"sea", "Holiday/Coast", "sea"};
  facts.captured = kMay6;
  facts.offset_s = 2 * kHour;
  facts.location = Location{48.8584, 2.2945, 35.0};
  facts.favorite = true;
  return facts;
}

Sidecar composed(const SidecarFacts& facts, SidecarRating rating = SidecarRating::left_out) {
  return compose_sidecar(facts, {}, facts.captured.value_or(0), rating);
}

SidecarFacts with_texts(const std::string& title, const std::string& description) {
  SidecarFacts facts;
  facts.title = title;
  facts.description = description;
  return facts;
}

}  // namespace

TEST_CASE("sidecars as they are written") {
  struct Row {
    const char* file;
    SidecarFacts facts;
    SidecarRating rating;
  };
  SidecarFacts hostile;
  hostile.title = "</rdf:li><script>&\"'";
  hostile.description = std::string("a\0b\x01\x1B[31m\r\nsecond\rthird\xFF]]>\xEF\xBF\xBE", 30);
  hostile.keywords = {"<x>", "///", " / a // b / ", "", "two\nlines", std::string("\0", 1)};
  SidecarFacts below;
  below.location = Location{-33.8568, -151.99999999999, -430.5};
  below.captured = kMay6 + 250;
  below.offset_s = -(3 * kHour + 1800);
  SidecarFacts title_only;
  title_only.title = "Only a title";
  const Row rows[] = {
      {"everything.xmp", everything(), SidecarRating::five_for_favorites},
      {"hostile-texts.xmp", hostile, SidecarRating::left_out},
      {"south-west-below-the-sea.xmp", below, SidecarRating::left_out},
      {"title-only.xmp", title_only, SidecarRating::left_out},
      {"nothing.xmp", SidecarFacts{}, SidecarRating::five_for_favorites},
  };
  for (const auto& row : rows) {
    const auto text = write_sidecar(composed(row.facts, row.rating));
    INFO(row.file << "\n" << text);
    CHECK(text == golden(row.file));
    CHECK(is_own_sidecar(text));
    // What is written can be read; all fields written into it once more, it says what it said.
    const auto again = edit_sidecar(text, composed(row.facts, row.rating), kAll);
    REQUIRE(again);
    CHECK(edit_sidecar(*again, composed(row.facts, row.rating), kAll) == again);
  }
}

TEST_CASE("one text is shown for title and description") {
  struct Row {
    const char* title;
    const char* description;
    const char* shown;
  };
  const Row rows[] = {
      {"", "", ""},
      {"Title", "", "Title"},
      {"", "Text", "Text"},
      {"Title", "Text", "Title\nText"},
      {"Same", "Same", "Same"},
      {"Title", "Title\nand more", "Title\nand more"},
      {"Tit", "Title", "Tit\nTitle"},
      {"  Title ", "\n\t", "Title"},
  };
  for (const auto& row : rows) {
    INFO(row.title << " / " << row.description);
    CHECK(composed(with_texts(row.title, row.description)).description == row.shown);
  }
}

TEST_CASE("keywords in any order give one list") {
  SidecarFacts one;
  one.keywords = {"b", "a", "\xC3\x89t\xC3\xA9", "a "};
  SidecarFacts other;
  other.keywords = {"\xC3\x89t\xC3\xA9", "a", "b"};
  CHECK(composed(one).tags == std::vector<std::string>{"a", "b", "\xC3\x89t\xC3\xA9"});
  CHECK(composed(one).tags == composed(other).tags);
}

TEST_CASE("a date is written where the file says another one") {
  struct Row {
    const char* name;
    std::optional<i2i::util::UnixMillis> captured;
    std::optional<int> offset;
    std::optional<EmbeddedDate> file;
    i2i::util::UnixMillis mtime;
    const char* expected;
  };
  const auto at = [](std::int64_t hours, std::optional<int> offset) {
    return EmbeddedDate{kMay6S + hours * kHour, offset};
  };
  const char* const kThere = "2024-05-06T09:08:09+02:00";
  const Row rows[] = {
      {"iCloud knows none", {}, 2 * kHour, at(0, 0), 5, ""},
      {"the same moment and zone", kMay6, 2 * kHour, at(2, 2 * kHour), 5, ""},
      {"the same moment, another zone", kMay6, 2 * kHour, at(1, kHour), 5, kThere},
      {"another moment", kMay6, 2 * kHour, at(3, 2 * kHour), 5, kThere},
      {"a fraction of a second is no other moment", kMay6 + 999, 2 * kHour, at(2, 2 * kHour), 5, ""},
      {"a second may be rounding", kMay6 + 1000, 2 * kHour, at(2, 2 * kHour), 5, ""},
      {"two seconds are not", kMay6 + 2000, 2 * kHour, at(2, 2 * kHour), 5, "2024-05-06T09:08:11+02:00"},
      {"the file does not know its zone", kMay6, 2 * kHour, at(2, {}), 5, ""},
      {"the file's clock shows another time", kMay6, 2 * kHour, at(0, {}), 5, kThere},
      {"iCloud does not know the zone", kMay6, {}, at(9, 9 * kHour), 5, ""},
      {"neither does, some zone explains it", kMay6, {}, EmbeddedDate{kMay6S + 5 * kHour + 2700, {}}, 5, ""},
      {"neither does, no zone explains it", kMay6, {}, EmbeddedDate{kMay6S + 300, {}}, 5, "2024-05-06T07:08:09Z"},
      {"neither does, a day apart", kMay6, {}, at(24, {}), 5, "2024-05-06T07:08:09Z"},
      {"no date in the file, its time is the date", kMay6, 2 * kHour, {}, kMay6, ""},
      {"no date in the file, its time in whole seconds", kMay6 + 700, 2 * kHour, {}, kMay6, ""},
      {"no date in the file, another time", kMay6, 2 * kHour, {}, kMay6 + 1000, kThere},
      {"a zone in seconds is rounded", kMay6, 2 * kHour + 29, at(0, 0), 5, kThere},
      {"no zone of the world", kMay6, 15 * kHour, at(1, {}), 5, ""},
      {"before 1970", -1'500, 0, at(0, 0), 5, "1969-12-31T23:59:58.500+00:00"},
      {"the year 5", -62'009'366'400'000, 0, at(0, 0), 5, ""},
      {"the year 999", -30'610'224'000'001, 0, at(0, 0), 5, ""},
      {"the year 10000", 253'402'300'800'000, 0, at(0, 0), 5, ""},
      {"the last moment of 9999", 253'402'300'799'000, 0, at(0, 0), 5, "9999-12-31T23:59:59+00:00"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    SidecarFacts facts;
    facts.captured = row.captured;
    facts.offset_s = row.offset;
    CHECK(compose_sidecar(facts, {row.file, {}}, row.mtime, SidecarRating::left_out).date == row.expected);
  }
}

TEST_CASE("a file without a date gets one with whatever else is said: the sidecar moves its time on") {
  auto facts = with_texts("Title", "");
  facts.captured = kMay6;
  facts.offset_s = 0;
  CHECK(composed(facts).date == "2024-05-06T07:08:09+00:00");
  CHECK(compose_sidecar(facts, {EmbeddedDate{kMay6S, 0}, {}}, 5, SidecarRating::left_out).date.empty());
}

TEST_CASE("a place is written where the file has none or another one") {
  struct Row {
    const char* name;
    std::optional<Location> icloud;
    std::optional<Location> file;
    const char* latitude;
  };
  const Row rows[] = {
      {"neither", {}, {}, ""},
      {"only the file", {}, Location{1, 2, {}}, ""},
      {"only iCloud", Location{1, 2, {}}, {}, "1,00.000000N"},
      {"the same", Location{1.00001, 2, {}}, Location{1, 2.00009, 7.0}, ""},
      {"moved", Location{1.0002, 2, {}}, Location{1, 2, {}}, "1,00.012000N"},
      {"either side of the date line", Location{1, 180, {}}, Location{1, -179.99995, {}}, ""},
      {"the other side of the earth", Location{1, 90, {}}, Location{1, -90, {}}, "1,00.000000N"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    SidecarFacts facts;
    facts.location = row.icloud;
    CHECK(compose_sidecar(facts, {{}, row.file}, 0, SidecarRating::left_out).latitude == row.latitude);
  }
}

TEST_CASE("a favourite is a rating only where asked for") {
  SidecarFacts facts;
  facts.favorite = true;
  CHECK(composed(facts).rating.empty());
  CHECK(composed(facts, SidecarRating::five_for_favorites).rating == "5");
  facts.favorite = false;
  CHECK(composed(facts, SidecarRating::five_for_favorites).rating.empty());
}

TEST_CASE("the digest tells which fields changed") {
  const auto before = composed(everything(), SidecarRating::five_for_favorites);
  const auto digest = digest_of(before);
  CHECK(changed_fields(digest, before).empty());
  auto now = before;
  now.tags = {"other"};
  now.title = "Another";
  CHECK(changed_fields(digest, now) == std::vector<SidecarField>{SidecarField::description, SidecarField::tags});
  now = before;
  now.rating.clear();
  now.longitude = "0,00.000000E";
  CHECK(changed_fields(digest, now) == std::vector<SidecarField>{SidecarField::place, SidecarField::rating});
  CHECK(changed_fields("", before) == kAll);
  CHECK(changed_fields("", Sidecar{}).empty());
}

TEST_CASE("in somebody else's sidecar only the named fields become ours") {
  auto now = composed(with_texts("", "Ours <now>"));
  now.tags = {"ours"};
  struct Row {
    const char* before;
    const char* after;
    std::vector<SidecarField> fields;
  };
  const Row rows[] = {
      // Immich's own writer: one rdf:Description for each name space, single quotes, its prefixes.
      {"by-exiftool.xmp", "by-exiftool-description-changed.xmp", {SidecarField::description}},
      {"by-exiftool.xmp", "by-exiftool-all-changed.xmp", kAll},
      {"other-prefixes.xmp", "other-prefixes-all-changed.xmp", kAll},
  };
  for (const auto& row : rows) {
    const auto edited = edit_sidecar(golden(row.before), now, row.fields);
    REQUIRE(edited);
    INFO(row.after << "\n" << *edited);
    CHECK(*edited == golden(row.after));
    INFO("doing it again changes nothing");
    CHECK(edit_sidecar(*edited, now, row.fields) == *edited);
  }
}

TEST_CASE("what is no sidecar is not changed") {
  for (const char* const text :
       {"", "not XML", "<a><b></a>", "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
        "<rdf:RDF xmlns:rdf='urn:something-else'/>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\x06</rdf:RDF>",
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\xFF</rdf:RDF>", "<RDF/>", "<?xpacket"}) {
    INFO(text);
    CHECK(edit_sidecar(text, composed(with_texts("T", "")), kAll) == std::nullopt);
    CHECK(!is_own_sidecar(text));
  }
}

TEST_CASE("text where none belongs does not grow") {
  const auto now = composed(with_texts("T", ""));
  const auto once = edit_sidecar(
      "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>words  \n \n</rdf:RDF>", now, kAll);
  REQUIRE(once);
  CHECK(edit_sidecar(*once, now, kAll) == once);
}

TEST_CASE("entities of a document type are not expanded") {
  const auto edited = edit_sidecar(
      "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
      "<rdf:RDF "
      "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description>&a;</rdf:Description></rdf:RDF>",
      composed(with_texts("T", "")), kAll);
  REQUIRE(edited);
  CHECK(edited->find("root:") == std::string::npos);
}
