#pragma once
// Every secret that crossed the wire, for tests that search a client's output for them.

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/common/http.hpp"

namespace emulator {

/// Thread-safe. Notes nothing before watch().
class SecretBook {
 public:
  void watch() { watching_ = true; }
  /// Header fields and cookies that stand for a session, codes typed, API keys sent, and the query strings of signed
  /// addresses.
  void look_at(const Request& request, const Response& response);
  [[nodiscard]] std::vector<std::string> all();

 private:
  void add(std::string_view secret);
  void add_members(const std::string& body, std::string_view name);
  void add_queries(const std::string& body);

  std::atomic<bool> watching_{false};
  std::mutex mutex_;
  std::set<std::string> secrets_;
};

}  // namespace emulator
