#include "app/volume/content_check.hpp"

#include "i2i/util/text.hpp"
#include "unit/app/app_fixture.hpp"

using app_test::checksum_of;
using app_test::must;
using app_test::proof_of;
using i2i::app::hash_file;
using i2i::app::is_content;
using i2i::app::ReadPath;
using i2i::util::ErrorCode;

TEST_CASE("whether bytes are the content announced") {
  const std::string bytes = "the bytes of a photo";
  std::string flipped = bytes;
  flipped[3] = static_cast<char>(flipped[3] ^ 1);
  // Another kind of checksum than the one that can be computed, and one that is none.
  const std::string other_kind = i2i::util::base64_encode("\x02" + std::string(20, 'x'));
  struct Row {
    const char* name;
    std::string there;
    std::string checksum;
    std::uint64_t size;
    bool is_it;
  };
  const Row rows[] = {
      {"the same", bytes, checksum_of(bytes), bytes.size(), true},
      {"one bit flipped", flipped, checksum_of(bytes), bytes.size(), false},
      {"cut", bytes.substr(1), checksum_of(bytes), bytes.size(), false},
      {"empty for something", "", checksum_of(bytes), bytes.size(), false},
      {"nothing for nothing", "", checksum_of(""), 0, true},
      {"the checksum decides, not a wrong size", bytes, checksum_of(bytes), 1, true},
      {"unproven: by size", bytes, other_kind, bytes.size(), true},
      {"unproven: another size", bytes, other_kind, bytes.size() + 1, false},
      {"no checksum at all: by size", bytes, "", bytes.size(), true},
      {"no checksum at all: another size", bytes, "", 1, false},
      {"not base64: by size", bytes, "../..", bytes.size(), true},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(is_content(proof_of(row.there), row.checksum, row.size) == row.is_it);
  }
}

TEST_CASE("a file beneath the root is hashed") {
  const TempFolder folder;
  const auto root = must(i2i::util::Root::open(folder.path()));
  std::string large;  // more than one buffer
  for (int i = 0; i < 90'000; ++i) large += "block " + std::to_string(i);
  folder.write("2024/a.jpg", large);
  folder.write("empty", "");
  for (const auto way : {ReadPath::cached, ReadPath::past_page_cache}) {
    const auto proof = must(hash_file(root, "2024/a.jpg", way, {}));
    CHECK(proof.checksum == checksum_of(large));
    CHECK(proof.sha1_hex == proof_of(large).sha1_hex);
    CHECK(proof.size == large.size());
    CHECK(must(hash_file(root, "empty", way, {})).size == 0);
  }
}

TEST_CASE("what cannot be hashed is said") {
  const TempFolder folder;
  const auto root = must(i2i::util::Root::open(folder.path()));
  folder.write("a.jpg", "bytes");
  std::filesystem::create_symlink(folder.path("a.jpg"), folder.path("link.jpg"));
  std::filesystem::create_directory(folder.path("folder"));
  std::stop_source stop;
  CHECK(hash_file(root, "missing.jpg", ReadPath::cached, {}).error().code == ErrorCode::not_found);
  CHECK(hash_file(root, "link.jpg", ReadPath::cached, {}).error().code == ErrorCode::volume);
  CHECK(hash_file(root, "folder", ReadPath::cached, {}).error().code == ErrorCode::volume);
  stop.request_stop();
  CHECK(hash_file(root, "a.jpg", ReadPath::cached, stop.get_token()).error().code == ErrorCode::cancelled);
}
