#pragma once
// Both practice services on loopback, with what tests and demonstrations steer them by. tests/emulator/README.md.

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "emulator/common/certificates.hpp"
#include "emulator/common/clock.hpp"
#include "emulator/common/fault_plan.hpp"
#include "emulator/common/request_log.hpp"
#include "emulator/common/secret_book.hpp"
#include "emulator/common/server.hpp"
#include "emulator/icloud/account.hpp"
#include "emulator/icloud/auth/sign_in_service.hpp"
#include "emulator/icloud/auth/tokens.hpp"
#include "emulator/icloud/photos/ck_service.hpp"
#include "emulator/icloud/photos/content_service.hpp"
#include "emulator/icloud/photos/editor.hpp"
#include "emulator/icloud/photos/library.hpp"
#include "emulator/icloud/setup/setup_service.hpp"
#include "emulator/icloud/setup/web_sessions.hpp"
#include "emulator/immich/immich_service.hpp"
#include "emulator/proxy/tcp_fault_proxy.hpp"

namespace emulator {

/// The names iCloud's hosts go by. The content host lies outside the cookie domain, as with Apple.
struct HostNames {
  std::string idmsa = "idmsa.icloud.localhost";
  std::string setup = "setup.icloud.localhost";
  std::string ck = "ck.icloud.localhost";
  std::string content = "content.icloud-content.localhost";
  std::string cookie_domain = ".icloud.localhost";
  std::string idmsa_cookie_domain = "idmsa.icloud.localhost";

  /// idmsa and setup of the other region: they answer too, and send the account home. "": there are none.
  std::string other_idmsa = {};
  std::string other_setup = {};

  /// Apple's own names of that region, for independent clients that are routed here.
  static HostNames apple(icloud::Region region);
};

struct PracticeConfig {
  std::string work_dir;  // certificates go there; made if missing
  HostNames hosts;
  int icloud_port = 0;  // 0: any free one
  int immich_port = 0;
  int control_port = 0;
  /// The port that addresses in answers name; 0: the real one. For a proxy in front.
  int public_port = 0;
  /// Puts the TCP fault proxy in front of the iCloud port; addresses name the proxy's.
  bool proxy = false;
  std::size_t threads = 64;
  std::uint64_t seed = 1;
  std::string manifest;  // empty: none
  std::vector<icloud::GeneratedLibrary> generated;
  icloud::Account account;
  icloud::SignInKnobs sign_in;
  icloud::SetupKnobs setup;
  icloud::CkKnobs ck;
  immich::ImmichConfig immich;  // photos_dir empty: work_dir/photos; media_dir empty: work_dir/immich-media
  std::vector<Fault> faults;
  Network network;  // of the iCloud hosts
};

/// Reads a config (tests/emulator/README.md) onto base. Throws std::invalid_argument for unknown members.
PracticeConfig practice_config_from_json(const nlohmann::json& json, PracticeConfig base = {});

/// Runs from constructor to destructor. Members may be used from any thread while it runs. Throws std::runtime_error
/// where a port is taken or a file is missing.
class PracticeCloud {
 public:
  explicit PracticeCloud(PracticeConfig config);
  ~PracticeCloud();
  PracticeCloud(const PracticeCloud&) = delete;
  PracticeCloud& operator=(const PracticeCloud&) = delete;
  PracticeCloud(PracticeCloud&&) = delete;
  PracticeCloud& operator=(PracticeCloud&&) = delete;

  // Where things are.
  [[nodiscard]] std::string auth_url() const;
  [[nodiscard]] std::string setup_url() const;
  [[nodiscard]] std::string ca_file() const { return certificates_.ca_file; }
  [[nodiscard]] std::string immich_url() const;
  [[nodiscard]] std::string immich_api_key() const;
  [[nodiscard]] std::string control_url() const;
  [[nodiscard]] std::string photos_dir() const { return config_.immich.photos_dir.string(); }
  [[nodiscard]] const Certificates& certificates() const { return certificates_; }
  [[nodiscard]] int icloud_port() const { return icloud_server_->port(); }
  [[nodiscard]] int immich_port() const { return immich_server_->port(); }
  [[nodiscard]] const PracticeConfig& config() const { return config_; }
  /// All of it, as the program prints it.
  [[nodiscard]] nlohmann::json description() const;

  // What steers them.
  [[nodiscard]] VirtualClock& clock() { return clock_; }
  [[nodiscard]] FaultPlan& faults() { return faults_; }
  [[nodiscard]] RequestLog& log() { return log_; }
  [[nodiscard]] SecretBook& secrets() { return secrets_; }
  [[nodiscard]] icloud::Library& library() { return *library_; }
  /// Changes made through it happen as if on another device of the owner.
  [[nodiscard]] icloud::LibraryEditor& editor() { return *editor_; }
  [[nodiscard]] icloud::SignInService& sign_in() { return *sign_in_; }
  [[nodiscard]] icloud::SetupService& setup() { return *setup_; }
  [[nodiscard]] icloud::WebSessions& sessions() { return *sessions_; }
  [[nodiscard]] icloud::TokenDesk& tokens() { return *tokens_; }
  [[nodiscard]] icloud::CkService& ck() { return *ck_; }
  [[nodiscard]] immich::ImmichService& immich() { return *immich_; }
  /// Null where none was asked for.
  [[nodiscard]] TcpFaultProxy* proxy() { return proxy_.get(); }
  /// The code that came last, to a device or a phone; phone: the one last sent to that phone only. Waits
  /// until one was asked for, at most so long. "" where none came.
  std::string wait_for_code(int timeout_ms, std::optional<int> phone = std::nullopt);
  /// The next code, whichever way it goes. Six digits; throws std::invalid_argument else.
  void force_next_code(const std::string& code);
  /// A fresh address of every distinct file of the library, as a lookup gives it out; for other programs to fetch.
  std::vector<std::string> file_urls();

 private:
  Response icloud_request(const Request& request);
  Response immich_request(const Request& request);
  Response serve(const std::string& service, RequestKind kind, const Request& request, const Handler& handler);
  [[nodiscard]] std::string origin(const std::string& host) const;

  PracticeConfig config_;
  std::atomic<bool> stopping_{false};
  VirtualClock clock_;
  FaultPlan faults_;
  RequestLog log_;
  SecretBook secrets_;
  Certificates certificates_;
  std::unique_ptr<icloud::TokenDesk> tokens_;
  std::unique_ptr<icloud::WebSessions> sessions_;
  std::unique_ptr<icloud::SignInService> sign_in_;
  std::unique_ptr<icloud::SetupService> setup_;
  std::unique_ptr<icloud::Library> library_;
  std::unique_ptr<icloud::LibraryEditor> editor_;
  std::unique_ptr<icloud::SignedUrls> urls_;
  std::unique_ptr<icloud::CkService> ck_;
  std::unique_ptr<icloud::ContentService> content_;
  std::unique_ptr<immich::ImmichService> immich_;
  std::atomic<bool> ready_{false};
  std::unique_ptr<HttpServer> icloud_server_;
  std::unique_ptr<TcpFaultProxy> proxy_;
  std::unique_ptr<HttpServer> immich_server_;
  std::unique_ptr<HttpServer> control_server_;
};

/// The control service of a practice cloud, plain HTTP and JSON; tests/emulator/README.md lists its paths.
Response control_request(PracticeCloud& cloud, const Request& request);

}  // namespace emulator
