#pragma once
// The logged-in browsers of the account: what the cookies of §1.5 stand for, on setup and on every ck call.

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/common/http.hpp"
#include "emulator/icloud/account.hpp"

namespace emulator::icloud {

/// What may go wrong with web sessions, settable at any time (docs/protocol/icloud.md §13.5 items 9, 13).
struct WebSessionKnobs {
  /// Life of a session from its accountLogin or validate (ms). §4.6: hours without trust, weeks with it.
  std::int64_t life_ms = std::int64_t{8} * 3600 * 1000;
  std::int64_t trusted_life_ms = std::int64_t{30} * 86400 * 1000;
  /// Whether a validate puts forward the end of trust, which a sign-in sets at 90 days; else the session ends with it
  /// (§4.6: 30, 60 and 90 days are reported).
  bool trust_renews = true;
  /// Every session dies at this time (ms since 1970); 0: never.
  std::int64_t dies_at_ms = 0;
  /// Every session alive now dies after so many more ck requests; -1: never. Counts down.
  std::int64_t dies_after_requests = -1;
  /// Status of refusal for a dead session: 421 (as now), 401 or 450.
  int expired_status = 421;
  /// The older wording {"reason":"Invalid global session","error":2}.
  bool old_wording = false;
  /// Life of the PCS cookies of an account with Advanced Data Protection (ms); §4.6: about an hour.
  std::int64_t pcs_life_ms = std::int64_t{3600} * 1000;
  /// Status of refusal where PCS is missing: 423, 421 or 403.
  int missing_pcs_status = 423;
};

/// Thread-safe. One per account.
class WebSessions {
 public:
  /// cookie_domain: with its leading dot, such as ".icloud.localhost".
  WebSessions(Account account, std::string cookie_domain, Now now, std::uint64_t seed);

  // ---- for the ck services ------------------------------------------------------------------------------------
  /// nullopt: the request may go on. Otherwise the answer to send instead: 421 with the ck error form where the session
  /// is missing, unknown, dead or of another dsid; 423 where PCS cookies are owed; 403 ACCESS_DENIED where web access
  /// is off. Counts the request towards dies_after_requests.
  std::optional<Response> refuse(const Request& request);
  /// Value of the Set-Cookie header every ck answer carries: a new X-APPLE-WEBAUTH-TOKEN as a session cookie. The
  /// earlier values of that session stay good: several requests are in flight at once. "" where there is no session.
  std::string fresh_token_cookie(const Request& request);

  // ---- for the setup service ----------------------------------------------------------------------------------
  struct Session {
    std::string id;
    std::string context;      // of the sign-in it came from
    std::string login_value;  // of X-APPLE-WEBAUTH-LOGIN: names the session before it has a token
    std::string pcs_value;    // of the PCS cookies
    std::int64_t expires_ms = 0;
    std::int64_t pcs_expires_ms = 0;  // 0: no consent
    std::int64_t trusted_until_ms = 0;
    bool trusted = false;    // the browser is trusted
    bool owes_code = false;  // second factor still owed: no -TOKEN cookie
    bool extended = false;
  };
  Session open(const std::string& context, bool trusted, bool owes_code, bool extended);
  /// The living session whose -TOKEN cookie the request brings.
  std::optional<Session> find(const Request& request);
  /// As find, also for a session that still owes its code and so has no -TOKEN cookie.
  std::optional<Session> find_login(const Request& request);
  /// Puts the expiry forward, as a good validate does.
  void renew(const std::string& id);
  /// Consent for the protected data, until that time (ms since 1970).
  void grant_pcs(const std::string& id, std::int64_t until_ms);
  void close(const std::string& id);
  /// Set-Cookie values of a good accountLogin or validate (§1.5), lives as recorded. A session that owes its code gets
  /// -HSA-LOGIN and no -TOKEN; one that owes a repair gets -REPAIR in place of -TOKEN.
  std::vector<std::string> login_cookies(const Session& session, bool owes_repair);
  /// X-APPLE-WEBAUTH-PCS-<App> for each of the apps.
  std::vector<std::string> pcs_cookies(const Session& session, const std::vector<std::string>& apps);
  /// How long the browser is trusted from now on (ms).
  std::int64_t trust_left_ms(const Session& session);
  /// One cookie of a long life, value in quotes.
  std::string long_cookie(const std::string& name, const std::string& value, std::int64_t life_ms);
  /// Set-Cookie values that remove what a login set.
  std::vector<std::string> removal_cookies(bool keep_trust);

  // ---- for tests ----------------------------------------------------------------------------------------------
  /// Ends every session at once, as a log-out from all browsers does.
  void kill_all();
  /// Makes the PCS cookies of every session worthless; a consent that stands gives new ones.
  void kill_pcs();
  [[nodiscard]] std::size_t alive();
  [[nodiscard]] WebSessionKnobs knobs();
  void set_knobs(const WebSessionKnobs& knobs);
  void set_account(const Account& account);

 private:
  Session* find_locked(const Request& request);
  [[nodiscard]] bool alive_locked(const Session& session) const;
  [[nodiscard]] std::int64_t trust_left_locked(const Session& session) const;
  void put_forward_locked(Session& session) const;
  [[nodiscard]] Response refusal_locked(int status, std::string_view code, std::string_view reason);
  std::string new_token_locked(const Session& session);
  [[nodiscard]] std::string cookie(const std::string& name, const std::string& value, std::int64_t life_ms,
                                   bool http_only = true) const;

  Account account_;
  std::string cookie_domain_;
  Now now_;
  std::mutex mutex_;
  std::mt19937_64 random_;
  WebSessionKnobs knobs_;
  std::map<std::string, Session> sessions_;              // by id
  std::map<std::string, std::string> by_token_;          // every -TOKEN value still good -> session id
  std::map<std::string, std::deque<std::string>> kept_;  // session id -> its good values, oldest first
};

/// Reads knobs by member name onto base; throws std::invalid_argument for an unknown member.
WebSessionKnobs web_session_knobs_from_json(const nlohmann::json& json, WebSessionKnobs base);

}  // namespace emulator::icloud
