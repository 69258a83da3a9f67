#include "i2i/util/secret.hpp"

#include <fmt/core.h>

#include <cstring>
#include <memory>
#include <new>
#include <sstream>
#include <type_traits>

#include "catch.hpp"

using i2i::util::Secret;

namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

}  // namespace

TEST_CASE("a secret cannot be printed or turned into text by accident") {
  STATIC_REQUIRE_FALSE(Printable<Secret>);
  STATIC_REQUIRE_FALSE(fmt::is_formattable<Secret>::value);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Secret, std::string>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string, Secret>);
}

TEST_CASE("a fingerprint tells secrets apart without showing them") {
  CHECK(Secret("abc").fingerprint() == "3 bytes, ba7816bf");
  CHECK(Secret("abd").fingerprint() != Secret("abc").fingerprint());
  CHECK(Secret().fingerprint() == "0 bytes, e3b0c442");
}

TEST_CASE("copies and moves keep the text, and a moved-from secret has none") {
  for (const std::string& text : {std::string("short"), std::string(100, 'x')}) {
    Secret first(text);
    Secret copy = first;
    CHECK(copy.reveal() == text);
    Secret moved(std::move(first));
    CHECK(moved.reveal() == text);
    CHECK(first.empty());  // NOLINT(bugprone-use-after-move): that it is empty is what is tested
    copy = moved;
    CHECK(copy.reveal() == text);
    const Secret& same = copy;
    copy = same;
    CHECK(copy.reveal() == text);
    first = std::move(copy);
    CHECK(first.reveal() == text);
    CHECK(copy.empty());  // NOLINT(bugprone-use-after-move): as above
  }
}

TEST_CASE("the bytes of a moved-from secret are wiped") {
  // Short texts lie within the object, where its memory can be looked at while it lives.
  Secret first(std::string("hunter2"));
  const Secret second(std::move(first));
  std::string memory(sizeof(Secret), '\0');
  std::memcpy(memory.data(), static_cast<const void*>(&first), sizeof(Secret));
  CHECK(memory.find("hunter") == std::string::npos);
  CHECK(second.reveal() == "hunter2");
}
