#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace i2i::util {

enum class HashKind { sha1, sha256 };

/// A running hash over bytes given in pieces. Not thread-safe; movable.
class Hasher {
 public:
  explicit Hasher(HashKind kind);
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  ~Hasher();

  void update(std::string_view bytes);
  /// The digest's raw bytes (20 or 32); the hasher may not be used after it.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha1(std::string_view bytes);
std::string sha256(std::string_view bytes);
std::string random_bytes(std::size_t count);
/// Lower-case UUID version 4.
std::string random_uuid();

}  // namespace i2i::util
