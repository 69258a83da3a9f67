#include "curl_error.hpp"

#include <fmt/core.h>

namespace i2i::net {

util::Error error_of_transfer(CURLcode code, const std::string& host, std::uint64_t body_bytes) {
  const auto unreachable = [](std::string message,
                              std::string remedy = "Run again later; where it stays so, check the network.") {
    return util::Error{util::ErrorCode::unreachable, std::move(message), std::move(remedy), std::nullopt};
  };
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return unreachable(fmt::format("the name {} cannot be resolved", host),
                         "Check the network connection and the name server.");
    case CURLE_COULDNT_RESOLVE_PROXY:
      return unreachable("the name of the proxy cannot be resolved", "Check the proxy settings.");
    case CURLE_COULDNT_CONNECT:
      return unreachable(fmt::format("no connection to {}", host),
                         "Check the network connection, and that the server runs.");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      return unreachable(fmt::format("the TLS certificate of {} is not trusted", host),
                         "Where the server uses a private authority, give its certificate with --ca-file.");
    case CURLE_SSL_CACERT_BADFILE:
      return unreachable("the trust anchors cannot be read", "Check --ca-file and the system's ca-certificates.");
    case CURLE_SSL_CONNECT_ERROR:
      return unreachable(fmt::format("no TLS connection with {}", host));
    case CURLE_OPERATION_TIMEDOUT:
      return unreachable(fmt::format("{} did not answer in time", host));
    case CURLE_GOT_NOTHING:
      return unreachable(fmt::format("{} closed the connection without an answer", host));
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return unreachable(fmt::format("{} cut the answer short after {} bytes", host, body_bytes));
    case CURLE_SEND_ERROR:
      return unreachable(fmt::format("{} closed the connection while we were sending", host));
    default:
      return unreachable(fmt::format("the exchange with {} failed: {}", host, curl_easy_strerror(code)));
  }
}

}  // namespace i2i::net
