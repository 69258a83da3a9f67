#include "i2i/model/checksum.hpp"

#include "i2i/util/text.hpp"

namespace i2i::model {
namespace {

using namespace std::string_view_literals;

/// What Apple hashes before a file's bytes, both zero bytes included: 51 bytes. Source: docs/protocol/icloud.md §10.3.
constexpr std::string_view kSalt = "com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0"sv;
static_assert(kSalt.size() == 51);

/// The kind of signature that is a salted SHA-1; others cannot be computed from the bytes.
constexpr char kSaltedSha1 = 0x01;
constexpr std::size_t kSignatureBytes = 21;

}  // namespace

bool is_provable(const Checksum& checksum) {
  const auto bytes = util::base64_decode(checksum);
  return bytes && bytes->size() == kSignatureBytes && bytes->front() == kSaltedSha1;
}

ContentHasher::ContentHasher() : salted_(util::HashKind::sha1), plain_(util::HashKind::sha1) { salted_.update(kSalt); }

void ContentHasher::update(std::string_view bytes) {
  salted_.update(bytes);
  plain_.update(bytes);
  size_ += bytes.size();
}

ContentProof ContentHasher::finish() {
  return {util::base64_encode(std::string(1, kSaltedSha1) + salted_.finish()), util::hex_encode(plain_.finish()),
          size_};
}

}  // namespace i2i::model
