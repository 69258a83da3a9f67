#include "emulator/practice_cloud.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include "emulator/common/codec.hpp"
#include "emulator/common/range.hpp"
#include "emulator/icloud/photos/manifest.hpp"

namespace emulator {
namespace {

std::vector<std::string> certificate_names(const HostNames& hosts) {
  std::vector<std::string> names = {hosts.idmsa, hosts.setup, hosts.ck, hosts.content, "localhost", "127.0.0.1"};
  for (const auto* apple : {"*.apple.com", "*.icloud.com", "*.icloud-content.com", "*.apple.com.cn", "*.icloud.com.cn",
                            "*.icloud-content.com.cn"}) {
    names.emplace_back(apple);
  }
  return names;
}

}  // namespace

HostNames HostNames::apple(icloud::Region region) {
  const std::string end = region == icloud::Region::china ? ".cn" : "";
  const std::string other = region == icloud::Region::china ? "" : ".cn";
  return {.idmsa = "idmsa.apple.com" + end,
          .setup = "setup.icloud.com" + end,
          .ck = "p61-ckdatabasews.icloud.com" + end,
          .content = "cvws.icloud-content.com" + end,
          .cookie_domain = ".icloud.com" + end,
          .idmsa_cookie_domain = "apple.com" + end,
          .other_idmsa = "idmsa.apple.com" + other,
          .other_setup = "setup.icloud.com" + other};
}

PracticeCloud::PracticeCloud(PracticeConfig config) : config_(std::move(config)) {
  namespace fs = std::filesystem;
  fs::create_directories(config_.work_dir);
  certificates_ = make_certificates(config_.work_dir, certificate_names(config_.hosts));
  icloud::add_ck_faults(faults_);
  faults_.set(config_.faults);
  for (const auto* service : {"idmsa", "setup", "ck", "content"}) faults_.set_network(service, config_.network);

  // The port must be known before anything that names it; the services come a moment later.
  icloud_server_ = std::make_unique<HttpServer>([this](const Request& request) { return icloud_request(request); },
                                                ServerOptions{.port = config_.icloud_port,
                                                              .certificate_file = certificates_.certificate_file,
                                                              .key_file = certificates_.key_file,
                                                              .threads = config_.threads});
  if (config_.proxy) {
    proxy_ = std::make_unique<TcpFaultProxy>("127.0.0.1", icloud_server_->port());
    config_.public_port = proxy_->port();
  }

  icloud::AuthHosts hosts;
  hosts.setup_url = origin(config_.hosts.setup);
  hosts.ck_url = origin(config_.hosts.ck);
  if (hosts.ck_url.find(':', 8) == std::string::npos) hosts.ck_url += ":443";
  hosts.cookie_domain = config_.hosts.cookie_domain;
  hosts.idmsa_cookie_domain = config_.hosts.idmsa_cookie_domain;
  hosts.idmsa_origins.push_back(origin(config_.hosts.idmsa));
  const Now now = clock_.now();
  tokens_ = std::make_unique<icloud::TokenDesk>(now, config_.seed + 1);
  sessions_ = std::make_unique<icloud::WebSessions>(config_.account, hosts.cookie_domain, now, config_.seed + 2);
  sign_in_ = std::make_unique<icloud::SignInService>(config_.account, hosts, *tokens_, now, config_.seed + 3);
  setup_ = std::make_unique<icloud::SetupService>(config_.account, hosts, *tokens_, *sessions_, now, config_.seed + 4);
  sign_in_->set_knobs(config_.sign_in);
  setup_->set_knobs(config_.setup);

  library_ = std::make_unique<icloud::Library>(now);
  editor_ = std::make_unique<icloud::LibraryEditor>(*library_);
  if (!config_.manifest.empty()) icloud::load_manifest(*library_, config_.manifest);
  for (const auto& generated : config_.generated) library_->generate(generated);
  urls_ = std::make_unique<icloud::SignedUrls>(origin(config_.hosts.content), sha1(fmt::to_string(config_.seed)), now);
  ck_ = std::make_unique<icloud::CkService>(
      *library_, *urls_,
      icloud::CkGate{
          .refuse = [this](const Request& request) { return sessions_->refuse(request); },
          .fresh_token_cookie = [this](const Request& request) { return sessions_->fresh_token_cookie(request); }});
  ck_->set_knobs(config_.ck);
  content_ = std::make_unique<icloud::ContentService>(*library_, *urls_, log_);

  if (config_.immich.photos_dir.empty()) config_.immich.photos_dir = fs::path(config_.work_dir) / "photos";
  if (config_.immich.media_dir.empty()) config_.immich.media_dir = fs::path(config_.work_dir) / "immich-media";
  fs::create_directories(config_.immich.photos_dir);
  immich_ = std::make_unique<immich::ImmichService>(config_.immich, now);
  immich_server_ = std::make_unique<HttpServer>([this](const Request& request) { return immich_request(request); },
                                                ServerOptions{.port = config_.immich_port, .threads = 32});
  control_server_ =
      std::make_unique<HttpServer>([this](const Request& request) { return control_request(*this, request); },
                                   ServerOptions{.port = config_.control_port, .threads = 8});
  ready_ = true;
}

PracticeCloud::~PracticeCloud() {
  stopping_ = true;
  // Who steers the proxy goes before it, and it before those it connects to.
  if (control_server_) control_server_->stop();
  proxy_.reset();
  if (immich_server_) immich_server_->stop();
  if (icloud_server_) icloud_server_->stop();
}

std::string PracticeCloud::origin(const std::string& host) const {
  const int port = config_.public_port != 0 ? config_.public_port : icloud_server_->port();
  return port == 443 ? "https://" + host : fmt::format("https://{}:{}", host, port);
}

std::string PracticeCloud::auth_url() const { return origin(config_.hosts.idmsa) + "/appleauth/auth"; }
std::string PracticeCloud::setup_url() const { return origin(config_.hosts.setup) + "/setup/ws/1"; }
std::string PracticeCloud::immich_url() const { return fmt::format("http://127.0.0.1:{}", immich_server_->port()); }
std::string PracticeCloud::control_url() const { return fmt::format("http://127.0.0.1:{}", control_server_->port()); }
std::string PracticeCloud::immich_api_key() const {
  return config_.immich.keys.empty() ? "practice-key" : config_.immich.keys.front().secret;
}

nlohmann::json PracticeCloud::description() const {
  return {{"auth", auth_url()},
          {"setup", setup_url()},
          {"ca_file", ca_file()},
          {"certificate_file", certificates_.certificate_file},
          {"key_file", certificates_.key_file},
          {"icloud_port", icloud_server_->port()},
          {"immich", immich_url()},
          {"immich_api_key", immich_api_key()},
          {"photos_dir", photos_dir()},
          {"control", control_url()},
          {"apple_id", config_.account.apple_id},
          {"password", config_.account.password}};
}

void PracticeCloud::force_next_code(const std::string& code) {
  if (code.size() != 6 || code.find_first_not_of("0123456789") != std::string::npos) {
    throw std::invalid_argument("a code has six digits");
  }
  if (config_.account.second_factor == icloud::SecondFactor::legacy_2sa) {
    setup_->force_next_code(code);
  } else {
    sign_in_->force_next_code(code);
  }
}

std::string PracticeCloud::wait_for_code(int timeout_ms, std::optional<int> phone) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  while (true) {
    // Sign-ins that were given up leave codes behind; a person takes the one that came last.
    std::string code = phone ? sign_in_->phone_code(*phone) : sign_in_->newest_code();
    if (!phone) {
      if (code.empty()) code = sign_in_->device_code();
      for (const auto& each : config_.account.phones) {
        if (code.empty()) code = sign_in_->phone_code(each.id);
      }
      if (code.empty()) code = setup_->two_step_code();
    }
    if (!code.empty() || stopping_ || std::chrono::steady_clock::now() >= until) return code;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

std::vector<std::string> PracticeCloud::file_urls() {
  const std::string name_place = "${f}";
  const auto state = library_->state();
  auto batch = urls_->batch(library_->new_id(), "PrimarySync");
  std::set<std::string> seen;
  std::vector<std::string> urls;
  for (const auto& file : state.at("files")) {
    const auto checksum = file.at("checksum").get<std::string>();
    if (!seen.insert(checksum).second) continue;
    std::string url = batch.url(*library_->find_blob(checksum));
    if (const auto at = url.find(name_place); at != std::string::npos) url.replace(at, name_place.size(), "file");
    urls.push_back(std::move(url));
  }
  return urls;
}

Response PracticeCloud::serve(const std::string& service, RequestKind kind, const Request& request,
                              const Handler& handler) {
  Response response = apply_range(request, faults_.apply(service, request, handler));
  log_.add({.service = service,
            .kind = kind,
            .method = request.method,
            .host = request.host,
            .path = request.path,
            .range = request.headers.value("Range"),
            .status = response.status,
            .bytes = request.method == "HEAD" ? 0 : response.size(),
            .at_ms = clock_.now_ms()});
  secrets_.look_at(request, response);
  return response;
}

Response PracticeCloud::icloud_request(const Request& request) {
  const HostNames& hosts = config_.hosts;
  const auto is = [&](const std::string& name, const std::string& other) {
    return ready_ && (request.host == name || (!other.empty() && request.host == other));
  };
  if (is(hosts.idmsa, hosts.other_idmsa)) {
    return serve("idmsa", RequestKind::auth, request, [this](const Request& r) { return sign_in_->handle(r); });
  }
  if (is(hosts.setup, hosts.other_setup)) {
    return serve("setup", RequestKind::auth, request, [this](const Request& r) { return setup_->handle(r); });
  }
  if (ready_ && request.host == hosts.ck) {
    return serve("ck", RequestKind::catalogue, request, [this](const Request& r) { return ck_->handle(r); });
  }
  if (ready_ && request.host == hosts.content) {
    return serve("content", RequestKind::download, request, [this](const Request& r) { return content_->handle(r); });
  }
  Response response;
  response.status = 421;
  response.headers.add("Content-Type", "text/plain");
  response.body = "no such host here: " + request.host + "\n";
  return response;
}

Response PracticeCloud::immich_request(const Request& request) {
  return serve("immich", immich_kind(request), request, [this](const Request& r) { return immich_->handle(r); });
}

}  // namespace emulator
