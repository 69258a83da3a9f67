#include "emulator/icloud/auth/hosts.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/icloud/auth/knob_reader.hpp"

namespace emulator::icloud {
namespace {

/// An Origin has no path; a Referer of the bare site has one slash.
bool among(const std::vector<std::string>& origins, std::string_view origin) {
  if (origin.ends_with('/')) origin.remove_suffix(1);
  return std::find(origins.begin(), origins.end(), origin) != origins.end();
}

}  // namespace

Region AuthHosts::region_of(std::string_view host) {
  const bool china = host.ends_with(".cn") || host.find(".cn.") != std::string_view::npos || host.starts_with("cn.");
  return china ? Region::china : Region::world;
}

bool AuthHosts::is_home(std::string_view origin) const { return among(homes, origin); }
bool AuthHosts::is_idmsa(std::string_view origin) const { return among(idmsa_origins, origin); }

AuthHosts auth_hosts_from_json(const nlohmann::json& json, AuthHosts hosts) {
  KnobReader reader("hosts", json);
  reader.value("homes", hosts.homes)
      .value("idmsa_origins", hosts.idmsa_origins)
      .value("setup_url", hosts.setup_url)
      .value("ck_url", hosts.ck_url)
      .value("cookie_domain", hosts.cookie_domain)
      .value("idmsa_cookie_domain", hosts.idmsa_cookie_domain)
      .value("partition", hosts.partition);
  reader.finish();
  return hosts;
}

}  // namespace emulator::icloud
