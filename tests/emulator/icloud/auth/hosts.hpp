#pragma once
// The names the sign-in half goes by. Defaults are Apple's, so that independent clients can be routed here.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/icloud/account.hpp"

namespace emulator::icloud {

struct AuthHosts {
  /// Origins of the iCloud web app; the first is ours. Accepted as Origin, Referer and OAuth redirect URI.
  std::vector<std::string> homes = {"https://www.icloud.com", "https://www.icloud.com.cn"};
  /// Origins of idmsa, accepted for init and complete besides the homes.
  std::vector<std::string> idmsa_origins = {"https://idmsa.apple.com", "https://idmsa.apple.com.cn"};
  /// Base URL of setup, printed in configBag.
  std::string setup_url = "https://setup.icloud.com";
  /// What webservices.ckdatabasews.url says.
  std::string ck_url = "https://p61-ckdatabasews.icloud.com:443";
  /// Domain of the cookies of setup and ck, and of those idmsa sets for all of its domain.
  std::string cookie_domain = ".icloud.com";
  std::string idmsa_cookie_domain = "apple.com";
  std::string partition = "61";

  /// The family a request's Host belongs to: china where it ends in ".cn" or has a label "cn".
  [[nodiscard]] static Region region_of(std::string_view host);
  [[nodiscard]] bool is_home(std::string_view origin) const;
  [[nodiscard]] bool is_idmsa(std::string_view origin) const;
};

AuthHosts auth_hosts_from_json(const nlohmann::json& json, AuthHosts base = {});

}  // namespace emulator::icloud
