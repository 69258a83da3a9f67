#pragma once
// Apple's sign-in service, idmsa (docs/protocol/icloud.md chapters 2 and 3), for one account.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/common/http.hpp"
#include "emulator/icloud/account.hpp"
#include "emulator/icloud/auth/bodies.hpp"
#include "emulator/icloud/auth/hosts.hpp"
#include "emulator/icloud/auth/knobs.hpp"
#include "emulator/icloud/auth/srp.hpp"
#include "emulator/icloud/auth/tokens.hpp"

namespace emulator::icloud {

/// The iCloud web app's widget key and OAuth client id (§1.2).
inline constexpr std::string_view kWidgetKey = "d39ba9916b7251055b22c7f910e2ea796ee65e98b2ddecea8f5dde8d9d1a815d";

/// Answers everything below /appleauth/auth. Thread-safe. tokens must outlive it.
class SignInService {
 public:
  SignInService(Account account, AuthHosts hosts, TokenDesk& tokens, Now now, std::uint64_t seed);

  Response handle(const Request& request);

  // ---- for tests and the control service ----------------------------------------------------------------------
  /// The code the trusted devices show now; "" before one was asked for, and after it was used.
  [[nodiscard]] std::string device_code();
  /// The code last sent to a phone, by text or call; "" where none is good.
  [[nodiscard]] std::string phone_code(int phone_id);
  /// The code drawn last, by whatever route, while it is good; "" where it is not.
  [[nodiscard]] std::string newest_code();
  /// The next code drawn, whatever the route. Six digits.
  void force_next_code(std::string code);
  /// The public number B of the next init is made from these 32 bytes; for test vectors.
  void force_next_secret(std::string secret);
  /// Ends a lock for wrong codes or too many pushes.
  void unlock_codes();
  [[nodiscard]] SignInCounters counters();
  [[nodiscard]] SignInKnobs knobs();
  void set_knobs(const SignInKnobs& knobs);
  /// Also takes up a changed password. Sign-ins under way go on.
  void set_account(const Account& account);

 private:
  enum class Stage { fresh, challenged, needs_code, needs_repair, verified, trusted };
  struct PhoneCode {
    int phone_id = 0;
    std::string mode;
    std::string code;
    std::int64_t sent_ms = 0;
  };
  struct Context {
    std::string id;       // X-Apple-ID-Session-Id and cookie aasp
    std::string sign_in;  // names one password sign-in at the token desk
    std::vector<std::string> scnts;
    std::string attributes;
    std::string state;
    Stage stage = Stage::fresh;
    nlohmann::json c;
    std::string client_public;
    std::string secret;
    std::string challenge;  // proof of work
    std::string key_challenge;
    std::string device_code;
    std::optional<PhoneCode> phone_code;
    bool options_read = false;
    bool factor_proved = false;
  };
  /// Which headers a route must bring (§1.3).
  enum class HeaderSet { all, phone };

  Response route(const Request& request, const std::string& path);

  // sign_in_checks.cpp
  std::optional<Response> check_headers(const Request& request, HeaderSet set);
  std::optional<Response> check_origin(const Request& request, bool password_route);
  std::optional<Response> check_rate();
  /// The context of a request that needs one, or the refusal.
  Context* find_context(const Request& request);
  Context* context_of_code_route(const Request& request, HeaderSet set, Response& refusal);
  Context* context_of_start(const Request& request, Response& refusal);
  [[nodiscard]] bool scnt_is_good(const Context& context, const Request& request) const;
  static Response misleading_wrong_code();

  // sign_in_password.cpp
  Response authorize(const Request& request);
  Response federate(const Request& request);
  Response init(const Request& request);
  [[nodiscard]] Response send_home() const;
  Response complete(const Request& request);
  Response password_was_right(Context& context, const nlohmann::json& body);
  Response password_was_wrong(Context& context);
  Response repair_complete(const Request& request);
  std::string draw_secret(const std::string& client_public);

  // sign_in_second_factor.cpp
  Response options(const Request& request);
  Response push(const Request& request);
  Response verify_device(const Request& request);
  Response send_to_phone(const Request& request);
  Response verify_phone(const Request& request);
  Response verify_key(const Request& request);
  Response trust(const Request& request);
  Response accept(Context& context, const std::string& code);
  Response wrong_code(Context& context);
  Response code_lock(Context& context);
  std::string draw_code();
  [[nodiscard]] CodeFlags flags() const;
  [[nodiscard]] bool codes_locked() const;
  bool count_delivery();

  // sign_in_service.cpp
  Context& new_context();
  /// Adds what every answer carries: a new scnt, session id, cookies (§1.4).
  Response finish(Context& context, Response response);
  void add_session_token(Context& context, Response& response);
  void challenge_for_work(Context& context, Response& response);
  [[nodiscard]] std::string idmsa_cookie(const std::string& name, const std::string& value) const;

  std::mutex mutex_;
  Account account_;
  AuthHosts hosts_;
  TokenDesk& tokens_;
  Now now_;
  std::mt19937_64 random_;
  std::optional<SrpVerifier> verifier_;
  SignInKnobs knobs_;
  SignInCounters counters_;
  std::map<std::string, Context> contexts_;  // by id
  std::deque<std::string> forced_codes_;
  std::optional<std::string> forced_secret_;
  std::deque<std::int64_t> password_times_;
  std::deque<std::int64_t> delivery_times_;
  int wrong_passwords_in_row_ = 0;
  int wrong_codes_in_row_ = 0;
  int codes_drawn_ = 0;
  std::string last_drawn_;
  std::string last_pushed_;  // id of a context
  std::int64_t code_lock_until_ms_ = 0;
  std::int64_t push_lock_until_ms_ = 0;
};

}  // namespace emulator::icloud
