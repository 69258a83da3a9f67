// The vectors of docs/protocol/icloud.md, appendix A.1.
#include "i2i/icloud/srp.hpp"

#include <openssl/bn.h>

#include "catch.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/text.hpp"

using namespace i2i::icloud;
using i2i::util::ErrorCode;
using i2i::util::hex_encode;
using i2i::util::Secret;

namespace {

constexpr const char* kPrime =
    "AC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050A37329CBB4A099ED8193E0757767A13DD52312AB4B03310D"
    "CD7F48A9DA04FD50E8083969EDB767B0CF6095179A163AB3661A05FBD5FAAAE82918A9962F0B93B855F97993EC975EEAA80D740ADBF4FF74"
    "7359D041D5C33EA71D281E446B14773BCA97B43A23FB801676BD207A436C6481F1D2B9078717461A5B9D32E688F87748544523B524B0D57D"
    "5EA77A2775D2ECFA032CFBDBF52FB3786160279004E57AE6AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DBFBB6"
    "94B5C803D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73";
constexpr const char* kMultiplier = "05b9e8ef059c6b32ea59fc1d322d37f04aa30bae5aa9003b8321e21ddb04e300";

/// B = (k*g^x + g^b) mod N, as the server makes it; plain arithmetic, apart from the code under test.
std::string server_public(const std::string& x_hex, const std::string& b_hex) {
  BN_CTX* context = BN_CTX_new();
  BIGNUM* n = nullptr;
  BIGNUM* k = nullptr;
  BIGNUM* x = nullptr;
  BIGNUM* b = nullptr;
  BN_hex2bn(&n, kPrime);
  BN_hex2bn(&k, kMultiplier);
  BN_hex2bn(&x, x_hex.c_str());
  BN_hex2bn(&b, b_hex.c_str());
  BIGNUM* g = BN_new();
  BN_set_word(g, 2);
  BIGNUM* v = BN_new();
  BIGNUM* right = BN_new();
  BN_mod_exp(v, g, x, n, context);
  BN_mod_mul(v, v, k, n, context);
  BN_mod_exp(right, g, b, n, context);
  BN_mod_add(v, v, right, n, context);
  std::string bytes(256, '\0');
  BN_bn2binpad(v, reinterpret_cast<unsigned char*>(bytes.data()), 256);
  for (BIGNUM* number : {n, k, x, b, g, v, right}) BN_free(number);
  BN_CTX_free(context);
  return bytes;
}

std::string test_salt() {
  std::string salt;
  for (char byte = 0; byte < 16; ++byte) salt += byte;
  return salt;
}

struct Vector {
  const char* name;
  SrpProtocol protocol;
  const char* x;
  const char* hashed_b;
  const char* m1;
  const char* m2;
};

const Vector kVectors[] = {
    {"s2k", SrpProtocol::s2k, "204a8132e6cd446964ab15f96adae93e51dfa339d0a305996de8d82a51379f96",
     "29133e04143fb02b46bd8340662d9feef002a24db475a29ce573fdfcf18e8de9",
     "9f3a96659923bf3bb54c9b6d6af278a5f9b99f9e52bbb62cd9e0db29435d2bce",
     "819aa52c4797f22d5ecd33ad49020e4c32bccd93c4e0d148fbec0b4d47fc3025"},
    {"s2k_fo", SrpProtocol::s2k_fo, "96e8baffa4fcd451da3ad3b5863d80a20c50b4a8db7febaca300983b7d5e3438",
     "bf9b305427f10ed337014e476d6b98d706e9210196af52bbb5ffdf9397b860cb",
     "6343103db58b9205a4fa4f68ef2e7ac5f737edf06016d3861f2ce507f40e6588",
     "9e662a83e49ff83ebfb6b76223bcccb503f8c392f1327e5a11bcaec227affe39"},
};

SrpChallenge challenge_of(const Vector& vector) {
  return {vector.protocol, 20064, test_salt(), server_public(vector.x, std::string(64, '2'))};
}

}  // namespace

TEST_CASE("the public key of the vector") {
  const auto client = SrpClient::create(std::string(32, '\x11'));
  REQUIRE(client);
  const std::string hex = hex_encode(client->public_key());
  CHECK(client->public_key().size() == 256);
  CHECK(hex.substr(0, 16) == "24d1e3e550122e1d");
  CHECK(hex.substr(496) == "d4662155f89b5d0f");
  CHECK(hex_encode(i2i::util::sha256(client->public_key())) ==
        "6532302de45c50ade1f2fc01a87a82c52ed3ae8a0a87180ea54fe98fa18c382a");
}

TEST_CASE("the proofs of both password forms") {
  const auto client = SrpClient::create(std::string(32, '\x11'));
  REQUIRE(client);
  for (const Vector& vector : kVectors) {
    INFO(vector.name);
    const SrpChallenge challenge = challenge_of(vector);
    REQUIRE(hex_encode(i2i::util::sha256(challenge.server_public)) == vector.hashed_b);
    const auto proof = client->prove("user@example.com", Secret("correct horse"), challenge);
    REQUIRE(proof);
    REQUIRE(*proof);
    CHECK(hex_encode((*proof)->m1) == vector.m1);
    CHECK(hex_encode((*proof)->m2) == vector.m2);
    const auto wrong = client->prove("user@example.com", Secret("correct horsf"), challenge);
    REQUIRE(wrong);
    REQUIRE(*wrong);
    CHECK(hex_encode((*wrong)->m1) != vector.m1);
  }
}

TEST_CASE("challenges that make no sense are turned down") {
  const auto client = SrpClient::create(std::string(32, '\x11'));
  REQUIRE(client);
  struct Row {
    const char* name;
    void (*spoil)(SrpChallenge&);
  };
  const Row rows[] = {
      {"no iterations", [](SrpChallenge& c) { c.iterations = 0; }},
      {"iterations that would take minutes", [](SrpChallenge& c) { c.iterations = 1'000'001; }},
      {"no salt", [](SrpChallenge& c) { c.salt.clear(); }},
      {"B is nothing", [](SrpChallenge& c) { c.server_public.clear(); }},
      {"B is zero", [](SrpChallenge& c) { c.server_public.assign(256, '\0'); }},
      {"B is N", [](SrpChallenge& c) { c.server_public = *i2i::util::hex_decode(kPrime); }},
      {"B is too long", [](SrpChallenge& c) { c.server_public.assign(257, '\x01'); }},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    SrpChallenge challenge = challenge_of(kVectors[0]);
    row.spoil(challenge);
    const auto proof = client->prove("user@example.com", Secret("correct horse"), challenge);
    REQUIRE_FALSE(proof);
    CHECK(proof.error().code == ErrorCode::bad_answer);
  }
}

TEST_CASE("an unlucky server number asks for another start") {
  const auto client = SrpClient::create(std::string(32, '\x11'));
  REQUIRE(client);
  for (const std::size_t size : {255U, 256U}) {
    SrpChallenge challenge = challenge_of(kVectors[0]);
    challenge.server_public = std::string(size - 255, '\0') + std::string(255, '\x42');
    const auto proof = client->prove("user@example.com", Secret("correct horse"), challenge);
    REQUIRE(proof);
    CHECK_FALSE(*proof);
  }
}

TEST_CASE("a private key too short is our own mistake") {
  const auto client = SrpClient::create("short");
  REQUIRE_FALSE(client);
  CHECK(client.error().code == ErrorCode::internal);
}
