#include "emulator/common/fault_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "emulator/common/body_faults.hpp"
#include "emulator/common/codec.hpp"

namespace emulator {
namespace {

using nlohmann::json;

constexpr std::string_view kOwnKinds[] = {"status", "delay", "slow", "headers", "swapped_body"};

template <typename T>
void take(const json& from, const char* name, T& to) {
  if (const auto found = from.find(name); found != from.end()) to = found->get<T>();
}

void only(const json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw std::invalid_argument("fault plan: unknown member \"" + name + "\"");
    }
  }
}

FaultAction action_from_json(const json& from) {
  FaultAction action;
  if (from.is_string()) {
    action.kind = from.get<std::string>();
    return action;
  }
  only(from, {"kind", "status", "body", "headers", "delay_ms", "bandwidth_bytes_s", "at", "n", "after_handler"});
  action.kind = from.contains("status") ? "status" : "delay";
  take(from, "kind", action.kind);
  take(from, "status", action.status);
  take(from, "headers", action.headers);
  take(from, "delay_ms", action.delay_ms);
  take(from, "bandwidth_bytes_s", action.bandwidth_bytes_s);
  take(from, "n", action.n);
  take(from, "after_handler", action.after_handler);
  if (const auto at = from.find("at"); at != from.end()) action.at = at->get<std::uint64_t>();
  if (const auto body = from.find("body"); body != from.end()) {
    action.body = body->is_string() ? body->get<std::string>() : body->dump();
  }
  return action;
}

Response status_answer(const FaultAction& action) {
  Response response;
  response.status = action.status;
  response.body = action.body;
  const bool html = action.body.empty() && action.status >= 500 && action.status != 501;
  if (html) {
    response.body = fmt::format(
        "<html>\n<head><title>{0} Service Temporarily Unavailable</title></head>\n<body>\n<center><h1>{0} "
        "Service Temporarily Unavailable</h1></center>\n</body>\n</html>\n",
        action.status);
  }
  response.headers.add("Content-Type", html ? "text/html" : "application/json; charset=UTF-8");
  for (const auto& [name, value] : action.headers) response.headers.set(name, value);
  response.wire.delay_ms = action.delay_ms;
  return response;
}

}  // namespace

std::vector<Fault> faults_from_json(const json& from) {
  const json& list = from.is_object() ? from.value("faults", json::array()) : from;
  std::vector<Fault> faults;
  for (const auto& item : list) {
    only(item, {"service", "method", "path", "host", "body_contains", "nth", "after", "count", "probability", "seed",
                "action"});
    Fault fault;
    take(item, "service", fault.service);
    take(item, "method", fault.method);
    take(item, "path", fault.path);
    take(item, "host", fault.host);
    take(item, "body_contains", fault.body_contains);
    take(item, "nth", fault.nth);
    take(item, "after", fault.after);
    take(item, "count", fault.count);
    take(item, "probability", fault.probability);
    take(item, "seed", fault.seed);
    if (!item.contains("action")) throw std::invalid_argument("fault plan: a fault without action");
    fault.action = action_from_json(item.at("action"));
    faults.push_back(std::move(fault));
  }
  return faults;
}

void FaultPlan::add_kind(const std::string& name, Kind kind) {
  const std::lock_guard lock(mutex_);
  kinds_[name] = std::move(kind);
}

void FaultPlan::check_kind(const std::string& kind) const {
  const bool known = std::find(std::begin(kOwnKinds), std::end(kOwnKinds), kind) != std::end(kOwnKinds) ||
                     is_body_fault(kind) || kinds_.contains(kind);
  if (!known) throw std::invalid_argument("fault plan: unknown kind \"" + kind + "\"");
}

void FaultPlan::set(std::vector<Fault> faults) {
  const std::lock_guard lock(mutex_);
  for (const auto& fault : faults) check_kind(fault.action.kind);
  faults_.clear();
  struck_.clear();
  for (auto& fault : faults) {
    const std::uint64_t seed = fault.seed;
    faults_.push_back(Armed{.fault = std::move(fault), .random = mix64(seed)});
  }
}

void FaultPlan::add(Fault fault) {
  const std::lock_guard lock(mutex_);
  check_kind(fault.action.kind);
  const std::uint64_t seed = fault.seed;
  faults_.push_back(Armed{.fault = std::move(fault), .random = mix64(seed)});
}

void FaultPlan::set_network(const std::string& service, Network network) {
  const std::lock_guard lock(mutex_);
  networks_[service] = network;
}

std::uint64_t FaultPlan::struck(const std::string& kind) const {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& [name, count] : struck_) {
    if (kind.empty() || kind == name) sum += count;
  }
  return sum;
}

std::vector<std::string> FaultPlan::kinds() const {
  std::vector<std::string> names(std::begin(kOwnKinds), std::end(kOwnKinds));
  for (const auto kind : body_fault_kinds()) names.emplace_back(kind);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, kind] : kinds_) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool FaultPlan::hits(Armed& armed, const std::string& service, const Request& request) {
  const Fault& fault = armed.fault;
  if (!fault.service.empty() && fault.service != service) return false;
  if (!fault.method.empty() && fault.method != request.method) return false;
  if (!matches(fault.path, request.path) || !matches(fault.host, request.host)) return false;
  if (!fault.body_contains.empty() && request.body.find(fault.body_contains) == std::string::npos) return false;
  ++armed.seen;
  if (fault.nth != 0 && armed.seen != fault.nth) return false;
  if (armed.seen <= fault.after) return false;
  if (fault.count >= 0 && armed.done >= static_cast<std::uint64_t>(fault.count)) return false;
  if (fault.probability < 1.0) {
    armed.random = mix64(armed.random);
    constexpr double kTop = 18446744073709551616.0;
    if (static_cast<double>(armed.random) / kTop >= fault.probability) return false;
  }
  ++armed.done;
  ++struck_[fault.action.kind];
  return true;
}

Response FaultPlan::strike(const Request& request, const FaultAction& action, const Handler& next) {
  if (action.kind == "status") {
    if (action.after_handler) next(request);
    return status_answer(action);
  }
  if (action.kind == "delay" || action.kind == "slow") {
    Response response = next(request);
    response.wire.delay_ms += action.delay_ms;
    if (action.bandwidth_bytes_s > 0) response.wire.bytes_per_second = action.bandwidth_bytes_s;
    return response;
  }
  if (action.kind == "headers") {
    Response response = next(request);
    for (const auto& [name, value] : action.headers) response.headers.set(name, value);
    return response;
  }
  if (is_body_fault(action.kind)) return spoil_body(action, next(request));
  Kind kind;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = kinds_.find(action.kind); found != kinds_.end()) kind = found->second;
  }
  return kind ? kind(request, action, next) : next(request);
}

Response FaultPlan::apply(const std::string& service, const Request& request, const Handler& handler) {
  std::vector<FaultAction> actions;
  Network network;
  {
    const std::lock_guard lock(mutex_);
    for (auto& armed : faults_) {
      if (hits(armed, service, request)) actions.push_back(armed.fault.action);
    }
    const auto own = networks_.find(service);
    const auto common = networks_.find("");
    if (own != networks_.end()) {
      network = own->second;
    } else if (common != networks_.end()) {
      network = common->second;
    }
  }
  Handler chain = [&](const Request& asked) {
    Response response = handler(asked);
    if (response.status == 200 && asked.method == "GET" && response.source) {
      // Two bodies of different paths are kept: one of them is not the one asked for.
      const std::lock_guard lock(mutex_);
      auto& kept = last_bodies_[service];
      std::erase_if(kept, [&](const auto& entry) { return entry.first == asked.path; });
      kept.emplace_back(asked.path, response);
      if (kept.size() > 2) kept.erase(kept.begin());
    }
    return response;
  };
  for (auto action = actions.rbegin(); action != actions.rend(); ++action) {
    if (action->kind == "swapped_body") {
      chain = [this, service, next = std::move(chain)](const Request& asked) {
        Response response = next(asked);
        const std::lock_guard lock(mutex_);
        for (const auto& [path, other] : last_bodies_[service]) {
          if (path != asked.path) return swap_body(std::move(response), other);
        }
        return swap_body(std::move(response), Response{});
      };
      continue;
    }
    chain = [this, spoil = *action, next = std::move(chain)](const Request& asked) {
      return strike(asked, spoil, next);
    };
  }
  Response response = chain(request);
  response.wire.delay_ms += network.latency_ms;
  if (response.wire.bytes_per_second == 0) response.wire.bytes_per_second = network.bandwidth_bytes_s;
  return response;
}

}  // namespace emulator
