#pragma once
// The bytes of one file of the library: on disk, in memory, or made on demand from a number.

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace emulator::icloud {

/// Apple's fileChecksum of some bytes: base64 of 0x01 and a salted SHA-1 (docs/protocol/icloud.md §10.3).
std::string file_checksum(std::string_view bytes);

/// Immutable; digests are computed on first use. Thread-safe.
class Blob {
 public:
  virtual ~Blob() = default;
  Blob() = default;
  Blob(const Blob&) = delete;
  Blob& operator=(const Blob&) = delete;
  Blob(Blob&&) = delete;
  Blob& operator=(Blob&&) = delete;

  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// The bytes [offset, offset + size), less where the file ends.
  [[nodiscard]] virtual std::string read(std::uint64_t offset, std::size_t size) const = 0;

  /// base64, 28 characters (§10.3).
  [[nodiscard]] std::string checksum() const;
  /// 21 and 16 bytes that stand beside the checksum in every ASSETID (§9.4): opaque, the same for the same file.
  [[nodiscard]] std::string reference() const;
  [[nodiscard]] std::string wrapping_key() const;
  /// Plain SHA-1 of the bytes, 40 hexadecimal digits.
  [[nodiscard]] std::string sha1_hex() const;

 private:
  void digest() const;

  mutable std::once_flag once_;
  mutable std::array<char, 20> salted_{};
  mutable std::array<char, 20> plain_{};
};

using BlobPtr = std::shared_ptr<const Blob>;

/// Throws std::runtime_error where there is no such file.
BlobPtr blob_from_file(const std::string& path);
BlobPtr blob_from_bytes(std::string bytes);
/// Bytes that depend on key, size and position only; they begin and end as a JPEG does.
BlobPtr blob_generated(std::uint64_t key, std::uint64_t size);

}  // namespace emulator::icloud
