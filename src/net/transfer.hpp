#pragma once
#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "i2i/net/http.hpp"
#include "rate_limit.hpp"

namespace i2i::net {

struct EasyCleanup {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
using EasyHandle = std::unique_ptr<CURL, EasyCleanup>;

/// What all transfers of a client share; lives as long as the client.
struct TransferSettings {
  std::string user_agent;
  std::string trust_anchors_path;  // PEM file; "": trust_anchors
  std::string trust_anchors;       // PEM; "": libcurl's own default
  bool bundle_is_enough = false;   // libcurl's default is a file that is there
  CURLSH* cookie_jar = nullptr;
  RateLimit* rate_limit = nullptr;  // of downloads
};

/// One exchange in flight. Lives on the transfer thread; libcurl calls back into it.
class Transfer {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  Transfer(TransferId id, Request request, Done done) : id_(id), request_(std::move(request)), done_(std::move(done)) {}
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  Transfer(Transfer&&) = delete;
  Transfer& operator=(Transfer&&) = delete;
  ~Transfer() = default;

  /// Checks where the request would go and sets the handle up: refused or internal where it must not be sent.
  util::Result<void> prepare(EasyHandle easy, const TransferSettings& settings);

  [[nodiscard]] TransferId id() const { return id_; }
  [[nodiscard]] CURL* easy() const { return easy_.get(); }
  [[nodiscard]] EasyHandle take_easy() { return std::move(easy_); }
  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] bool is_download() const { return request_.kind == RequestKind::download; }
  /// A service that the person named, not Apple: it may be in the house, without TLS, and hears our own name.
  [[nodiscard]] bool is_own_service() const {
    return request_.kind == RequestKind::immich || request_.kind == RequestKind::notification;
  }
  /// True where it waits for the rate limit; resume() offers its bytes again.
  [[nodiscard]] bool over_rate() const { return over_rate_; }

  void resume();
  /// True where it has waited for the other side longer than its stall limit. A paused transfer waits for us, not for
  /// them.
  [[nodiscard]] bool stalled(TimePoint now) const;
  /// What became of it; reads the handle, so call it before take_easy.
  [[nodiscard]] util::Result<Response> outcome(CURLcode code);
  void finish(util::Result<Response> result);

 private:
  struct SlistCleanup {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_socket(void* self, curl_socket_t socket, curlsocktype purpose) noexcept;
  static int on_ready_to_send(void* self, char* remote, char* local, int remote_port, int local_port) noexcept;

  void take_header_line(std::string_view line);
  std::size_t take_body(std::string_view bytes);
  std::size_t give_to_sink(std::string_view bytes);
  [[nodiscard]] bool has_sink_body() const {
    return request_.sink && (response_.status == 200 || response_.status == 206);
  }
  util::Result<void> add_header_fields();
  void set_method();
  void log_end(std::string_view how) const;

  const TransferId id_;
  Request request_;
  Done done_;
  std::string host_;
  EasyHandle easy_;
  std::unique_ptr<curl_slist, SlistCleanup> fields_;
  Response response_;
  std::optional<util::Error> own_error_;  // why a callback of ours ended the transfer
  TimePoint began_ = std::chrono::steady_clock::now();
  TimePoint last_sign_ = began_;
  TimePoint sent_at_ = began_;
  bool sent_ = false;
  bool sink_begun_ = false;
  bool body_begun_ = false;
  bool paused_ = false;
  bool over_rate_ = false;  // why it is paused: not the sink
  RateLimit* rate_limit_ = nullptr;
};

}  // namespace i2i::net
