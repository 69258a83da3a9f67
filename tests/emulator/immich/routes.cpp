#include "emulator/immich/routes.hpp"

#include <algorithm>
#include <string_view>

#include "emulator/immich/codec.hpp"

namespace emulator::immich {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const std::size_t slash = std::min(path.find('/'), path.size());
    parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash);
  }
  return parts;
}

bool may_call(const Call& call, const Route& route) {
  const auto& held = call.key->permissions;
  const auto holds = [&](const std::string& name) { return std::find(held.begin(), held.end(), name) != held.end(); };
  if (holds("all") || route.any_key) return true;
  const bool scoped = !route.permission.empty() && call.version() >= route.scoped_since;
  if (scoped) return holds(route.permission);
  return !call.version().at_least(1, 136);  // 1.135: any key where nothing is declared
}

}  // namespace

Router::Match Router::match(const std::string& method, const std::string& path, const Version& version) const {
  const auto names = split(path);
  for (const Route& route : routes_) {
    const bool twin = method == "PATCH" && route.method == "PUT" && route.patch_twin && version.at_least(3);
    if ((route.method != method && !twin && !(method == "HEAD" && route.method == "GET")) || version < route.since)
      continue;
    const auto pattern = split(route.pattern);
    if (pattern.size() != names.size()) continue;
    Match match{&route, {}};
    bool fits = true;
    for (std::size_t i = 0; fits && i < names.size(); ++i) {
      if (pattern[i].starts_with(':')) {
        match.parts.push_back(names[i]);
        fits = !names[i].empty();
      } else {
        fits = pattern[i] == names[i];
      }
    }
    if (fits) return match;
  }
  return {};
}

void authorise(Call& call, const Route& route) {
  if (route.access == Access::open) return;
  const Headers& headers = call.request.headers;
  // Other credentials are looked at first, and none of them is known here.
  if (headers.get("authorization") || headers.get("x-immich-user-token")) refuse(401, "Invalid user token");
  std::string secret = headers.value("x-api-key");
  if (const auto it = call.request.query.find("apiKey"); secret.empty() && it != call.request.query.end())
    secret = it->second;
  if (secret.empty()) refuse(401, "Authentication required");
  const auto& keys = call.world.config.keys;
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const ApiKey& k) { return k.secret == secret; });
  call.user = key == keys.end() ? nullptr : call.world.user(key->owner);
  if (call.user == nullptr) refuse(401, "Invalid API key");
  call.key = &*key;
  if (route.access == Access::admin && !call.user->is_admin) refuse(403, "Forbidden");
  if (may_call(call, route)) return;
  const bool scoped = !route.permission.empty() && call.version() >= route.scoped_since;
  refuse(403, "Missing required permission: " + (scoped ? route.permission : std::string("all")));
}

void check_ids(const Route& route, const std::vector<std::string>& parts, const Version& version) {
  Json values = Json::object();
  std::vector<std::string> names;
  std::size_t next = 0;
  for (const std::string& part : split(route.pattern)) {
    if (!part.starts_with(':')) continue;
    values[part.substr(1)] = parts[next++];
    if (part == ":id" || part == ":assetId") names.push_back(part.substr(1));
  }
  Fields fields(values, version);
  for (const std::string& name : names) fields.uuid(name);
  fields.done();
}

}  // namespace emulator::immich
