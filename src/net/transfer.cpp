#include "transfer.hpp"

#include <fmt/core.h>
#include <sys/socket.h>

#include "curl_error.hpp"
#include "i2i/net/curl_client.hpp"
#include "i2i/net/url.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::net {
namespace {

constexpr long kConnectTimeoutMs = 15'000;

const char* method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
  }
  return "GET";
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

}  // namespace

util::Result<void> Transfer::prepare(EasyHandle easy, const TransferSettings& settings) {
  easy_ = std::move(easy);
  const auto parts = split_url(request_.url);
  if (!parts) return util::fail(util::ErrorCode::refused, "a URL that cannot be read is not followed");
  host_ = parts->host;
  const bool loopback = is_loopback_host(parts->host);
  const bool plain_allowed = loopback || is_own_service();
  if (parts->scheme != "https" && !(parts->scheme == "http" && plain_allowed)) {
    return util::fail(util::ErrorCode::refused, fmt::format("{} is not asked without TLS", host_));
  }

  CURL* handle = easy_.get();
  if (is_download() && settings.rate_limit != nullptr) {
    rate_limit_ = settings.rate_limit;
    // What the kernel takes in beforehand is on the wire already: little, so that the wire too keeps to the rate.
    curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, &Transfer::on_socket);
  }
  const bool with_cookies = request_.cookies == CookieUse::account;
  curl_easy_setopt(handle, CURLOPT_PRIVATE, this);
  curl_easy_setopt(handle, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, plain_allowed ? "https,http" : "https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // The bundle has the folder's anchors too, and with a folder libcurl keeps no parsed store: it would read all of them
  // again for each connection.
  if (!settings.trust_anchors_path.empty() || settings.bundle_is_enough)
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  if (!settings.trust_anchors_path.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, settings.trust_anchors_path.c_str());
  } else if (!settings.trust_anchors.empty()) {
    curl_blob blob{};
    blob.data =
        const_cast<char*>(settings.trust_anchors.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): read only
    blob.len = settings.trust_anchors.size();
    blob.flags = CURL_BLOB_NOCOPY;
    curl_easy_setopt(handle, CURLOPT_CAINFO_BLOB, &blob);
  }
  if (loopback) curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  // libcurl 7.88 stops reading a whole HTTP/2 connection while one of its streams is paused, and lets the peer fill
  // large windows meanwhile. Over HTTP/1.1 a slow writer holds back its own connection, by TCP.
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION,
                   static_cast<long>(request_.sink ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(handle, CURLOPT_PIPEWAIT, request_.sink ? 0L : 1L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 1L);
  curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.timeout.count()));
  curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, request_.fresh_connection ? 1L : 0L);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, &Transfer::on_ready_to_send);
  curl_easy_setopt(handle, CURLOPT_PREREQDATA, this);
  // A download must come as the bytes that were published; only what we collect ourselves may come compressed.
  if (!request_.sink && !is_download()) curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
  if (with_cookies) {
    curl_easy_setopt(handle, CURLOPT_SHARE, settings.cookie_jar);
    curl_easy_setopt(handle, CURLOPT_COOKIEFILE, "");  // switches the engine on for this handle; the jar is the share's
  }
  if (!settings.user_agent.empty()) {
    curl_easy_setopt(handle, CURLOPT_USERAGENT, settings.user_agent.c_str());
  } else {
    curl_easy_setopt(handle, CURLOPT_USERAGENT, is_own_service() ? "icloud2immich" : kBrowserUserAgent);
  }
  set_method();
  return add_header_fields();
}

void Transfer::set_method() {
  CURL* handle = easy_.get();
  const auto set_body = [&] {
    static const std::string nothing;
    const std::string& body = request_.body ? *request_.body : nothing;
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data());
  };
  switch (request_.method) {
    case Method::get:
      if (request_.body) {
        set_body();
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, "GET");
      } else {
        curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
      }
      break;
    case Method::head:
      curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
      break;
    case Method::post:
      curl_easy_setopt(handle, CURLOPT_POST, 1L);
      set_body();
      break;
    case Method::del:
      if (request_.body) set_body();
      curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, "DELETE");
      break;
    case Method::put:
    case Method::patch:
      set_body();
      curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method_name(request_.method));
      break;
  }
}

util::Result<void> Transfer::add_header_fields() {
  const auto append = [this](const std::string& line) {
    curl_slist* longer = curl_slist_append(fields_.get(), line.c_str());
    if (longer == nullptr) return false;
    static_cast<void>(fields_.release());
    fields_.reset(longer);
    return true;
  };
  bool ok = append("Expect:");
  // libcurl would call every body a web form.
  if (!request_.headers.get("Content-Type")) ok = append("Content-Type:") && ok;
  for (const Header& field : request_.headers.fields()) {
    if (field.name.empty() || !is_one_line(field.name) || !is_one_line(field.value)) {
      return util::fail(util::ErrorCode::internal,
                        fmt::format("the header field {} cannot be sent", util::escape_for_terminal(field.name)));
    }
    ok = append(field.value.empty() ? field.name + ";" : field.name + ": " + field.value) && ok;
  }
  if (!ok) return util::fail(util::ErrorCode::internal, "out of memory");
  curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, fields_.get());
  return {};
}

int Transfer::on_socket(void* /*self*/, curl_socket_t socket, curlsocktype /*purpose*/) noexcept {
  constexpr int kLittle = 64 << 10;
  static_cast<void>(::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &kLittle, sizeof kLittle));
  return CURL_SOCKOPT_OK;
}

int Transfer::on_ready_to_send(void* self, char*, char*, int, int) noexcept {
  auto* transfer = static_cast<Transfer*>(self);
  transfer->sent_ = true;
  transfer->last_sign_ = transfer->sent_at_ = std::chrono::steady_clock::now();
  return CURL_PREREQFUNC_OK;
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto* transfer = static_cast<Transfer*>(self);
  transfer->last_sign_ = std::chrono::steady_clock::now();
  transfer->take_header_line(std::string_view(data, size * count));
  return size * count;
}

void Transfer::take_header_line(std::string_view line) {
  if (body_begun_) return;  // trailers
  if (line.substr(0, 5) == "HTTP/") {
    response_.headers = {};  // a 1xx answer went before
    response_.first_byte = std::chrono::duration_cast<std::chrono::milliseconds>(last_sign_ - sent_at_);
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    // The connection was made for another host name: nothing may use it again.
    if (status == 421) curl_easy_setopt(easy_.get(), CURLOPT_FORBID_REUSE, 1L);
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  response_.headers.add(std::string(util::trim(line.substr(0, colon))),
                        std::string(util::trim(line.substr(colon + 1))));
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto* transfer = static_cast<Transfer*>(self);
  transfer->last_sign_ = std::chrono::steady_clock::now();
  return transfer->take_body(std::string_view(data, size * count));
}

std::size_t Transfer::take_body(std::string_view bytes) {
  body_begun_ = true;
  if (has_sink_body()) {
    if (rate_limit_ != nullptr && !rate_limit_->open(last_sign_)) {
      paused_ = over_rate_ = true;
      return CURL_WRITEFUNC_PAUSE;
    }
    return give_to_sink(bytes);
  }
  if (response_.body.size() + bytes.size() > request_.max_collected_bytes) {
    own_error_ = util::Error{util::ErrorCode::bad_answer, fmt::format("the answer of {} is larger than {} bytes", host_,
                                                                      request_.max_collected_bytes)};
    return 0;
  }
  response_.body.append(bytes);
  response_.body_bytes += bytes.size();
  return bytes.size();
}

std::size_t Transfer::give_to_sink(std::string_view bytes) {
  BodySink::Answer answer = BodySink::Answer::taken;
  if (!sink_begun_) {
    sink_begun_ = true;
    answer = request_.sink->begin(response_.status, response_.headers);
  }
  if (answer == BodySink::Answer::taken) answer = request_.sink->write(bytes);
  switch (answer) {
    case BodySink::Answer::taken:
      response_.body_bytes += bytes.size();
      if (rate_limit_ != nullptr) rate_limit_->took(bytes.size());
      return bytes.size();
    case BodySink::Answer::later:
      paused_ = true;
      return CURL_WRITEFUNC_PAUSE;
    case BodySink::Answer::abort:
      break;
  }
  own_error_ = util::Error{util::ErrorCode::bad_answer, fmt::format("the body from {} was turned down", host_)};
  return 0;
}

void Transfer::resume() {
  if (!paused_) return;
  paused_ = over_rate_ = false;
  last_sign_ = std::chrono::steady_clock::now();
  // May call on_body before it returns, which may pause again.
  curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
}

bool Transfer::stalled(TimePoint now) const {
  return sent_ && !paused_ && request_.stall_limit.count() > 0 && now - last_sign_ > request_.stall_limit;
}

util::Result<Response> Transfer::outcome(CURLcode code) {
  if (own_error_) return util::fail(*std::exchange(own_error_, std::nullopt));
  if (code != CURLE_OK) return util::fail(error_of_transfer(code, host_, response_.body_bytes));
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  if (has_sink_body() && !sink_begun_) {  // an empty body
    sink_begun_ = true;
    if (request_.sink->begin(response_.status, response_.headers) == BodySink::Answer::abort) {
      return util::fail(util::ErrorCode::bad_answer, fmt::format("the body from {} was turned down", host_));
    }
  }
  if (const auto value = response_.headers.get("Retry-After")) {
    response_.retry_after = parse_retry_after(*value, util::system_clock().now());
  }
  return std::move(response_);
}

void Transfer::finish(util::Result<Response> result) {
  if (util::log_enabled(util::LogLevel::trace)) {
    log_end(result ? std::to_string(result->status) : "failed: " + result.error().message);
  }
  request_.sink.reset();
  if (done_) std::exchange(done_, nullptr)(std::move(result));
}

void Transfer::log_end(std::string_view how) const {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_);
  const std::string where = request_.kind == RequestKind::notification ? host_ : util::without_query(request_.url);
  util::log_trace("http {} {} {}: {} bytes, {} ms", method_name(request_.method), util::escape_for_terminal(where), how,
                  response_.body_bytes, took.count());
}

}  // namespace i2i::net
