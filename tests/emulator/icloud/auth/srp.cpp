#include "emulator/icloud/auth/srp.hpp"

#include <openssl/bn.h>
#include <openssl/evp.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "emulator/icloud/auth/bytes.hpp"

namespace emulator::icloud {
namespace {

constexpr const char* kModulusHex =
    "AC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050"
    "A37329CBB4A099ED8193E0757767A13DD52312AB4B03310DCD7F48A9DA04FD50"
    "E8083969EDB767B0CF6095179A163AB3661A05FBD5FAAAE82918A9962F0B93B8"
    "55F97993EC975EEAA80D740ADBF4FF747359D041D5C33EA71D281E446B14773B"
    "CA97B43A23FB801676BD207A436C6481F1D2B9078717461A5B9D32E688F87748"
    "544523B524B0D57D5EA77A2775D2ECFA032CFBDBF52FB3786160279004E57AE6"
    "AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DBFBB6"
    "94B5C803D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73";

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
struct FreeContext {
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, FreeNumber>;
using Context = std::unique_ptr<BN_CTX, FreeContext>;

void must(int ok) {
  if (ok != 1) throw std::runtime_error("big number arithmetic failed");
}

Number number() { return Number(BN_new()); }

Number number(std::string_view bytes) {
  const std::vector<unsigned char> in(bytes.begin(), bytes.end());
  return Number(BN_bin2bn(in.data(), static_cast<int>(in.size()), nullptr));
}

const BIGNUM* modulus() {
  static const Number value = [] {
    BIGNUM* raw = nullptr;
    BN_hex2bn(&raw, kModulusHex);
    return Number(raw);
  }();
  return value.get();
}

std::string pad(const BIGNUM* value) {
  std::vector<unsigned char> out(kSrpBytes);
  if (BN_bn2binpad(value, out.data(), static_cast<int>(out.size())) < 0) throw std::runtime_error("number too long");
  return {out.begin(), out.end()};
}

Number generator() {
  Number two = number();
  must(BN_set_word(two.get(), 2));
  return two;
}

std::string derive(std::string_view password, const std::string& salt, int iteration, SrpProtocol protocol) {
  std::string hashed = sha256(password);
  if (protocol == SrpProtocol::s2k_fo) hashed = to_hex(hashed);
  const std::vector<unsigned char> salt_bytes(salt.begin(), salt.end());
  std::vector<unsigned char> out(32);
  must(PKCS5_PBKDF2_HMAC(hashed.data(), static_cast<int>(hashed.size()), salt_bytes.data(),
                         static_cast<int>(salt_bytes.size()), iteration, EVP_sha256(), static_cast<int>(out.size()),
                         out.data()));
  return {out.begin(), out.end()};
}

}  // namespace

std::string srp_modulus() { return pad(modulus()); }

std::string srp_multiplier() { return sha256(srp_modulus() + pad(generator().get())); }

SrpVerifier::SrpVerifier(std::string name, std::string_view password, std::string salt, int iteration,
                         SrpProtocol protocol)
    : name_(std::move(name)),
      salt_(std::move(salt)),
      derived_(derive(password, salt_, iteration, protocol)),
      exponent_(sha256(salt_ + sha256(":" + derived_))) {
  const Context context(BN_CTX_new());
  const Number v = number();
  must(BN_mod_exp(v.get(), generator().get(), number(exponent_).get(), modulus(), context.get()));
  verifier_ = pad(v.get());
}

std::string SrpVerifier::public_key(std::string_view secret) const {
  const Context context(BN_CTX_new());
  const Number kv = number();
  const Number power = number();
  const Number sum = number();
  must(BN_mod_mul(kv.get(), number(srp_multiplier()).get(), number(verifier_).get(), modulus(), context.get()));
  must(BN_mod_exp(power.get(), generator().get(), number(secret).get(), modulus(), context.get()));
  must(BN_mod_add(sum.get(), kv.get(), power.get(), modulus(), context.get()));
  return pad(sum.get());
}

std::optional<SrpVerifier::Proof> SrpVerifier::prove(std::string_view client_public, std::string_view secret) const {
  if (client_public.size() > kSrpBytes) return std::nullopt;
  const Context context(BN_CTX_new());
  const Number a = number(client_public);
  const Number rest = number();
  must(BN_nnmod(rest.get(), a.get(), modulus(), context.get()));
  if (BN_is_zero(rest.get()) == 1) return std::nullopt;

  const std::string padded_a = pad(a.get());
  const std::string padded_b = public_key(secret);
  Proof proof;
  proof.u = sha256(padded_a + padded_b);
  const Number blend = number();
  const Number shared = number();
  must(BN_mod_exp(blend.get(), number(verifier_).get(), number(proof.u).get(), modulus(), context.get()));
  must(BN_mod_mul(blend.get(), blend.get(), a.get(), modulus(), context.get()));
  must(BN_mod_exp(shared.get(), blend.get(), number(secret).get(), modulus(), context.get()));
  proof.shared = pad(shared.get());
  proof.key = sha256(proof.shared);

  std::string group = sha256(srp_modulus());
  const std::string hashed_g = sha256(pad(generator().get()));
  for (std::size_t i = 0; i < group.size(); ++i) group[i] = static_cast<char>(group[i] ^ hashed_g[i]);
  proof.m1 = sha256(group + sha256(name_) + salt_ + padded_a + padded_b + proof.key);
  proof.m2 = sha256(padded_a + proof.m1 + proof.key);
  return proof;
}

}  // namespace emulator::icloud
