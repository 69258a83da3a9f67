#pragma once
// An HTTP/1.1 server on loopback, over TLS or plain, in front of a Handler.

#include <memory>
#include <optional>
#include <string>

#include "emulator/common/http.hpp"

namespace emulator {

struct ServerOptions {
  int port = 0;  // 0: any free one
  /// PEM files; both set: TLS.
  std::string certificate_file{};
  std::string key_file{};
  /// Requests served at the same time; a connection kept alive holds one.
  std::size_t threads = 64;
};

/// Serves from its constructor to its destructor; throws std::runtime_error where the port is taken.
/// The handler is called from several threads. Ranges (common/range.hpp), HEAD, slow and broken answers (Wire) are done
/// here; the handler sees the whole request.
class HttpServer {
 public:
  HttpServer(Handler handler, const ServerOptions& options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  HttpServer(HttpServer&&) = delete;
  HttpServer& operator=(HttpServer&&) = delete;

  [[nodiscard]] int port() const;
  /// Ends every connection and returns when no request is being served. May be called more than once.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace emulator
