#pragma once
// Apple's account service, setup (docs/protocol/icloud.md chapters 4 and 5, §3.7), for one account.

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>

#include "emulator/common/http.hpp"
#include "emulator/icloud/account.hpp"
#include "emulator/icloud/auth/hosts.hpp"
#include "emulator/icloud/auth/tokens.hpp"
#include "emulator/icloud/setup/web_sessions.hpp"

namespace emulator::icloud {

/// What may be different, wrong or broken at setup (§13.5 items 9 to 13).
struct SetupKnobs {
  bool strict_params =
      false;  // client parameters wanted on accountLogin and validate too; a released client sends none
  bool strict_origin = false;  // Origin must be there and be a home
  int min_build = 2400;        // an older clientBuildNumber is refused with 503 (§0.3)
  std::string domain_to_use;   // accountLogin answers only this; "": decided by region and Host
  int domain_status = 200;     // of that answer: 200 or 302
  bool terms_as_400 = false;   // pending terms: 400 Invalid Session Token instead of the flag (§4.3)
  int refuse_logins = 0;       // the next so many accountLogins answer 421
  bool under_maintenance = false;
  // Advanced Data Protection
  int consent_after_polls = 2;  // requestWebAccessState calls from the prompt until the user allows; -1: only allow()
  bool consent_denied = false;  // never allowed, whatever is pressed
  bool consent_renews = false;  // requestPCS during the consent puts its end off (§4.6: an hour "unless renewed")
  int pcs_pending = 1;          // requestPCS answers "not yet" so often
  int request_pcs_status = 0;   // requestPCS answers this; 0: as it should
};

SetupKnobs setup_knobs_from_json(const nlohmann::json& json, SetupKnobs base = {});

struct SetupCounters {
  int logins = 0;
  int refused_logins = 0;
  int validations = 0;
  int logouts = 0;
  int consent_prompts = 0;
  int pcs_requests = 0;
  int bad_params = 0;
  int unknown_paths = 0;
};

nlohmann::json to_json(const SetupCounters& counters);

/// Answers everything below /setup/ws/1. Thread-safe. tokens and sessions must outlive it.
class SetupService {
 public:
  SetupService(Account account, AuthHosts hosts, TokenDesk& tokens, WebSessions& sessions, Now now, std::uint64_t seed);

  Response handle(const Request& request);

  // ---- for tests and the control service ----------------------------------------------------------------------
  /// The user presses "Allow" on a device (§5.1).
  void allow();
  /// The consent is over before its time, and with it what the PCS cookies are worth.
  void end_consent();
  /// The two-step code last sent (§3.7); "" where none is good.
  [[nodiscard]] std::string two_step_code();
  void force_next_code(std::string code);
  /// The account's partition moves: accountLogin and validate tell this from now on.
  void set_ck_url(const std::string& url);
  [[nodiscard]] SetupCounters counters();
  [[nodiscard]] SetupKnobs knobs();
  void set_knobs(const SetupKnobs& knobs);
  void set_account(const Account& account);
  [[nodiscard]] Account account();

 private:
  Response route(const Request& request, const std::string& path);
  std::optional<Response> check_params(const Request& request, bool required);
  std::optional<Response> check_origin(const Request& request);

  Response account_login(const Request& request);
  Response validate(const Request& request);
  Response logout(const Request& request);
  Response get_terms(const Request& request);
  Response repair_done(const Request& request);
  Response not_signed_in(const Request& request);
  void add_cookies(Response& response, const WebSessions::Session& session);

  // two_step.cpp
  Response list_devices(const Request& request);
  Response send_code(const Request& request);
  Response validate_code(const Request& request);

  // protected_data.cpp
  Response web_access_state(const Request& request);
  Response enable_consent(const Request& request);
  Response request_pcs(const Request& request);
  [[nodiscard]] bool consented() const;
  [[nodiscard]] nlohmann::json access_state() const;

  std::mutex mutex_;
  Account account_;
  AuthHosts hosts_;
  TokenDesk& tokens_;
  WebSessions& sessions_;
  Now now_;
  std::mt19937_64 random_;
  SetupKnobs knobs_;
  SetupCounters counters_;
  std::string code_;
  std::string forced_code_;
  int code_device_ = -1;
  bool prompted_ = false;
  int polls_ = 0;
  int pcs_asked_ = 0;
  std::int64_t consent_until_ms_ = 0;
};

}  // namespace emulator::icloud
