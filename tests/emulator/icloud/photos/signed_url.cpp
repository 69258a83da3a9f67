#include "emulator/icloud/photos/signed_url.hpp"

#include <fmt/format.h>

#include <atomic>
#include <charconv>

#include "emulator/common/codec.hpp"

namespace emulator::icloud {
namespace {

std::string bytes_of(std::uint64_t value) {
  std::string bytes(8, '\0');
  for (auto& byte : bytes) {
    byte = static_cast<char>(value & 255U);
    value >>= 8U;
  }
  return bytes;
}

/// An opaque value of the recorded length: a lead byte and 32 bytes.
std::string opaque(char lead, std::uint64_t nonce) {
  std::string bytes(1, lead);
  for (std::uint64_t i = 0; i < 4; ++i) bytes += bytes_of(mix64(nonce + i));
  return base64url(bytes);
}

std::string value(const Request& request, const char* name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string{} : found->second;
}

}  // namespace

SignedUrls::SignedUrls(std::string base, std::string secret, Now now)
    : base_(std::move(base)), secret_(std::move(secret)), now_(std::move(now)) {}

std::string SignedUrls::sign(const std::string& path, const std::string& o, const std::string& a,
                             const std::string& expiry, const std::string& k, const std::string& zone) const {
  return base64url(hmac_sha1(secret_, path + '\n' + o + '\n' + a + '\n' + expiry + '\n' + k + '\n' + zone));
}

SignedUrls::Batch SignedUrls::batch(const std::string& uuid, const std::string& zone) const {
  static std::atomic<std::uint64_t> counter{0};
  Batch batch;
  batch.urls_ = this;
  batch.uuid_ = uuid;
  batch.zone_ = zone;
  batch.expiry_s_ = now_() / 1000 + kLifeSeconds;
  batch.nonce_ = mix64(static_cast<std::uint64_t>(now_()) ^ (++counter << 40U));
  return batch;
}

std::string SignedUrls::Batch::url(const Blob& blob) {
  nonce_ += 16;
  const std::string path = base64url(*unbase64(blob.checksum()) + blob.reference());
  const std::string o = opaque('\x02', nonce_);
  const std::string a = opaque('\x07', nonce_ + 8);
  const std::string expiry = fmt::to_string(expiry_s_);
  const std::string k = base64url(blob.wrapping_key());
  return fmt::format(
      "{}/B/{}/${{f}}?o={}&v=1&x=3&a={}&e={}&k={}&fl=&r={}-1&ckc=com.apple.photos.cloud&ckz={}&y=1&p=61&s={}",
      urls_->base_, path, o, a, expiry, k, uuid_, percent_encode(zone_), urls_->sign(path, o, a, expiry, k, zone_));
}

CheckedUrl SignedUrls::check(const Request& request) const {
  constexpr std::string_view kPrefix = "/B/";
  constexpr std::size_t kPathSize = 56;
  const std::string& path = request.path;
  if (!path.starts_with(kPrefix) || path.size() < kPrefix.size() + kPathSize + 1 ||
      path[kPrefix.size() + kPathSize] != '/') {
    return {};
  }
  const std::string element = path.substr(kPrefix.size(), kPathSize);
  const auto bytes = unbase64(element);
  if (!bytes || bytes->size() != 42) return {};
  CheckedUrl checked{.verdict = UrlVerdict::good, .checksum = base64(bytes->substr(0, 21))};
  const std::string expiry = value(request, "e");
  if (value(request, "s") !=
      sign(element, value(request, "o"), value(request, "a"), expiry, value(request, "k"), value(request, "ckz"))) {
    checked.verdict = UrlVerdict::forged;
    return checked;
  }
  std::int64_t expiry_s = 0;
  std::from_chars(expiry.data(), expiry.data() + expiry.size(), expiry_s);
  if (now_() / 1000 >= expiry_s) checked.verdict = UrlVerdict::expired;
  return checked;
}

}  // namespace emulator::icloud
