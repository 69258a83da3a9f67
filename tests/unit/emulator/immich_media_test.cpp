#include "catch.hpp"
#include "emulator/immich/media_reader.hpp"
#include "emulator/immich/xmp.hpp"

using namespace emulator::immich;

namespace {

std::string be(std::uint64_t value, int size) {
  std::string text;
  for (int i = size - 1; i >= 0; --i) {
    const bool is_zero = static_cast<std::size_t>(i) >= sizeof value;
    text += is_zero ? '\0' : static_cast<char>((value >> (8 * static_cast<unsigned>(i))) & 0xFFU);
  }
  return text;
}

std::string box(const std::string& type, const std::string& content) {
  return be(content.size() + 8, 4) + type + content;
}

struct Entry {
  unsigned tag, type, count;
  std::string value;  // of 4 bytes, or longer and put behind the directory
};

std::string directory(std::size_t at, const std::vector<Entry>& entries) {
  std::string head = be(entries.size(), 2), tail;
  const std::size_t tail_at = at + 2 + 12 * entries.size() + 4;
  for (const Entry& e : entries) {
    head += be(e.tag, 2) + be(e.type, 2) + be(e.count, 4);
    if (e.value.size() <= 4) {
      head += e.value + std::string(4 - e.value.size(), '\0');
    } else {
      head += be(tail_at + tail.size(), 4);
      tail += e.value;
    }
  }
  return head + be(0, 4) + tail;
}

constexpr const char* kId = "6F1B2C3D-0000-4000-8000-00000000000A";

}  // namespace

TEST_CASE("EXIF with Apple's maker note", "[immich]") {
  const std::string note_head = std::string("Apple iOS\0\0\1MM", 14);
  const std::string note = note_head + directory(14, {{0x11, 2, 37, std::string(kId) + '\0'}});
  const std::string description("hello\0", 6);
  const std::size_t exif_at = 8 + 2 + 12 * 3 + 4 + description.size();
  std::string tiff =
      std::string("MM\0*", 4) + be(8, 4) +
      directory(8, {{0x10E, 2, 6, description}, {0x112, 3, 1, be(6, 2)}, {0x8769, 4, 1, be(exif_at, 4)}});
  REQUIRE(tiff.size() == exif_at);
  tiff += directory(exif_at, {{0x9003, 2, 20, std::string("2024:01:02 03:04:05\0", 20)},
                              {0x9011, 2, 7, std::string("+02:00\0", 7)},
                              {0x927C, 7, static_cast<unsigned>(note.size()), note}});
  const std::string app1 = std::string("Exif\0\0", 6) + tiff;
  const std::string jpeg = std::string("\xFF\xD8\xFF\xE1") + be(app1.size() + 2, 2) + app1 +
                           std::string("\xFF\xC0\0\x11\x08", 5) + be(30, 2) + be(40, 2) + std::string(20, '\0');
  const Tags tags = read_image_tags(jpeg);
  CHECK(tags.at("ContentIdentifier").front() == kId);
  CHECK(tags.at("ImageDescription").front() == "hello");
  CHECK(tags.at("SubSecDateTimeOriginal").front() == "2024:01:02 03:04:05+02:00");
  CHECK(tags.at("ImageWidth").front() == "40");
  CHECK(tags.at("Orientation").front() == "6");
  // In a HEIC the name stands in the list of items, the structure elsewhere, behind its offset.
  const std::string heic =
      box("ftyp", "heic") + box("meta", "infe" + std::string("Exif\0\0", 6)) + box("mdat", be(0, 4) + tiff);
  CHECK(read_image_tags(heic).at("ContentIdentifier").front() == kId);
  CHECK(read_image_tags(heic).at("ImageDescription").front() == "hello");
  for (std::size_t cut = 0; cut < jpeg.size(); cut += 7) CHECK_NOTHROW(read_image_tags(jpeg.substr(0, cut)));
}

TEST_CASE("keys of a movie", "[immich]") {
  const std::string key = box("mdta", "com.apple.quicktime.content.identifier");
  const std::string keys = box("keys", be(0, 4) + be(1, 4) + key);
  const std::string ilst = box("ilst", box(be(1, 4), box("data", be(1, 4) + be(0, 4) + kId)));
  const std::string meta = box("hdlr", be(0, 8) + "mdta" + be(0, 12)) + keys + ilst;
  const std::string mvhd =
      box("mvhd", be(0, 4) + be(2'082'844'800ULL + 1'600'000'000ULL, 4) + be(0, 4) + be(600, 4) + be(1800, 4));
  const Tags plain = read_movie_tags(mvhd + box("meta", meta));
  CHECK(plain.at("ContentIdentifier").front() == kId);
  CHECK(plain.at("CreateDate").front() == "2020-09-13T12:26:40");
  CHECK(plain.at("Duration").front() == "3000");
  const Tags full_box = read_movie_tags(box("udta", box("meta", be(0, 4) + meta)));
  CHECK(full_box.at("ContentIdentifier").front() == kId);
}

TEST_CASE("sidecars are read strictly and edited gently", "[immich]") {
  CHECK_FALSE(read_xmp("").has_value());
  CHECK_FALSE(read_xmp("<a><b></a>").has_value());
  CHECK_FALSE(read_xmp("<a>&unknown;</a>").has_value());
  const std::string fresh = edit_xmp("", {{"xmp:Rating", "http://ns.adobe.com/xap/1.0/", {"4"}}});
  REQUIRE(read_xmp(fresh).has_value());
  CHECK(read_xmp(fresh)->at("Rating") == std::vector<std::string>{"4"});
  const std::string again =
      edit_xmp(fresh, {{"xmp:Rating", "http://ns.adobe.com/xap/1.0/", {"2"}},
                       {"dc:description", "http://purl.org/dc/elements/1.1/", {"a < b"}, XmpEdit::Form::language}});
  CHECK(read_xmp(again)->at("Rating") == std::vector<std::string>{"2"});
  CHECK(read_xmp(again)->at("Description") == std::vector<std::string>{"a < b"});
}
