// What the program and its config file can say; tests/emulator/README.md.

#include <algorithm>
#include <stdexcept>

#include "emulator/practice_cloud.hpp"

namespace emulator {
namespace {

using nlohmann::json;

template <typename T>
void take(const json& from, const char* name, T& to) {
  if (const auto found = from.find(name); found != from.end()) to = found->get<T>();
}

void only(const json& object, const char* where, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw std::invalid_argument(std::string(where) + ": unknown member \"" + name + "\"");
    }
  }
}

HostNames hosts_from_json(const json& from, icloud::Region region) {
  if (from.is_string()) return from.get<std::string>() == "apple" ? HostNames::apple(region) : HostNames{};
  only(from, "hosts",
       {"idmsa", "setup", "ck", "content", "cookie_domain", "idmsa_cookie_domain", "other_idmsa", "other_setup"});
  HostNames hosts;
  take(from, "idmsa", hosts.idmsa);
  take(from, "setup", hosts.setup);
  take(from, "ck", hosts.ck);
  take(from, "content", hosts.content);
  take(from, "cookie_domain", hosts.cookie_domain);
  take(from, "idmsa_cookie_domain", hosts.idmsa_cookie_domain);
  take(from, "other_idmsa", hosts.other_idmsa);
  take(from, "other_setup", hosts.other_setup);
  return hosts;
}

icloud::GeneratedLibrary generated_from_json(const json& from) {
  only(from, "generated", {"assets", "size_bytes", "seed", "live_every", "zone"});
  icloud::GeneratedLibrary generated;
  take(from, "assets", generated.assets);
  take(from, "size_bytes", generated.size_bytes);
  take(from, "seed", generated.seed);
  take(from, "live_every", generated.live_every);
  take(from, "zone", generated.zone);
  return generated;
}

}  // namespace

PracticeConfig practice_config_from_json(const json& from, PracticeConfig config) {
  only(from, "config",
       {"hosts", "icloud_port", "immich_port", "control_port", "public_port", "proxy", "threads", "seed", "library",
        "generated", "account", "sign_in", "setup", "ck", "immich", "faults", "network"});
  if (from.contains("account")) config.account = icloud::account_from_json(from.at("account"));
  if (from.contains("hosts")) config.hosts = hosts_from_json(from.at("hosts"), config.account.region);
  take(from, "icloud_port", config.icloud_port);
  take(from, "immich_port", config.immich_port);
  take(from, "control_port", config.control_port);
  take(from, "public_port", config.public_port);
  take(from, "proxy", config.proxy);
  take(from, "threads", config.threads);
  take(from, "seed", config.seed);
  take(from, "library", config.manifest);
  if (const auto generated = from.find("generated"); generated != from.end()) {
    const json list = generated->is_array() ? *generated : json::array({*generated});
    for (const auto& item : list) config.generated.push_back(generated_from_json(item));
  }
  if (from.contains("sign_in")) config.sign_in = icloud::sign_in_knobs_from_json(from.at("sign_in"), config.sign_in);
  if (from.contains("setup")) config.setup = icloud::setup_knobs_from_json(from.at("setup"), config.setup);
  if (from.contains("ck")) config.ck = icloud::ck_knobs_from_json(from.at("ck"), config.ck);
  if (from.contains("immich")) config.immich = immich::config_from_json(from.at("immich"));
  if (from.contains("faults")) config.faults = faults_from_json(from.at("faults"));
  if (const auto network = from.find("network"); network != from.end()) {
    only(*network, "network", {"latency_ms", "bandwidth_bytes_s"});
    take(*network, "latency_ms", config.network.latency_ms);
    take(*network, "bandwidth_bytes_s", config.network.bandwidth_bytes_s);
  }
  return config;
}

}  // namespace emulator
