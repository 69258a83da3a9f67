#pragma once
// The fault plan: what goes wrong, where and when. Wrapped around every service's handler, so that both practice
// services misbehave by the same words. From a JSON file or from test code. docs/protocol/icloud.md §13.5;
// tests/emulator/README.md lists the kinds.

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "emulator/common/http.hpp"

namespace emulator {

/// What happens to a request that a fault hits. Which members count depends on the kind.
struct FaultAction {
  std::string kind;  // "status", "delay", "slow", "headers", "reset", "flip_bit", ... or one of a service's own
  int status = 503;
  std::string body;
  std::map<std::string, std::string> headers;
  std::uint32_t delay_ms = 0;
  std::uint64_t bandwidth_bytes_s = 0;
  /// Where in the body (flip_bit, truncate, reset); unset: the middle.
  std::optional<std::uint64_t> at;
  /// How many (short_body: bytes; wrong_count and wrong_size: difference).
  std::int64_t n = 0;
  /// status: the service does its work and only its answer is lost.
  bool after_handler = false;
};

struct Fault {
  // Which requests. Empty members match all; path and host: substring, or a pattern where they hold "*".
  std::string service;  // "idmsa", "setup", "ck", "content", "immich"
  std::string method;
  std::string path;
  std::string host;
  std::string body_contains;  // of the request
  // Which of those. Counted from 1.
  std::uint64_t nth = 0;    // only this one; 0: no such limit
  std::uint64_t after = 0;  // not the first so many
  std::int64_t count = -1;  // at most so many times; -1: always
  double probability = 1.0;
  std::uint64_t seed = 1;
  FaultAction action;
};

/// Reads {"faults":[...]} or a bare list; members as above, "action" an object or just the kind.
/// Throws std::invalid_argument naming an unknown member.
std::vector<Fault> faults_from_json(const nlohmann::json& json);

/// Speed of every answer of a service.
struct Network {
  std::uint32_t latency_ms = 0;
  std::uint64_t bandwidth_bytes_s = 0;  // per answer; 0: unlimited
};

/// Thread-safe.
class FaultPlan {
 public:
  /// A kind of fault a service brings along: gets the request and the way on to the service.
  using Kind = std::function<Response(const Request&, const FaultAction&, const Handler& next)>;

  void add_kind(const std::string& name, Kind kind);
  /// Replaces the plan; counts start anew. Throws std::invalid_argument for an unknown kind.
  void set(std::vector<Fault> faults);
  void add(Fault fault);
  void clear() { set({}); }
  /// service "" stands for all that have no network of their own.
  void set_network(const std::string& service, Network network);
  /// How often faults of that kind have struck since the last set; "": any kind.
  [[nodiscard]] std::uint64_t struck(const std::string& kind = "") const;
  /// Every kind a plan may name, in alphabetical order.
  [[nodiscard]] std::vector<std::string> kinds() const;

  /// Answers the request by way of every fault that hits it; those listed first are outermost.
  Response apply(const std::string& service, const Request& request, const Handler& handler);

 private:
  struct Armed {
    Fault fault;
    std::uint64_t seen = 0;
    std::uint64_t done = 0;
    std::uint64_t random = 0;
  };
  bool hits(Armed& armed, const std::string& service, const Request& request);
  void check_kind(const std::string& kind) const;
  Response strike(const Request& request, const FaultAction& action, const Handler& next);

  mutable std::mutex mutex_;
  std::vector<Armed> faults_;
  std::map<std::string, Kind> kinds_;
  std::map<std::string, Network> networks_;
  std::map<std::string, std::uint64_t> struck_;
  /// The body given last by each service, and the one before: what swapped_body gives instead.
  std::map<std::string, std::vector<std::pair<std::string, Response>>> last_bodies_;
};

}  // namespace emulator
