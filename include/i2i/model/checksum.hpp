#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "i2i/util/hash.hpp"

namespace i2i::model {

/// Apple's fileChecksum as it came: base64 text. It identifies a content.
/// Source: docs/protocol/icloud.md §10.3.
using Checksum = std::string;

/// True for the form that can be recomputed from the bytes: 21 bytes, the first 0x01. Everything else is "unproven".
bool is_provable(const Checksum& checksum);

/// What one pass over the bytes of a file tells.
struct ContentProof {
  Checksum checksum;     // Apple's form
  std::string sha1_hex;  // plain; what Immich calls the checksum of an upload
  std::uint64_t size = 0;
};

/// Computes the proof of bytes given in pieces.
class ContentHasher {
 public:
  ContentHasher();
  void update(std::string_view bytes);
  ContentProof finish();

 private:
  util::Hasher salted_;
  util::Hasher plain_;
  std::uint64_t size_ = 0;
};

}  // namespace i2i::model
