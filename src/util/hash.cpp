#include "i2i/util/hash.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>

#include "i2i/util/result.hpp"
#include "i2i/util/text.hpp"

namespace i2i::util {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

struct AlgorithmDeleter {
  void operator()(EVP_MD* algorithm) const noexcept { EVP_MD_free(algorithm); }
};

/// Looked up once: OpenSSL's tables are behind locks, and a lookup costs as much as hashing some kilobytes.
const EVP_MD* algorithm(HashKind kind) {
  using Algorithm = std::unique_ptr<EVP_MD, AlgorithmDeleter>;
  static const Algorithm sha1(EVP_MD_fetch(nullptr, "SHA1", nullptr));
  static const Algorithm sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  return (kind == HashKind::sha1 ? sha1 : sha256).get();
}

std::string hash_once(HashKind kind, std::string_view bytes) {
  Hasher hasher(kind);
  hasher.update(bytes);
  return hasher.finish();
}

}  // namespace

struct Hasher::State {
  std::unique_ptr<EVP_MD_CTX, ContextDeleter> context;
};

// OpenSSL's digests fail only without memory or without the algorithm; neither leaves anything to do.
Hasher::Hasher(HashKind kind) : state_(std::make_unique<State>()) {
  state_->context.reset(EVP_MD_CTX_new());
  I2I_ASSERT(state_->context != nullptr);
  I2I_ASSERT(EVP_DigestInit_ex(state_->context.get(), algorithm(kind), nullptr) == 1);
}

Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;
Hasher::~Hasher() = default;

void Hasher::update(std::string_view bytes) {
  I2I_ASSERT(state_ != nullptr);
  I2I_ASSERT(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

std::string Hasher::finish() {
  I2I_ASSERT(state_ != nullptr);
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  // OpenSSL wants unsigned bytes; the string's are the same memory.
  I2I_ASSERT(EVP_DigestFinal_ex(state_->context.get(), reinterpret_cast<unsigned char*>(digest.data()), &length) == 1);
  digest.resize(length);
  state_.reset();
  return digest;
}

std::string sha1(std::string_view bytes) { return hash_once(HashKind::sha1, bytes); }
std::string sha256(std::string_view bytes) { return hash_once(HashKind::sha256, bytes); }

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  I2I_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1);
  return bytes;
}

std::string random_uuid() {
  std::string bytes = random_bytes(16);
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | 0x40U);  // version 4
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);  // RFC 9562 variant
  std::string text = hex_encode(bytes);
  constexpr std::array<std::size_t, 4> kDashes{8, 13, 18, 23};
  for (const std::size_t at : kDashes) text.insert(at, 1, '-');
  return text;
}

}  // namespace i2i::util
