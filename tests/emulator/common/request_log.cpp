#include "emulator/common/request_log.hpp"

#include "emulator/common/codec.hpp"

namespace emulator {
namespace {

constexpr std::size_t kMostEntries = 200000;

/// A path as it is counted: what differs from call to call is left out.
std::string counted_path(const LoggedRequest& request) {
  if (request.kind == RequestKind::download) return request.method + " /B/…";
  std::string path = request.method + " ";
  for (std::size_t i = 0; i < request.path.size();) {
    const auto slash = request.path.find('/', i + 1);
    const std::string part = request.path.substr(i, slash == std::string::npos ? slash : slash - i);
    const bool id = part.size() == 37 && part[9] == '-' && part[14] == '-';
    path += id ? "/{id}" : part;
    if (slash == std::string::npos) break;
    i = slash;
  }
  return path;
}

}  // namespace

std::string_view name_of(RequestKind kind) {
  switch (kind) {
    case RequestKind::auth:
      return "auth";
    case RequestKind::catalogue:
      return "catalogue";
    case RequestKind::download:
      return "download";
    case RequestKind::immich_read:
      return "immich_read";
    case RequestKind::immich_write:
      return "immich_write";
    case RequestKind::other:
      break;
  }
  return "other";
}

void RequestLog::add(LoggedRequest request) {
  const std::lock_guard lock(mutex_);
  ++counts_[request.kind];
  bytes_[request.kind] += request.bytes;
  ++statuses_[{request.kind, request.status}];
  ++paths_[counted_path(request)];
  if (entries_.size() < kMostEntries) entries_.push_back(std::move(request));
}

void RequestLog::reset() {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  counts_.clear();
  bytes_.clear();
  statuses_.clear();
  paths_.clear();
  violations_.clear();
}

std::vector<LoggedRequest> RequestLog::entries() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

std::uint64_t RequestLog::count(RequestKind kind) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(kind);
  return found == counts_.end() ? 0 : found->second;
}

std::uint64_t RequestLog::count(RequestKind kind, int status) const {
  const std::lock_guard lock(mutex_);
  const auto found = statuses_.find({kind, status});
  return found == statuses_.end() ? 0 : found->second;
}

void RequestLog::violation(std::string what) {
  const std::lock_guard lock(mutex_);
  violations_.push_back(std::move(what));
}

std::vector<std::string> RequestLog::violations() const {
  const std::lock_guard lock(mutex_);
  return violations_;
}

nlohmann::json RequestLog::to_json(bool with_entries) const {
  const std::lock_guard lock(mutex_);
  nlohmann::json json = {{"counts", nlohmann::json::object()},
                         {"bytes", nlohmann::json::object()},
                         {"statuses", nlohmann::json::object()},
                         {"paths", paths_},
                         {"violations", violations_}};
  for (const auto kind : {RequestKind::auth, RequestKind::catalogue, RequestKind::download, RequestKind::immich_read,
                          RequestKind::immich_write, RequestKind::other}) {
    const auto count = counts_.find(kind);
    const auto bytes = bytes_.find(kind);
    json["counts"][std::string(name_of(kind))] = count == counts_.end() ? 0 : count->second;
    json["bytes"][std::string(name_of(kind))] = bytes == bytes_.end() ? 0 : bytes->second;
  }
  for (const auto& [key, count] : statuses_) {
    json["statuses"][std::string(name_of(key.first))][std::to_string(key.second)] = count;
  }
  if (with_entries) {
    json["entries"] = nlohmann::json::array();
    for (const auto& entry : entries_) {
      json["entries"].push_back({{"service", entry.service},
                                 {"kind", name_of(entry.kind)},
                                 {"method", entry.method},
                                 {"host", entry.host},
                                 {"path", entry.path},
                                 {"range", entry.range},
                                 {"status", entry.status},
                                 {"bytes", entry.bytes},
                                 {"at_ms", entry.at_ms}});
    }
  }
  return json;
}

RequestKind immich_kind(const Request& request) {
  if (request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS")
    return RequestKind::immich_read;
  for (const auto* reading : {"/search/", "/bulk-upload-check", "/validate", "/exist", "/timeline/"}) {
    if (request.method == "POST" && request.path.find(reading) != std::string::npos) return RequestKind::immich_read;
  }
  return RequestKind::immich_write;
}

}  // namespace emulator
