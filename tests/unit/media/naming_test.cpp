#include "i2i/media/naming.hpp"

#include <vector>

#include "catch.hpp"
#include "i2i/util/text.hpp"

using namespace i2i::media;
using namespace std::string_literals;
using i2i::model::Rendition;
using i2i::model::RenditionKind;

namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

NameFacts named(std::string filename, std::string item_type = "public.jpeg") {
  NameFacts facts;
  facts.filename = std::move(filename);
  facts.master = "AY6c+BsE0jjaXx9tmVGJM1D2VcEO";
  facts.item_type = std::move(item_type);
  return facts;
}

Rendition rendition(RenditionKind kind, std::string uti) {
  Rendition made;
  made.kind = kind;
  made.uti = std::move(uti);
  return made;
}

/// The original's whole name.
std::string original_name(const std::string& filename, const std::string& uti = "public.jpeg") {
  return file_name(stem_for(named(filename, uti)), "", rendition(RenditionKind::original, uti), filename);
}

}  // namespace

TEST_CASE("no photo is named like the sidecar of another") {
  CHECK(original_name("IMG_1.HEIC.xmp", "public.data") == "IMG_1.HEIC.xmp.bin");
  CHECK(original_name("IMG_1.XMP", "") == "IMG_1.XMP.bin");
  CHECK(original_name("IMG_1.xmp", "public.jpeg") == "IMG_1.xmp.JPG");
  CHECK(original_name(".xmp", "") == "_.xmp.bin");
}

TEST_CASE("nasty names become safe parts") {
  struct Row {
    const char* name;
    std::string text;
    std::string part;
  };
  const std::vector<Row> rows{
      {"plain", "IMG_1.JPG", "IMG_1.JPG"},
      {"blanks inside", "WhatsApp Image 1.jpg", "WhatsApp Image 1.jpg"},
      {"slash", "AC/DC", "AC_DC"},
      {"backslash", "C:\\photos\\me.JPG", "C__photos_me.JPG"},
      {"forbidden elsewhere", "<>:\"|?*", "_______"},
      {"way up", "../../escape.JPG", "_.._.._escape.JPG"},
      {"dot", ".", "_"},
      {"a folder of a NAS", "@eaDir", "_@eaDir"},
      {"a folder of a NAS, other case", "#RECYCLE", "_#RECYCLE"},
      {"a folder of ext4", "lost+found", "_lost+found"},
      {"a folder of Windows", "System Volume Information", "_System Volume Information"},
      {"dot dot", "..", "_"},
      {"only dots and blanks", " . .. ", "_"},
      {"only blanks", "   ", "_"},
      {"empty", "", "_"},
      {"hidden", ".hidden.JPG", "_.hidden.JPG"},
      {"trailing dot", "The end..JPG.", "The end..JPG"},
      {"trailing blank", "Blank.JPG ", "Blank.JPG"},
      {"control characters", "tab\there\nline\x7f.JPG", "tab_here_line_.JPG"},
      {"zero byte", "a\0b"s, "a_b"},
      {"C1", "a\u0085b", "a_b"},
      {"line separator", "a\u2028b", "a_b"},
      {"decomposed", "Cafe\u0301.JPG", "Café.JPG"},
      {"bidirectional override", "a\u202Egpj.exe", "agpj.exe"},
      {"marks and isolates", "\u200Ea\u2066b\u2069\u200F", "ab"},
      {"nothing but marks", "\u200E\u200F", "_"},
      {"mark between letter and accent", "e\u200E\u0301", "é"},
      {"bad UTF-8", "a\xff.JPG", "a\uFFFD.JPG"},
      {"not ASCII", "富士山の写真 🎉.JPG", "富士山の写真 🎉.JPG"},
      {"narrow blank of macOS", "9.41.00\u202FAM.png", "9.41.00\u202FAM.png"},
      {"device", "CON", "CON_"},
      {"device with extension", "con.jpg", "con_.jpg"},
      {"device with two extensions", "NUL.tar.gz", "NUL_.tar.gz"},
      {"device before a blank", "AUX .txt", "AUX _.txt"},
      {"port", "COM1.JPG", "COM1_.JPG"},
      {"port with a superscript", "LPT\u00B9", "LPT\u00B9_"},
      {"console", "CONIN$", "CONIN$_"},
      {"no port", "COM10.JPG", "COM10.JPG"},
      {"no device", "CONTEXT.JPG", "CONTEXT.JPG"},
      {"too long", std::string(300, 'x'), std::string(255, 'x')},
      {"too long, two bytes each", repeated("é", 150), repeated("é", 127)},
      {"too long, four bytes each", repeated("🎉", 100), repeated("🎉", 63)},
      {"blank where it is cut", std::string(254, 'x') + " y", std::string(254, 'x')},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const std::string part = safe_part(row.text);
    CHECK(part == row.part);
    CHECK(safe_part(part) == part);
    CHECK(part.size() <= 255);
    CHECK(i2i::util::is_valid_utf8(part));
    CHECK(i2i::util::to_nfc(part) == part);
  }
}

TEST_CASE("a limit holds whatever is added") {
  for (std::size_t limit = 1; limit < 12; ++limit) {
    for (const char* text : {"CON", "CON.x", "...hidden", "富士山", "a.b.c.d"}) {
      INFO(text << " " << limit);
      const std::string part = safe_part(text, limit);
      CHECK(part.size() <= std::max<std::size_t>(limit, 1));
      CHECK_FALSE(part.empty());
      CHECK(part.front() != '.');
    }
  }
}

TEST_CASE("the original keeps its name, with the extension its type has") {
  struct Row {
    const char* name;
    const char* filename;
    const char* uti;
    const char* file;
  };
  const std::vector<Row> rows{
      {"as it is", "IMG_0001.JPG", "public.jpeg", "IMG_0001.JPG"},
      {"small letters stay", "img.jpg", "public.jpeg", "img.jpg"},
      {"another word for the type stays", "img.jpeg", "public.jpeg", "img.jpeg"},
      {"tif stays", "scan.tif", "public.tiff", "scan.tif"},
      {"type in capitals", "img.heic", "PUBLIC.HEIC", "img.heic"},
      {"wrong type", "really-a-jpeg.PNG", "public.jpeg", "really-a-jpeg.JPG"},
      {"no extension", "DSCF0007", "public.jpeg", "DSCF0007.JPG"},
      {"an ending that is no type", "trip.final", "public.jpeg", "trip.final.JPG"},
      {"a number is no extension", "version 2.0", "public.jpeg", "version 2.0.JPG"},
      {"a time is no extension", "Screenshot at 9.41.00 AM", "public.png", "Screenshot at 9.41.00 AM.PNG"},
      {"macOS screenshot", "Screenshot 2024-05-06 at 9.41.00\u202FAM.png", "public.png",
       "Screenshot 2024-05-06 at 9.41.00\u202FAM.png"},
      {"type unknown", "note.xyz", "public.data", "note.xyz"},
      {"type missing", "IMG_0077.JPG", "", "IMG_0077.JPG"},
      {"type unknown, no extension", "README", "public.data", "README.bin"},
      {"mp4", "concert.mp4", "public.mpeg-4", "concert.mp4"},
      {"m4v named mp4", "a.mp4", "com.apple.m4v-video", "a.M4V"},
      {"raw", "DSC_0002.DNG", "com.adobe.raw-image", "DSC_0002.DNG"},
      {"a type of which only the extension is known", "clip.mkv", "org.matroska.mkv", "clip.mkv"},
      {"such an extension with a known type", "clip.mkv", "public.mpeg-4", "clip.MP4"},
      {"device", "CON.JPG", "public.jpeg", "CON_.JPG"},
      {"trailing dot", "The end..JPG.", "public.jpeg", "The end.JPG"},
      {"trailing blank", "Blank.JPG ", "public.jpeg", "Blank.JPG"},
      {"hidden", ".hidden.JPG", "public.jpeg", "_.hidden.JPG"},
      {"nothing but an extension", ".JPG", "public.jpeg", "_.JPG"},
      {"way up", "../../escape.JPG", "public.jpeg", "_.._.._escape.JPG"},
      {"slash in the extension", "a.J/PG", "public.jpeg", "a.J_PG.JPG"},
      {"colon", "12:34 at the station.JPG", "public.jpeg", "12_34 at the station.JPG"},
      {"missing", "", "public.jpeg", "AY6c_BsE0jja.JPG"},
      {"only blanks", "  ", "public.jpeg", "AY6c_BsE0jja.JPG"},
      {"missing, type unknown", "", "", "AY6c_BsE0jja.bin"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(original_name(row.filename, row.uti) == row.file);
  }
  NameFacts nothing;
  CHECK(stem_for(nothing) == "_");
}

TEST_CASE("renditions of one asset share a stem") {
  using enum RenditionKind;
  struct Row {
    const char* name;
    RenditionKind kind;
    const char* uti;
    const char* stored;
    const char* original_uti;
    const char* file;
    const char* with_suffix;
  };
  const std::vector<Row> rows{
      {"original", original, "public.heic", "IMG_1.HEIC", "public.heic", "IMG_1.HEIC", "IMG_1-3fa2b1c9.HEIC"},
      {"live video", live_video, "com.apple.quicktime-movie", "IMG_1.HEIC", "public.heic", "IMG_1.MOV",
       "IMG_1-3fa2b1c9.MOV"},
      {"live video of unknown type", live_video, "", "IMG_1.HEIC", "public.heic", "IMG_1.MOV", "IMG_1-3fa2b1c9.MOV"},
      {"live video said to be a photo", live_video, "public.heic", "IMG_1.HEIC", "public.heic", "IMG_1.MOV",
       "IMG_1-3fa2b1c9.MOV"},
      {"edit", edited, "public.jpeg", "IMG_1.HEIC", "public.heic", "IMG_1-edited.JPG", "IMG_1-3fa2b1c9-edited.JPG"},
      {"edit of unknown type", edited, "", "IMG_1.heic", "public.heic", "IMG_1-edited.heic",
       "IMG_1-3fa2b1c9-edited.heic"},
      {"edited video", edited_video, "com.apple.quicktime-movie", "IMG_1.MP4", "public.mpeg-4", "IMG_1-edited.MOV",
       "IMG_1-3fa2b1c9-edited.MOV"},
      {"edited video of unknown type", edited_video, "", "IMG_1.MP4", "public.mpeg-4", "IMG_1-edited.MOV",
       "IMG_1-3fa2b1c9-edited.MOV"},
      {"raw beside the photo", alternative, "com.adobe.raw-image", "IMG_1.JPG", "public.jpeg", "IMG_1.DNG",
       "IMG_1-3fa2b1c9.DNG"},
      {"photo beside the raw", alternative, "public.jpeg", "IMG_1.DNG", "com.adobe.raw-image", "IMG_1.JPG",
       "IMG_1-3fa2b1c9.JPG"},
      {"photo beside a photo", alternative, "public.jpeg", "IMG_1.jpg", "public.jpeg", "IMG_1-alternative.JPG",
       "IMG_1-3fa2b1c9-alternative.JPG"},
      {"photo beside a photo named otherwise", alternative, "public.jpeg", "IMG_1.PNG", "public.jpeg",
       "IMG_1-alternative.JPG", "IMG_1-3fa2b1c9-alternative.JPG"},
      {"photo beside a photo, type of the original not given", alternative, "public.jpeg", "IMG_1.JPG", "",
       "IMG_1-alternative.JPG", "IMG_1-3fa2b1c9-alternative.JPG"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(file_name("IMG_1", "", rendition(row.kind, row.uti), row.stored, row.original_uti) == row.file);
    CHECK(file_name("IMG_1", "3fa2b1c9", rendition(row.kind, row.uti), row.stored, row.original_uti) ==
          row.with_suffix);
  }
}

TEST_CASE("long names leave room for everything") {
  using enum RenditionKind;
  for (const std::string& letter : {"x"s, "é"s, "富"s, "🎉"s}) {
    INFO(letter);
    const std::string filename = repeated(letter, 300) + ".JPEG";
    const std::string stem = stem_for(named(filename));
    CHECK(stem.size() > 200);
    CHECK(stem.size() <= 213);
    CHECK(i2i::util::is_valid_utf8(stem));
    for (const auto kind : {original, live_video, alternative, edited, edited_video}) {
      const std::string name = file_name(stem, "3fa2b1c9-0a1b2c3d", rendition(kind, "public.jpeg"), filename);
      CHECK(name.starts_with(stem));
      CHECK(name.size() + std::string(".xmp").size() <= 255);
    }
    CHECK(original_name(filename) == stem + ".JPEG");
  }
  // A stem of a file that was adopted may be longer than ours.
  const std::string adopted = file_name(repeated("é", 125), "3fa2b1c9", rendition(edited, "public.jpeg"), "a.JPG");
  CHECK(adopted.size() <= 255);
  CHECK(adopted.ends_with("-3fa2b1c9-edited.JPG"));
  CHECK(i2i::util::is_valid_utf8(adopted));
}

TEST_CASE("extensions of all types of docs/protocol/icloud.md §9.5") {
  const std::vector<std::pair<const char*, const char*>> types{
      {"public.jpeg", "JPG"},
      {"public.heic", "HEIC"},
      {"public.heif", "HEIF"},
      {"public.png", "PNG"},
      {"com.compuserve.gif", "GIF"},
      {"public.tiff", "TIFF"},
      {"org.webmproject.webp", "WEBP"},
      {"public.webp", "WEBP"},
      {"com.microsoft.bmp", "BMP"},
      {"public.avif", "AVIF"},
      {"com.canon.crw-raw-image", "CRW"},
      {"com.nikon.raw-image", "NEF"},
      {"com.olympus.raw-image", "ORF"},
      {"com.olympus.or-raw-image", "ORF"},
      {"com.fuji.raw-image", "RAF"},
      {"com.apple.quicktime-movie", "MOV"},
      {"public.mpeg-4", "MP4"},
      {"com.apple.m4v-video", "M4V"},
      {"public.avi", "AVI"},
      {"public.3gpp", "3GP"},
      {"public.mpeg", "MPG"},
      {"com.adobe.raw-image", "DNG"},
      {"com.canon.cr2-raw-image", "CR2"},
      {"com.canon.cr3-raw-image", "CR3"},
      {"com.sony.arw-raw-image", "ARW"},
      {"com.nikon.nrw-raw-image", "NRW"},
      {"com.panasonic.rw2-raw-image", "RW2"},
      {"com.pentax.raw-image", "PEF"},
      {"public.data", ""},
      {"", ""},
  };
  for (const auto& [uti, extension] : types) {
    INFO(uti);
    CHECK(extension_for(uti) == extension);
  }
}

TEST_CASE("suffixes are 8 hex digits and belong to the checksum") {
  const std::string suffix = suffix_for("AY6c+BsE0jjaXx9tmVGJM1D2VcEO");
  CHECK(suffix.size() == 8);
  CHECK(suffix.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(suffix == "40ad193b");
  CHECK(suffix != suffix_for("AeYfMtlOMb3dM9bETic9fXkMpjMV"));
  CHECK(suffix_for("").size() == 8);
}
