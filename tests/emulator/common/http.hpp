#pragma once
// What both practice services speak: a request in, a response out. Only common/server.cpp knows the HTTP library.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace emulator {

/// Header fields in the order they came; names compare case-insensitively.
class Headers {
 public:
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// Replaces every field of that name.
  void set(std::string name, std::string value);
  [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
  /// The value, or "" where there is none.
  [[nodiscard]] std::string value(std::string_view name) const { return get(name).value_or(std::string{}); }
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// One part of a multipart/form-data body.
struct FormPart {
  std::string name, file_name, content;
};

struct Request {
  std::string method;  // upper case
  std::string host;    // of the Host header, without port, lower case
  std::string path;    // percent-decoded, without query
  std::string target;  // as it stood on the wire
  std::map<std::string, std::string> query;
  Headers headers;
  std::string body;            // empty where it was a form
  std::vector<FormPart> form;  // multipart/form-data, by name
};

/// Gives the bytes [offset, offset + size) of a body that is never held whole.
using BodySource = std::function<std::string(std::uint64_t offset, std::size_t size)>;

/// How an answer goes over the wire; the server obeys it, services leave it alone, faults set it.
struct Wire {
  std::uint64_t bytes_per_second = 0;  // 0: as fast as it goes
  std::uint32_t delay_ms = 0;          // before the first byte
  /// After that many bytes of the body the connection ends; the announced length stays. An answer without body is lost
  /// whole.
  std::optional<std::uint64_t> end_after;
  bool reset = false;           // it ends by a TCP reset instead of an orderly close
  bool without_length = false;  // no Content-Length: the body ends with the connection
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  /// Set instead of body for large files; length says how many bytes there are in all. The server slices it for Range.
  BodySource source;
  std::uint64_t length = 0;
  Wire wire;

  /// Bytes of the body, wherever they come from.
  [[nodiscard]] std::uint64_t size() const { return source ? length : body.size(); }
};

using Handler = std::function<Response(const Request&)>;

/// The time by which every expiry of the services is decided; tests move it.
/// Milliseconds since 1970 UTC.
using Now = std::function<std::int64_t()>;

}  // namespace emulator
