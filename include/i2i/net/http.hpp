#pragma once
// One HTTP exchange as values, and the interface of the client that performs them.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "i2i/util/result.hpp"
#include "i2i/util/time.hpp"

namespace i2i::net {

enum class Method { get, head, post, put, patch, del };

struct Header {
  std::string name;
  std::string value;
};

/// Field names compare case-insensitively.
class Headers {
 public:
  Headers() = default;
  Headers(std::initializer_list<Header> fields) : fields_(fields) {}
  void add(std::string name, std::string value) { fields_.push_back({std::move(name), std::move(value)}); }
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  [[nodiscard]] const std::vector<Header>& fields() const { return fields_; }

 private:
  std::vector<Header> fields_;
};

/// Whether the account's cookie jar takes part. Content URLs and Immich never see it.
enum class CookieUse { none, account };

/// What a request is for; the counters of the JSON result are by the first four. The path of a notification's address
/// is a secret.
enum class RequestKind { auth, catalogue, download, immich, notification };

/// Takes a body as it arrives, on the transfer thread; must not block. Only bodies of 200 and 206 come here, all others
/// are collected into Response::body.
class BodySink {
 public:
  enum class Answer { taken, later, abort };
  virtual ~BodySink() = default;
  /// Once, before the first byte: status 200 or 206 and the header fields.
  virtual Answer begin(int status, const Headers& headers) = 0;
  /// later: nothing was taken; the same bytes are offered again after HttpClient::resume.
  virtual Answer write(std::string_view bytes) = 0;
};

struct Request {
  Method method = Method::get;
  std::string url;
  Headers headers;
  std::optional<std::string> body;
  CookieUse cookies = CookieUse::none;
  RequestKind kind = RequestKind::catalogue;
  std::shared_ptr<BodySink> sink;  // nullptr: the body is collected
  /// Ends an exchange whose whole body did not come; zero: only the stall limit counts.
  std::chrono::milliseconds timeout{120'000};
  /// No byte for this long ends the exchange (unreachable).
  std::chrono::seconds stall_limit{60};
  std::size_t max_collected_bytes = std::size_t{64} << 20;
  /// Uses no kept connection: for the one retry after a 421, which may only mean that the connection belongs to another
  /// host.
  bool fresh_connection = false;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;              // empty when a sink took it
  std::uint64_t body_bytes = 0;  // received, also by a sink
  /// Retry-After in seconds (also from its date form), not capped.
  std::optional<std::chrono::seconds> retry_after;
  /// From the moment the request could be sent (connected) to the first line of the answer.
  std::chrono::milliseconds first_byte{0};
};

using TransferId = std::uint64_t;
using Done = std::function<void(util::Result<Response>)>;

/// Performs requests. Redirects are never followed; TLS is always verified; any status is a Response, Error means that
/// no whole answer came: unreachable (name, connect, TLS, time-out, cut body), cancelled, bad_answer (too large,
/// aborted by the sink). Every method may be called from any thread; done runs on the transfer thread and must not
/// block.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual TransferId submit(Request request, Done done) = 0;
  /// Offers the body again to a sink that said later.
  virtual void resume(TransferId id) = 0;
  /// Ends it in cancelled, if it has not ended yet; for a transfer nobody needs any more, whatever the server does.
  virtual void cancel(TransferId id) { static_cast<void>(id); }
  /// Submits and waits.
  util::Result<Response> perform(Request request);
};

/// A date as header fields have it (RFC 9110 §5.6.7), and odder spellings; nullopt where it is none.
std::optional<util::UnixMillis> parse_http_date(const std::string& value);

/// Retry-After as seconds from now: its number form, or its date form (RFC 9110 §10.2.3; Apple's odd date spellings
/// too). A date in the past gives zero; nullopt where the text is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, util::UnixMillis now);

struct RequestCounts {
  std::uint64_t auth = 0;
  std::uint64_t catalogue = 0;
  std::uint64_t download = 0;
  std::uint64_t immich = 0;
};

}  // namespace i2i::net
