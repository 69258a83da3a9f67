// The control service: what tests in another process, scripts and demonstrations steer the practice cloud by.

#include <filesystem>

#include "emulator/practice_cloud.hpp"
#include "emulator/proxy/proxy_json.hpp"

namespace emulator {
namespace {

using nlohmann::json;

Response answer(const json& body, int status = 200) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.body = body.dump(2) + "\n";
  return response;
}

std::string query(const Request& request, const char* name, const char* otherwise) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? otherwise : found->second;
}

Response code(PracticeCloud& cloud, const Request& request) {
  constexpr int kLongestWaitS = 300;
  const int wait_s = std::min(kLongestWaitS, std::stoi(query(request, "wait_s", "0")));
  const std::string phone = query(request, "phone", "");
  const std::string shown =
      cloud.wait_for_code(wait_s * 1000, phone.empty() ? std::nullopt : std::optional(std::stoi(phone)));
  if (shown.empty()) return answer({{"error", "no code was asked for"}}, 404);
  return answer({{"code", shown}});
}

Response mutate(PracticeCloud& cloud, const json& body) {
  const std::string& manifest = cloud.config().manifest;
  const std::string folder = manifest.empty() ? "." : std::filesystem::absolute(manifest).parent_path().string();
  if (!body.is_array()) return answer(cloud.editor().apply(body, folder));
  json results = json::array();
  for (const auto& change : body) results.push_back(cloud.editor().apply(change, folder));
  return answer(results);
}

/// Another library for the same account, for a client that begins anew.
Response new_library(PracticeCloud& cloud, const json& body) {
  const auto config = practice_config_from_json(body);
  cloud.library().clear();
  for (const auto& generated : config.generated) cloud.library().generate(generated);
  return answer(json::object());
}

Response knobs(PracticeCloud& cloud, const json& body) {
  if (body.contains("sign_in")) {
    cloud.sign_in().set_knobs(icloud::sign_in_knobs_from_json(body.at("sign_in"), cloud.sign_in().knobs()));
  }
  if (body.contains("setup")) {
    cloud.setup().set_knobs(icloud::setup_knobs_from_json(body.at("setup"), cloud.setup().knobs()));
  }
  if (body.contains("sessions")) {
    cloud.sessions().set_knobs(icloud::web_session_knobs_from_json(body.at("sessions"), cloud.sessions().knobs()));
  }
  if (body.contains("ck")) cloud.ck().set_knobs(icloud::ck_knobs_from_json(body.at("ck"), cloud.ck().knobs()));
  if (body.contains("immich")) cloud.immich().merge_faults(body.at("immich"));
  return answer(json::object());
}

/// The owner (or Apple) changes the account: the members of icloud/account.hpp, those left out stay.
Response change_account(PracticeCloud& cloud, const json& body) {
  const auto account = icloud::account_from_json(body, cloud.setup().account());
  cloud.sign_in().set_account(account);
  cloud.setup().set_account(account);
  return answer(json::object());
}

Response network(PracticeCloud& cloud, const json& body) {
  const Network wanted{.latency_ms = body.value("latency_ms", 0U),
                       .bandwidth_bytes_s = body.value("bandwidth_bytes_s", std::uint64_t{0})};
  if (body.contains("service")) {
    cloud.faults().set_network(body.at("service").get<std::string>(), wanted);
  } else {
    for (const auto* service : {"idmsa", "setup", "ck", "content"}) cloud.faults().set_network(service, wanted);
  }
  return answer(json::object());
}

Response faults(PracticeCloud& cloud) {
  const auto kinds = cloud.faults().kinds();
  json struck = json::object();
  for (const auto& kind : kinds) {
    if (const auto times = cloud.faults().struck(kind); times > 0) struck[kind] = times;
  }
  return answer({{"kinds", kinds}, {"struck", struck}});
}

Response proxy_counters(PracticeCloud& cloud) {
  if (cloud.proxy() == nullptr) return answer({{"error", "started without --proxy"}}, 404);
  return answer(proxy_counters_to_json(cloud.proxy()->counters()));
}

Response steer_proxy(PracticeCloud& cloud, const json& body) {
  if (cloud.proxy() == nullptr) return answer({{"error", "started without --proxy"}}, 404);
  steer_proxy_by_json(*cloud.proxy(), body);
  return answer(json::object());
}

Response get(PracticeCloud& cloud, const Request& request) {
  if (request.path == "/code") return code(cloud, request);
  if (request.path == "/requests") return answer(cloud.log().to_json(query(request, "entries", "1") != "0"));
  if (request.path == "/urls") return answer({{"urls", cloud.file_urls()}});
  if (request.path == "/secrets") {
    auto secrets = cloud.secrets().all();
    secrets.push_back(cloud.config().account.password);
    secrets.push_back(cloud.immich_api_key());
    return answer({{"secrets", secrets}});
  }
  if (request.path == "/state") return answer(cloud.library().state());
  if (request.path == "/description") return answer(cloud.description());
  if (request.path == "/immich") return answer(cloud.immich().describe());
  if (request.path == "/clock") return answer({{"now_ms", cloud.clock().now_ms()}});
  if (request.path == "/faults") return faults(cloud);
  if (request.path == "/proxy") return proxy_counters(cloud);
  if (request.path == "/counters") {
    return answer({{"sign_in", icloud::to_json(cloud.sign_in().counters())},
                   {"setup", icloud::to_json(cloud.setup().counters())},
                   {"faults_struck", cloud.faults().struck()},
                   {"sessions_alive", cloud.sessions().alive()}});
  }
  return answer({{"error", "no such path"}}, 404);
}

Response post(PracticeCloud& cloud, const Request& request) {
  const json body = request.body.empty() ? json::object() : json::parse(request.body);
  if (request.path == "/mutate") return mutate(cloud, body);
  if (request.path == "/library") return new_library(cloud, body);
  if (request.path == "/faults") {
    cloud.faults().set(faults_from_json(body));
    return answer(json::object());
  }
  if (request.path == "/account") return change_account(cloud, body);
  if (request.path == "/network") return network(cloud, body);
  if (request.path == "/proxy") return steer_proxy(cloud, body);
  if (request.path == "/knobs") return knobs(cloud, body);
  if (request.path == "/requests/reset") {
    cloud.log().reset();
    cloud.immich().clear_calls();
    return answer(json::object());
  }
  if (request.path == "/clock") {
    cloud.clock().advance_ms(static_cast<std::int64_t>(body.at("advance_s").get<double>() * 1000.0));
    return answer({{"now_ms", cloud.clock().now_ms()}});
  }
  if (request.path == "/code") {
    cloud.force_next_code(body.at("code").get<std::string>());
    return answer(json::object());
  }
  if (request.path == "/secrets/watch") {
    cloud.secrets().watch();
    return answer(json::object());
  }
  if (request.path == "/allow") {
    cloud.setup().allow();
    return answer(json::object());
  }
  if (request.path == "/consent/end") {
    cloud.setup().end_consent();
    return answer(json::object());
  }
  if (request.path == "/sessions/kill") {
    cloud.sessions().kill_all();
    return answer(json::object());
  }
  if (request.path == "/trust/expire") {
    cloud.tokens().expire_trust();
    return answer(json::object());
  }
  if (request.path == "/immich/trash") {
    cloud.immich().trash(body.at("path").get<std::string>());
    return answer(json::object());
  }
  if (request.path == "/immich/forget") {
    cloud.immich().forget(body.at("path").get<std::string>());
    return answer(json::object());
  }
  if (request.path == "/immich/remount") {
    cloud.immich().remount(body.at("path").get<std::string>());
    return answer(json::object());
  }
  if (request.path == "/immich/settle") return answer({{"settled", cloud.immich().settle()}});
  return answer({{"error", "no such path"}}, 404);
}

}  // namespace

Response control_request(PracticeCloud& cloud, const Request& request) {
  try {
    if (request.method == "GET") return get(cloud, request);
    if (request.method == "POST") return post(cloud, request);
  } catch (const std::exception& error) {
    return answer({{"error", error.what()}}, 400);
  }
  return answer({{"error", "GET and POST only"}}, 405);
}

}  // namespace emulator
