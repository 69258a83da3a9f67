#pragma once
// What was asked of the practice services, for tests to look at.

#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "emulator/common/http.hpp"

namespace emulator {

/// What a request is for. Requests by kind are what the cost of a run is counted in.
enum class RequestKind { auth, catalogue, download, immich_read, immich_write, other };

std::string_view name_of(RequestKind kind);

struct LoggedRequest {
  std::string service;  // "idmsa", "setup", "ck", "content", "immich"
  RequestKind kind = RequestKind::other;
  std::string method;
  std::string host;
  std::string path;
  std::string range;  // the Range header, if any
  int status = 0;
  std::uint64_t bytes = 0;  // of the answer's body, as announced
  std::int64_t at_ms = 0;   // by the services' clock
};

/// Thread-safe. Keeps every request since the last reset; counts go on when the list is full (200,000 entries).
class RequestLog {
 public:
  void add(LoggedRequest request);
  void reset();
  [[nodiscard]] std::vector<LoggedRequest> entries() const;
  [[nodiscard]] std::uint64_t count(RequestKind kind) const;
  /// How many requests of a kind ended in that status.
  [[nodiscard]] std::uint64_t count(RequestKind kind, int status) const;
  /// Something that must never happen (docs/protocol/icloud.md §13.3, last row). The text names no secret.
  void violation(std::string what);
  [[nodiscard]] std::vector<std::string> violations() const;
  /// {"counts":{kind:n}, "statuses":{kind:{status:n}}, "bytes":{kind:n}, "paths":{"POST /...":n}, "violations":[...]};
  /// with_entries adds "entries":[...].
  [[nodiscard]] nlohmann::json to_json(bool with_entries) const;

 private:
  mutable std::mutex mutex_;
  std::vector<LoggedRequest> entries_;
  std::map<RequestKind, std::uint64_t> counts_;
  std::map<RequestKind, std::uint64_t> bytes_;
  std::map<std::pair<RequestKind, int>, std::uint64_t> statuses_;
  std::map<std::string, std::uint64_t> paths_;
  std::vector<std::string> violations_;
};

/// Sorts a request of the Immich service into reading and writing: its searches and checks are POSTs that change
/// nothing (docs/protocol/immich.md).
RequestKind immich_kind(const Request& request);

}  // namespace emulator
