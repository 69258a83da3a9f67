#include "i2i/icloud/srp.hpp"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "i2i/util/hash.hpp"

namespace i2i::icloud {
namespace {

constexpr std::size_t kWidth = 256;
constexpr std::size_t kHash = 32;
constexpr int kMostIterations = 1'000'000;

// RFC 5054, appendix A, 2048-bit group.
constexpr const char* kPrime =
    "AC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050A37329CBB4A099ED8193E0757767A13DD52312AB4B03310D"
    "CD7F48A9DA04FD50E8083969EDB767B0CF6095179A163AB3661A05FBD5FAAAE82918A9962F0B93B855F97993EC975EEAA80D740ADBF4FF74"
    "7359D041D5C33EA71D281E446B14773BCA97B43A23FB801676BD207A436C6481F1D2B9078717461A5B9D32E688F87748544523B524B0D57D"
    "5EA77A2775D2ECFA032CFBDBF52FB3786160279004E57AE6AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DBFBB6"
    "94B5C803D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73";

struct NumberCleanup {
  void operator()(BIGNUM* number) const noexcept { BN_clear_free(number); }
};
struct ContextCleanup {
  void operator()(BN_CTX* context) const noexcept { BN_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, NumberCleanup>;
using Context = std::unique_ptr<BN_CTX, ContextCleanup>;

/// Text that is wiped when it goes: keys and hashes on the way.
struct Wiped {
  explicit Wiped(std::string bytes) : text(std::move(bytes)) {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  Wiped(Wiped&&) = delete;
  Wiped& operator=(Wiped&&) = delete;
  ~Wiped() { OPENSSL_cleanse(text.data(), text.size()); }
  std::string text;
};

const unsigned char* bytes_of(const std::string& text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}
unsigned char* bytes_of(std::string& text) { return static_cast<unsigned char*>(static_cast<void*>(text.data())); }

Number number_from(const std::string& bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}
Number zero() { return Number(BN_new()); }

std::string pad(const BIGNUM* number) {
  std::string bytes(kWidth, '\0');
  const int written = BN_bn2binpad(number, bytes_of(bytes), static_cast<int>(kWidth));
  I2I_ASSERT(written == static_cast<int>(kWidth));
  return bytes;
}

Number prime() {
  BIGNUM* raw = nullptr;
  BN_hex2bn(&raw, kPrime);
  return Number(raw);
}
Number generator() {
  Number two = zero();
  BN_set_word(two.get(), 2);
  return two;
}

/// base^exponent mod N, in time that does not depend on the exponent.
Number power(const BIGNUM* base, BIGNUM* exponent, const BIGNUM* modulus, BN_CTX* context) {
  Number result = zero();
  BN_set_flags(exponent, BN_FLG_CONSTTIME);
  const int ok = BN_mod_exp_mont_consttime(result.get(), base, exponent, modulus, context, nullptr);
  I2I_ASSERT(ok == 1);
  return result;
}

/// P of docs/protocol/icloud.md §2.4.
std::string stretched_password(const util::Secret& password, const SrpChallenge& challenge) {
  static constexpr const char* kDigits = "0123456789abcdef";
  Wiped hash(util::sha256(password.reveal()));
  if (challenge.protocol == SrpProtocol::s2k_fo) {
    std::string hex;
    hex.reserve(2 * kHash);
    for (const char byte : hash.text) {
      const auto value = static_cast<unsigned char>(byte);
      hex += kDigits[value >> 4U];
      hex += kDigits[value & 15U];
    }
    OPENSSL_cleanse(hash.text.data(), hash.text.size());
    hash.text = std::move(hex);
  }
  std::string out(kHash, '\0');
  const int ok = PKCS5_PBKDF2_HMAC(hash.text.data(), static_cast<int>(hash.text.size()), bytes_of(challenge.salt),
                                   static_cast<int>(challenge.salt.size()), challenge.iterations, EVP_sha256(),
                                   static_cast<int>(kHash), bytes_of(out));
  I2I_ASSERT(ok == 1);
  return out;
}

}  // namespace

util::Result<SrpClient> SrpClient::create(std::string private_key) {
  if (private_key.size() < 32 || private_key.size() > kWidth) {
    return util::fail(util::ErrorCode::internal, "the private key of a sign-in must have 32 to 256 bytes");
  }
  const Context context(BN_CTX_new());
  const Number modulus = prime();
  const Number base = generator();
  const Number exponent = number_from(private_key);
  const Number public_number = power(base.get(), exponent.get(), modulus.get(), context.get());
  return SrpClient(std::move(private_key), pad(public_number.get()));
}

util::Result<std::optional<SrpProof>> SrpClient::prove(const std::string& account_name, const util::Secret& password,
                                                       const SrpChallenge& challenge) const {
  const auto bad = [](const char* what) {
    return util::fail(util::ErrorCode::bad_answer, std::string("Apple's sign-in challenge makes no sense: ") + what,
                      "Try again in an hour.");
  };
  if (challenge.iterations < 1 || challenge.iterations > kMostIterations) return bad("number of iterations");
  if (challenge.salt.empty()) return bad("no salt");
  if (challenge.server_public.size() > kWidth) return bad("its number is too long");
  const Context context(BN_CTX_new());
  const Number modulus = prime();
  const Number base = generator();
  const Number theirs = number_from(challenge.server_public);
  const Number reduced = zero();
  BN_nnmod(reduced.get(), theirs.get(), modulus.get(), context.get());
  if (BN_is_zero(reduced.get())) return bad("its number is zero");
  const std::string padded_b = pad(theirs.get());
  if (padded_b.front() == '\0') return std::optional<SrpProof>();

  const std::string padded_n = pad(modulus.get());
  const std::string padded_g = pad(base.get());
  const Number multiplier = number_from(util::sha256(padded_n + padded_g));
  const Number scramble = number_from(util::sha256(public_key_ + padded_b));
  if (BN_is_zero(scramble.get())) return bad("the mixed number is zero");

  const Wiped stretched(stretched_password(password, challenge));
  const Wiped inner(util::sha256(":" + stretched.text));
  const Wiped key(util::sha256(challenge.salt + inner.text));
  const Number x = number_from(key.text);
  const Number a = number_from(private_key_);

  // S = (B - k*g^x)^(a + u*x) mod N
  const Number verifier = power(base.get(), x.get(), modulus.get(), context.get());
  const Number product = zero();
  const Number difference = zero();
  const Number exponent = zero();
  int ok = BN_mod_mul(product.get(), multiplier.get(), verifier.get(), modulus.get(), context.get());
  ok &= BN_mod_sub(difference.get(), reduced.get(), product.get(), modulus.get(), context.get());
  ok &= BN_mul(exponent.get(), scramble.get(), x.get(), context.get());
  ok &= BN_add(exponent.get(), exponent.get(), a.get());
  I2I_ASSERT(ok == 1);
  const Number shared = power(difference.get(), exponent.get(), modulus.get(), context.get());
  const Wiped padded_s(pad(shared.get()));
  if (padded_s.text.front() == '\0') return std::optional<SrpProof>();

  const Wiped session_key(util::sha256(padded_s.text));
  std::string mixed = util::sha256(padded_n);
  const std::string hashed_g = util::sha256(padded_g);
  for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] = static_cast<char>(mixed[i] ^ hashed_g[i]);
  SrpProof proof;
  proof.m1 =
      util::sha256(mixed + util::sha256(account_name) + challenge.salt + public_key_ + padded_b + session_key.text);
  proof.m2 = util::sha256(public_key_ + proof.m1 + session_key.text);
  return std::optional<SrpProof>(std::move(proof));
}

}  // namespace i2i::icloud
