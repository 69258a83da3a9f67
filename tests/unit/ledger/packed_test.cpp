#include "ledger/packed.hpp"

#include "catch.hpp"
#include "i2i/util/text.hpp"
#include "ledger/path_key.hpp"

using i2i::ledger::packed;
using i2i::ledger::Stored;
using i2i::ledger::unpacked;

TEST_CASE("texts that are packed, and those that are not; none is lost") {
  struct Row {
    const char* name;
    std::string text;
    std::size_t blob_bytes;  // 0: stays a text
  };
  const Row rows[] = {
      {"asset's name", "08B4FDA8-C892-450E-8653-91958FC61F13", 16},
      {"lower-case UUID", "08b4fda8-c892-450e-8653-91958fc61f13", 0},
      {"dash out of place", "08B4FDA8C-892-450E-8653-91958FC61F13", 0},
      {"digits for dashes", "08B4FDA80C892-450E-8653-91958FC61F13", 0},
      {"short of a digit", "08B4FDA8-C892-450E-8653-91958FC61F1", 0},
      {"all zero", "00000000-0000-0000-0000-000000000000", 16},
      {"provable checksum", "AZ7t0ft34QcGBWeKJBGa3YovlVEM", 21},
      {"first byte 2", "Ap7t0ft34QcGBWeKJBGa3YovlVEM", 0},
      {"first byte 0", "AJ7t0ft34QcGBWeKJBGa3YovlVEM", 0},
      {"blank within", "AZ7t0ft34QcGBWeKJBGa3Yov VEM", 0},
      {"of the other alphabet", "AZ7t0ft34QcGBWeKJBGa3Yov-_EM", 0},
      {"padded", "AZ7t0ft34QcGBWeKJBGa3YovlVE=", 0},
      {"longer", "AZ7t0ft34QcGBWeKJBGa3YovlVEMAAAA", 0},
      {"SHA-1", "43e8ed1ae3e5276642358e0e5d4201aaf5fd2b88", 20},
      {"upper-case SHA-1", "43E8ED1AE3E5276642358E0E5D4201AAF5FD2B88", 0},
      {"no hexadecimal", "g3e8ed1ae3e5276642358e0e5d4201aaf5fd2b88", 0},
      {"empty", "", 0},
      {"zero byte", std::string("a\0b", 3), 0},
      {"bytes of a packed one", std::string(21, '\1'), 0},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Stored stored = packed(row.text);
    CHECK(stored.is_blob == (row.blob_bytes > 0));
    if (stored.is_blob) CHECK(stored.bytes.size() == row.blob_bytes);
    CHECK((stored.is_blob ? unpacked(stored.bytes) : stored.bytes) == row.text);
  }
}

TEST_CASE("packed names keep their order, as SQLite has it") {
  CHECK(packed("08B4FDA8-C892-450E-8653-91958FC61F13") < packed("F8B4FDA8-C892-450E-8653-91958FC61F13"));
  CHECK(packed("7FB4FDA8-C892-450E-8653-91958FC61F13") < packed("80B4FDA8-C892-450E-8653-91958FC61F13"));
  CHECK(packed("zzz") < packed("08B4FDA8-C892-450E-8653-91958FC61F13"));
}

TEST_CASE("blobs of a length that is none of ours are no text") {
  for (const std::size_t size : {0U, 1U, 15U, 22U, 28U}) CHECK(unpacked(std::string(size, '\1')).empty());
}

TEST_CASE("a path's key fits in six bytes and is what it always was") {
  // Keys are in files: another function would no longer find them.
  CHECK(i2i::ledger::path_key("") == static_cast<std::int64_t>(0xCBF29CE484222325U) >> 16);
  CHECK(i2i::ledger::path_key("a") == static_cast<std::int64_t>(0xAF63DC4C8601EC8CU) >> 16);  // FNV's published vector
  for (const char* path : {"2024/05/06/img_1234.heic", "b", "c", "foobar"}) {
    const std::int64_t key = i2i::ledger::path_key(path);
    CHECK((key < (std::int64_t{1} << 47) && key >= -(std::int64_t{1} << 47)));
  }
}
