#include "emulator/proxy/proxy_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace emulator {
namespace {

using nlohmann::json;

struct NamedFault {
  std::string_view name;
  TcpFault fault;
};
constexpr NamedFault kFaults[] = {{"pass", TcpFault::pass},
                                  {"refuse", TcpFault::refuse},
                                  {"reset_after", TcpFault::reset_after},
                                  {"stall_after", TcpFault::stall_after},
                                  {"drip_after", TcpFault::drip_after},
                                  {"corrupt_after", TcpFault::corrupt_after},
                                  {"close_after", TcpFault::close_after}};

void only(const json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw std::invalid_argument("proxy: unknown member \"" + name + "\"");
    }
  }
}

}  // namespace

ConnectionPlan connection_plan_from_json(const json& from) {
  only(from, {"fault", "after_bytes", "bytes_per_second"});
  const auto name = from.at("fault").get<std::string>();
  const auto* const found =
      std::find_if(std::begin(kFaults), std::end(kFaults), [&](const NamedFault& each) { return each.name == name; });
  if (found == std::end(kFaults)) throw std::invalid_argument("proxy: unknown fault \"" + name + "\"");
  return {.fault = found->fault,
          .after_bytes = from.value("after_bytes", std::uint64_t{0}),
          .bytes_per_second = from.value("bytes_per_second", std::uint64_t{0})};
}

void steer_proxy_by_json(TcpFaultProxy& proxy, const json& from) {
  only(from, {"clear", "rest", "next", "reset_open"});
  std::vector<ConnectionPlan> next;
  for (const auto& plan : from.value("next", json::array())) next.push_back(connection_plan_from_json(plan));
  const ConnectionPlan rest = from.contains("rest") ? connection_plan_from_json(from.at("rest")) : ConnectionPlan{};
  if (from.value("clear", false)) proxy.clear_plans();
  if (from.contains("rest")) proxy.plan_rest(rest);
  for (std::size_t i = 0; i < next.size(); ++i) proxy.plan_next(next[i], i + 1);
  if (from.value("reset_open", false)) proxy.reset_open();
}

json proxy_counters_to_json(const ProxyCounters& counters) {
  return {{"accepted", counters.accepted},
          {"open", counters.open},
          {"faults", counters.faults},
          {"bytes_down", counters.bytes_down},
          {"bytes_up", counters.bytes_up}};
}

}  // namespace emulator
