#pragma once
// The short-lived addresses of files: docs/protocol/icloud.md §10.1.

#include <string>

#include "emulator/common/http.hpp"
#include "emulator/icloud/photos/blob.hpp"

namespace emulator::icloud {

enum class UrlVerdict { good, expired, forged, malformed };

struct CheckedUrl {
  UrlVerdict verdict = UrlVerdict::malformed;
  std::string checksum;  // fileChecksum, base64
};

/// Thread-safe.
class SignedUrls {
 public:
  /// base: "https://content.icloud-content.localhost:8443". secret: key of the signatures.
  SignedUrls(std::string base, std::string secret, Now now);

  /// One listing's worth of addresses: they share the request's UUID and expiry.
  class Batch {
   public:
    /// A new address of that file, its place for a name left as "${f}".
    std::string url(const Blob& blob);

   private:
    friend class SignedUrls;
    const SignedUrls* urls_ = nullptr;
    std::string uuid_;
    std::string zone_;
    std::int64_t expiry_s_ = 0;
    std::uint64_t nonce_ = 0;
  };
  [[nodiscard]] Batch batch(const std::string& uuid, const std::string& zone) const;

  /// request: of a path "/B/<56>/<name>" with the query as given out.
  [[nodiscard]] CheckedUrl check(const Request& request) const;

  static constexpr std::int64_t kLifeSeconds = 3600;

 private:
  [[nodiscard]] std::string sign(const std::string& path, const std::string& o, const std::string& a,
                                 const std::string& expiry, const std::string& k, const std::string& zone) const;

  std::string base_;
  std::string secret_;
  Now now_;
};

}  // namespace emulator::icloud
