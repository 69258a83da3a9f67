#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "i2i/net/http.hpp"

namespace i2i::net {

/// What we call ourselves to Apple, which turns away what is not a current browser (docs/protocol/icloud.md §1.2).
inline constexpr const char* kBrowserUserAgent =
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 "
    "Safari/605.1.15";

struct CurlOptions {
  std::string ca_file;     // extra trust anchors, PEM; "" = the system's only
  std::string user_agent;  // sent where a request brings none; "": a browser's to Apple, our own name to Immich
  std::optional<std::uint64_t> receive_bytes_per_s;  // over all downloads
  std::size_t max_connections_per_host = 72;         // more than anybody has requests on their way to one host
  std::stop_token stop;                              // requested: every exchange ends in cancelled
};

/// The only user of libcurl: one thread runs its multi interface (HTTP/2 where offered, connections reused), with one
/// cookie jar (RFC 6265, libcurl's own) for the requests that ask for it. Bodies for a sink come over HTTP/1.1, one
/// connection each, so that a sink that says later holds back its own connection only.
/// Plain http is for loopback hosts, RequestKind::immich and RequestKind::notification only; a request to elsewhere
/// ends in refused, unsent.
class CurlClient : public HttpClient {
 public:
  /// usage where ca_file cannot be read.
  static util::Result<std::unique_ptr<CurlClient>> create(CurlOptions options);

  /// The jar as Netscape cookie lines ("#HttpOnly_.icloud.com\tTRUE\t/\tTRUE\t0\tname\tvalue"). Secrets: for the
  /// session file only.
  virtual std::vector<std::string> cookies() = 0;
  /// Puts lines as given by cookies() into the jar.
  virtual void set_cookies(const std::vector<std::string>& lines) = 0;
  virtual void clear_cookies() = 0;
  [[nodiscard]] virtual RequestCounts counts() const = 0;
};

}  // namespace i2i::net
