#include "emulator/icloud/setup/login_body.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "emulator/icloud/auth/bytes.hpp"

namespace emulator::icloud {
namespace {

using nlohmann::json;

int hsa_version(const Account& account) {
  switch (account.second_factor) {
    case SecondFactor::none:
      return 0;
    case SecondFactor::legacy_2sa:
      return 1;
    default:
      return 2;
  }
}

json ds_info(const Account& account) {
  const auto blank = account.full_name.find(' ');
  const std::string first = account.full_name.substr(0, blank);
  const std::string last = blank == std::string::npos ? std::string{} : account.full_name.substr(blank + 1);
  return {{"dsid", account.dsid},
          {"appleId", account.apple_id},
          {"primaryEmail", account.apple_id},
          {"primaryEmailVerified", true},
          {"appleIdEntries", {{{"isPrimary", true}, {"type", "EMAIL"}, {"value", account.apple_id}}}},
          {"appleIdAliases", json::array()},
          {"fullName", account.full_name},
          {"firstName", first},
          {"lastName", last},
          {"languageCode", "en-us"},
          {"locale", "en-us_US"},
          {"countryCode", account.country},
          {"hsaVersion", hsa_version(account)},
          {"hsaEnabled", hsa_version(account) > 0},
          {"hasICloudQualifyingDevice", true},
          {"isWebAccessAllowed", account.web_access},
          {"iCDPEnabled", account.adp},
          {"isManagedAppleID", false},
          {"isPaidDeveloper", false},
          {"locked", account.locked},
          {"notificationId", "0a1b2c3d-0000-4000-8000-000000000000"},
          {"aDsID", "000000-00-00000000-0000-0000-0000-000000000000"},
          {"statusCode", 2}};
}

json config_bag(const AuthHosts& hosts) {
  const std::string base = hosts.setup_url + "/setup/ws/1";
  return {{"urls",
           {{"accountLogin", base + "/accountLogin"},
            {"accountLoginUI", "https://idmsa.apple.com/appleauth/auth/signin?widgetKey="},
            {"getICloudTerms", base + "/getTerms"},
            {"repairDone", base + "/repairDone"}}},
          {"accountCreateEnabled", true}};
}

json web_services(const Account& account, const AuthHosts& hosts) {
  json services = json::object();
  const auto add = [&](const char* name, const std::string& url) {
    services[name] = {{"url", url}, {"status", "active"}};
  };
  const auto partition = [&](const char* label) {
    return fmt::format("https://p{}-{}{}:443", hosts.partition, label, hosts.cookie_domain);
  };
  add("account", partition("setup"));
  add("contacts", partition("contactsws"));
  add("push", partition("pushws"));
  services["schoolwork"] = json::object();
  if (account.photos) {
    add("ckdatabasews", hosts.ck_url);
    services["ckdatabasews"]["pcsRequired"] = true;
    add("photos", partition("photosws"));
    services["photos"]["pcsRequired"] = true;
    services["photos"]["uploadUrl"] = partition("uploadphotosws");
    add("sharedlibrary", "https://sharedlibrary" + hosts.cookie_domain + ":443");
  }
  return services;
}

}  // namespace

json login_body(const Account& account, const AuthHosts& hosts, const WebSessions::Session& session,
                bool under_maintenance) {
  return {
      {"dsInfo", ds_info(account)},
      {"hasMinimumDeviceForPhotosWeb", true},
      {"iCDPEnabled", account.adp},
      {"webservices", web_services(account, hosts)},
      {"pcsEnabled", true},
      {"pcsServiceIdentitiesIncluded", false},
      {"pcsDeleted", false},
      {"configBag", config_bag(hosts)},
      {"hsaTrustedBrowser", session.trusted},
      {"hsaChallengeRequired", session.owes_code},
      {"isExtendedLogin", session.extended},
      {"termsUpdateNeeded", account.terms_pending},
      {"isRepairNeeded", account.terms_pending},
      {"isUnderMaintenance", under_maintenance},
      {"appsOrder", {"photos", "settings"}},
      {"apps", {{"photos", json::object()}, {"settings", {{"canLaunchWithOneFactor", true}}}}},
      {"iCloudInfo", {{"SafariBookmarksHasMigratedToCloudKit", true}}},
      {"requestInfo", {{"country", account.country == "CHN" ? "CN" : "US"}, {"timeZone", "GMT-5"}, {"region", "NY"}}},
      {"version", 2}};
}

json no_session_body(const AuthHosts& hosts, bool cookie_sent) {
  json info = json::array();
  info.push_back({{"country", "US"}, {"timeZone", "CST"}, {"region", "IL"}});
  return {{"success", false},
          {"requestInfo", info},
          {"configBag", config_bag(hosts)},
          {"trustTokens", json::array()},
          {"error", cookie_sent ? "Invalid X-APPLE-WEBAUTH-TOKEN cookie" : "Missing X-APPLE-WEBAUTH-TOKEN cookie"}};
}

}  // namespace emulator::icloud
