#include "catch.hpp"
#include "emulator/icloud/auth/proof_of_work.hpp"
#include "unit/emulator/auth_test_client.hpp"

using namespace auth_test;

namespace {

std::string counting_salt() {
  std::string salt;
  for (int i = 0; i < 16; ++i) salt += static_cast<char>(i);
  return salt;
}

struct Vector {
  const char* protocol;
  ic::SrpProtocol kind;
  const char *p, *x, *hashed_v, *b_head, *hashed_b, *u, *key, *m1, *m2;
};

// docs/protocol/icloud.md Appendix A.1.
const Vector kVectors[] = {
    {"s2k", ic::SrpProtocol::s2k, "1b3e41fce43c2b56508692615aee5b0d3a5aafe3c93490845ad71e062853a7db",
     "204a8132e6cd446964ab15f96adae93e51dfa339d0a305996de8d82a51379f96",
     "addfbbff3d5393d99377c19986355f7005bef6b4e0b88056009c52d6e50dde8c", "a46947abf1a0c210",
     "29133e04143fb02b46bd8340662d9feef002a24db475a29ce573fdfcf18e8de9",
     "e21b17e831a4b42292185960094e6ed7acc145cf64d09d39b400fc0dcd4bedd9",
     "a3671afa9b06204c585d426d3d561c5839f6a53f5e7cf79572fbc8f1eafa7e8f",
     "9f3a96659923bf3bb54c9b6d6af278a5f9b99f9e52bbb62cd9e0db29435d2bce",
     "819aa52c4797f22d5ecd33ad49020e4c32bccd93c4e0d148fbec0b4d47fc3025"},
    {"s2k_fo", ic::SrpProtocol::s2k_fo, "edab07c7eba7d0082e17301d530aeeafb0d59aec10653983929b137fa907aa14",
     "96e8baffa4fcd451da3ad3b5863d80a20c50b4a8db7febaca300983b7d5e3438",
     "2d1a2d7907de66a6b0e4f12032bb15a0733eb41e2defe5ed5daa533d8d41db0b", "1cc39de70ba45848",
     "bf9b305427f10ed337014e476d6b98d706e9210196af52bbb5ffdf9397b860cb",
     "eb8bff3790ede14cf9f8af63c3882cdb2b60bf7e47d5c3865e31dccca8f477fe",
     "3c5796a6dbebc5e8c86a6ebfad13933789e4baabe98c17d9dc95f8734fbf1590",
     "6343103db58b9205a4fa4f68ef2e7ac5f737edf06016d3861f2ce507f40e6588",
     "9e662a83e49ff83ebfb6b76223bcccb503f8c392f1327e5a11bcaec227affe39"},
};

}  // namespace

TEST_CASE("the SRP vectors of the protocol document hold on both sides") {
  for (const auto& vector : kVectors) {
    DYNAMIC_SECTION(vector.protocol) {
      const ic::SrpVerifier server("user@example.com", "correct horse", counting_salt(), 20064, vector.kind);
      CHECK(ic::to_hex(server.derived()) == vector.p);
      CHECK(ic::to_hex(server.exponent()) == vector.x);
      CHECK(ic::to_hex(ic::sha256(server.verifier())) == vector.hashed_v);
      const std::string b = server.public_key(std::string(32, '\x22'));
      CHECK(ic::to_hex(b.substr(0, 8)) == vector.b_head);
      CHECK(ic::to_hex(ic::sha256(b)) == vector.hashed_b);

      const SrpClient client;
      CHECK(ic::to_hex(ic::sha256(client.public_key())) ==
            "6532302de45c50ade1f2fc01a87a82c52ed3ae8a0a87180ea54fe98fa18c382a");
      const auto mine = client.prove("user@example.com", "correct horse", counting_salt(), 20064, vector.protocol, b);
      const auto theirs = server.prove(client.public_key(), std::string(32, '\x22'));
      REQUIRE(theirs);
      CHECK(ic::to_hex(theirs->u) == vector.u);
      CHECK(ic::to_hex(theirs->key) == vector.key);
      CHECK(ic::to_hex(theirs->m1) == vector.m1);
      CHECK(ic::to_hex(theirs->m2) == vector.m2);
      CHECK(mine.m1 == theirs->m1);
      CHECK(mine.m2 == theirs->m2);
    }
  }
  CHECK(ic::to_hex(ic::srp_multiplier()) == "05b9e8ef059c6b32ea59fc1d322d37f04aa30bae5aa9003b8321e21ddb04e300");
  CHECK(ic::to_hex(ic::sha256(ic::srp_modulus())) ==
        "91b71d6b40d439954568d412e883de5186f9381e25aef36e7a4607722f7e15ca");
}

TEST_CASE("a public number that is no group element is refused") {
  const ic::SrpVerifier server("n", "p", "salt", 1, ic::SrpProtocol::s2k);
  const std::string secret(32, '\x22');
  CHECK_FALSE(server.prove(std::string(256, '\0'), secret));
  CHECK_FALSE(server.prove("", secret));
  CHECK_FALSE(server.prove(ic::srp_modulus(), secret));
  CHECK_FALSE(server.prove(std::string(257, '\1'), secret));
  CHECK(server.prove("\x02", secret));
}

TEST_CASE("a stamp is checked as SHA-1 over the whole text") {
  const std::string challenge = "00112233445566778899aabbccddeeff";
  const std::string good = "1:11:20260101000000:" + challenge + "::366";  // Appendix A.2
  CHECK(ic::to_hex(ic::sha1(good)) == "000223091601ebff83446dd798609f152a80ae32");
  CHECK(ic::stamp_is_good(good, 11, challenge));
  struct Row {
    const char* name;
    std::string stamp;
    int bits;
  };
  for (const auto& row : {Row{"too few bits", good, 15}, Row{"none", "", 11}, Row{"another counter", good + "0", 11},
                          Row{"no counter", "1:11:20260101000000:" + challenge + "::", 11},
                          Row{"short time", "1:11:202601010000:" + challenge + "::366", 11},
                          Row{"foreign challenge", "1:11:20260101000000:ffff::366", 11}}) {
    DYNAMIC_SECTION(row.name) { CHECK_FALSE(ic::stamp_is_good(row.stamp, row.bits, challenge)); }
  }
}

TEST_CASE("JSON is printed with blanks before colons and cookie dates with hyphens") {
  CHECK(ic::apple_json(json{{"a", {1, "x"}}, {"b", json::object()}}) == "{\n  \"a\" : [ 1, \"x\" ],\n  \"b\" : { }\n}");
  CHECK(ic::cookie_date(1705370839000) == "Tue, 16-Jan-2024 02:07:19 GMT");
  CHECK(ic::cookie_value("a=1; b=\"x=y\"; c=", "b") == "\"x=y\"");
  CHECK(ic::cookie_value("a=1; ab=2", "b") == std::nullopt);
  CHECK(ic::from_base64("AAEC") == std::string("\0\1\2", 3));
  CHECK(ic::from_base64("AA==") == std::string(1, '\0'));
  CHECK_FALSE(ic::from_base64("A=A="));
  CHECK(ic::to_base64("") == "");
}
