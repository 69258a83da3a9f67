#include "i2i/media/embedded.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "catch.hpp"

using i2i::media::Embedded;
using i2i::media::read_embedded;
using i2i::util::ErrorCode;

namespace {

const std::string kMedia = I2I_TEST_DATA "/../media/";

class Bytes : public i2i::media::ByteSource {
 public:
  explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  i2i::util::Result<std::string> read(std::uint64_t offset, std::size_t size) override {
    reads += size;
    if (offset >= fails_from) return i2i::util::fail(ErrorCode::volume, "the disk is failing");
    return bytes_.substr(std::min<std::size_t>(offset, bytes_.size()), size);
  }
  std::uint64_t fails_from = UINT64_MAX;
  std::size_t reads = 0;

 private:
  std::string bytes_;
};

std::string read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Embedded embedded_in(const std::string& bytes) {
  Bytes source(bytes);
  auto found = read_embedded(source);
  REQUIRE(found);
  return *found;
}

/// As tests/data/embedded/practice-library.txt has it.
std::string as_text(const Embedded& found) {
  std::string text = "- -";
  if (found.date) {
    const std::chrono::sys_seconds wall{std::chrono::seconds(found.date->wall_s)};
    text = fmt::format("{:%Y:%m:%dT%H:%M:%S} ", wall);
    if (found.date->offset_s) {
      const int minutes = *found.date->offset_s / 60;
      text += fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60, std::abs(minutes) % 60);
    } else {
      text += "-";
    }
  }
  if (!found.location) return text + " -";
  return text + fmt::format(" {:.4f},{:.4f},{:.1f}", found.location->latitude, found.location->longitude,
                            found.location->altitude.value_or(-1));
}

/// A little-endian Exif block with one directory that refers to another.
class ExifBlock {
 public:
  std::string number(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
    return out;
  }
  std::string with(const std::string& entries, int count, const std::string& rest = {}) {
    return std::string("II*\0", 4) + number(8, 4) + number(1, 2) + number(0x8769, 2) + number(4, 2) + number(1, 4) +
           number(26, 4) + number(0, 4) + number(static_cast<std::uint64_t>(count), 2) + entries + rest;
  }
};

}  // namespace

// The table is what exiftool 12.57 says: DateTimeOriginal with OffsetTimeOriginal, else CreationDate, else a film's
// CreateDate in UTC; GPS in degrees.
TEST_CASE("the practice library's files say what exiftool reads in them") {
  std::ifstream table(I2I_TEST_DATA "/embedded/practice-library.txt");
  int files = 0;
  for (std::string line; std::getline(table, line); ++files) {
    const auto space = line.find(' ');
    const auto path = line.substr(0, space);
    INFO(path);
    CHECK(as_text(embedded_in(read_all(kMedia + path))) == line.substr(space + 1));
  }
  CHECK(files == 102);
}

TEST_CASE("a large file costs a few blocks") {
  for (const char* const path : {"photos/eiffel.jpg", "photos/fuji.heic", "photos/screenshot.png", "video/waves.mov"}) {
    INFO(path);
    std::string bytes = read_all(kMedia + path);
    // A box or segment that may follow anywhere, of a hundred megabytes.
    if (std::string_view(path).ends_with(".mov")) {
      const std::size_t at = bytes.find("mdat") - 4;
      bytes.insert(at, std::string("\x06\x00\x00\x00"
                                   "free",
                                   8) +
                           std::string((6U << 24U) - 8, '\0'));
    } else {
      bytes += std::string(6U << 24U, '\0');
    }
    Bytes source(bytes);
    const auto found = read_embedded(source);
    REQUIRE(found);
    CHECK(found->date);
    CHECK(source.reads < 200'000);
  }
}

TEST_CASE("files that are cut or changed anywhere are read to an end") {
  for (const char* const path : {"photos/eiffel.jpg", "photos/fuji.heic", "photos/screenshot.png", "video/waves.mov",
                                 "video/drone.mp4", "raw/moss.dng", "other/sticker.webp"}) {
    const std::string whole = read_all(kMedia + path);
    for (std::size_t at = 0; at < std::min<std::size_t>(whole.size(), 4'000); at += 7) {
      static_cast<void>(embedded_in(whole.substr(0, at)));
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0xFF);
      static_cast<void>(embedded_in(changed));
    }
  }
}

TEST_CASE("a source that fails is no file without a date") {
  Bytes source(read_all(kMedia + "photos/fuji.heic"));
  source.fails_from = 0;
  const auto found = read_embedded(source);
  REQUIRE(!found);
  CHECK(found.error().code == ErrorCode::volume);
}

TEST_CASE("Exif dates") {
  ExifBlock block;
  struct Row {
    const char* name;
    std::uint64_t tag;
    std::string date;
    std::string expected;
  };
  const Row rows[] = {
      {"original", 0x9003, "2024:05:06 07:08:09", "2024:05:06T07:08:09 - -"},
      {"digitized", 0x9004, "2024:05:06 07:08:09", "2024:05:06T07:08:09 - -"},
      {"the date of the last change is none", 0x0132, "2024:05:06 07:08:09", "- - -"},
      {"unknown, as cameras write it", 0x9003, "    :  :     :  :  ", "- - -"},
      {"zeros, as cameras write it", 0x9003, "0000:00:00 00:00:00", "- - -"},
      {"no day of the calendar", 0x9003, "2023:02:29 00:00:00", "- - -"},
      {"no time of day", 0x9003, "2024:05:06 24:00:00", "- - -"},
      {"signs in place of digits", 0x9003, "2024:-5:06 07:08:09", "- - -"},
      {"before 1970", 0x9003, "1955:11:05 06:00:00", "1955:11:05T06:00:00 - -"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const std::string entry = block.number(row.tag, 2) + block.number(2, 2) + block.number(20, 4) + block.number(40, 4);
    CHECK(as_text(embedded_in(block.with(entry, 1, row.date + '\0'))) == row.expected);
  }
  INFO("more entries than there are bytes");
  CHECK(as_text(embedded_in(block.with("", 65'535))) == "- - -");
}
