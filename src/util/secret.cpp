#include "i2i/util/secret.hpp"

#include <fmt/core.h>
#include <openssl/crypto.h>

#include <utility>

#include "i2i/util/hash.hpp"
#include "i2i/util/text.hpp"

namespace i2i::util {

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) {
  // Short texts live inside the string object: moving copies them and leaves the bytes behind.
  other.wipe();
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();
  }
  return *this;
}

std::string Secret::fingerprint() const {
  return fmt::format("{} bytes, {}", text_.size(), hex_encode(sha256(text_)).substr(0, 8));
}

void Secret::wipe() noexcept {
  text_.resize(text_.capacity());  // never allocates, and makes the bytes behind the end ours to write
  OPENSSL_cleanse(text_.data(), text_.size());
  text_.clear();
}

}  // namespace i2i::util
