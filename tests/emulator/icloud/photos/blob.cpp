#include "emulator/icloud/photos/blob.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "emulator/common/codec.hpp"

namespace emulator::icloud {
namespace {

constexpr std::string_view kSalt{"com.apple.XattrObjectSalt\0com.apple.DataObjectSalt\0", 51};
constexpr std::size_t kStep = 1 << 20;

class Sha1 {
 public:
  Sha1() { EVP_DigestInit_ex(context_.get(), EVP_sha1(), nullptr); }
  void update(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  void finish(std::array<char, 20>& digest) {
    EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_{EVP_MD_CTX_new()};
};

class FileBlob final : public Blob {
 public:
  explicit FileBlob(std::string path) : path_(std::move(path)) {
    struct stat status {};
    if (::stat(path_.c_str(), &status) != 0) throw std::runtime_error("no such file: " + path_);
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] std::string read(std::uint64_t offset, std::size_t size) const override {
    const int fd = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw std::runtime_error("file went away: " + path_);
    std::string bytes(size, '\0');
    const ssize_t got = ::pread(fd, bytes.data(), size, static_cast<off_t>(offset));
    ::close(fd);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }

 private:
  std::string path_;
  std::uint64_t size_ = 0;
};

class BytesBlob final : public Blob {
 public:
  explicit BytesBlob(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] std::string read(std::uint64_t offset, std::size_t size) const override {
    return offset < bytes_.size() ? bytes_.substr(offset, size) : std::string{};
  }

 private:
  std::string bytes_;
};

class GeneratedBlob final : public Blob {
 public:
  GeneratedBlob(std::uint64_t key, std::uint64_t size) : key_(mix64(key)), size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] std::string read(std::uint64_t offset, std::size_t size) const override {
    if (offset >= size_) return {};
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, size_ - offset));
    const std::uint64_t first_word = offset / 8;
    const std::size_t skip = offset % 8;
    const std::size_t words = (skip + size + 7) / 8;
    std::string bytes(words * 8, '\0');
    for (std::size_t i = 0; i < words; ++i) {
      const std::uint64_t word = mix64(key_ ^ ((first_word + i) * 0x9e3779b97f4a7c15U));
      std::memcpy(bytes.data() + i * 8, &word, 8);
    }
    bytes = skip == 0 && bytes.size() == size ? std::move(bytes) : bytes.substr(skip, size);
    frame(bytes, offset);
    return bytes;
  }

 private:
  void frame(std::string& bytes, std::uint64_t offset) const {
    constexpr std::string_view kHead = "\xff\xd8\xff\xe0";
    constexpr std::string_view kTail = "\xff\xd9";
    if (size_ < kHead.size() + kTail.size()) return;
    for (std::size_t i = 0; i < bytes.size() && offset + i < kHead.size(); ++i) bytes[i] = kHead[offset + i];
    for (std::size_t i = 0; i < kTail.size(); ++i) {
      const std::uint64_t at = size_ - kTail.size() + i;
      if (at >= offset && at - offset < bytes.size()) bytes[at - offset] = kTail[i];
    }
  }

  std::uint64_t key_;
  std::uint64_t size_;
};

std::string_view view(const std::array<char, 20>& digest) { return {digest.data(), digest.size()}; }

}  // namespace

std::string file_checksum(std::string_view bytes) {
  return base64("\x01" + sha1(std::string(kSalt) + std::string(bytes)));
}

void Blob::digest() const {
  std::call_once(once_, [this] {
    Sha1 salted;
    Sha1 plain;
    salted.update(kSalt);
    for (std::uint64_t offset = 0; offset < size(); offset += kStep) {
      const std::string piece = read(offset, kStep);
      salted.update(piece);
      plain.update(piece);
    }
    salted.finish(salted_);
    plain.finish(plain_);
  });
}

std::string Blob::checksum() const {
  digest();
  return base64("\x01" + std::string(view(salted_)));
}

std::string Blob::reference() const {
  digest();
  return "\x01" + sha1("reference" + std::string(view(salted_)));
}

std::string Blob::wrapping_key() const {
  digest();
  return sha1("wrapping key" + std::string(view(salted_))).substr(0, 16);
}

std::string Blob::sha1_hex() const {
  digest();
  return hex(view(plain_));
}

BlobPtr blob_from_file(const std::string& path) { return std::make_shared<FileBlob>(path); }
BlobPtr blob_from_bytes(std::string bytes) { return std::make_shared<BytesBlob>(std::move(bytes)); }
BlobPtr blob_generated(std::uint64_t key, std::uint64_t size) { return std::make_shared<GeneratedBlob>(key, size); }

}  // namespace emulator::icloud
