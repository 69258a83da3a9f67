#pragma once
// The TCP fault proxy's plans and counters as the control service speaks of them; tests/emulator/README.md.

#include <nlohmann/json_fwd.hpp>

#include "emulator/proxy/tcp_fault_proxy.hpp"

namespace emulator {

/// {"fault","after_bytes","bytes_per_second"}; fault is an enumerator's name. Throws std::invalid_argument for an
/// unknown member or fault.
ConnectionPlan connection_plan_from_json(const nlohmann::json& json);

/// {"clear": true, "rest": plan, "next": [plan, ...], "reset_open": true}, each optional and done in this order.
/// Throws std::invalid_argument for an unknown member, before anything is done.
void steer_proxy_by_json(TcpFaultProxy& proxy, const nlohmann::json& json);

nlohmann::json proxy_counters_to_json(const ProxyCounters& counters);

}  // namespace emulator
