#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "i2i/icloud/session.hpp"
#include "i2i/net/curl_client.hpp"
#include "i2i/util/result.hpp"
#include "i2i/util/time.hpp"

namespace i2i::icloud {

struct TrustedPhone {
  int id = 0;
  std::string masked_number;  // "(•••) •••-••81"
  bool voice_only = false;
  bool non_fteu = false;
};

/// How the second factor can come, as the account says (docs/protocol/icloud.md §3.1).
struct SecondFactorOptions {
  bool trusted_devices = true;
  std::vector<TrustedPhone> phones;
  bool security_key_only = false;
  int code_length = 6;
};

enum class CodeRoute { device, sms, voice };

struct CodeRequest {
  CodeRoute route = CodeRoute::device;
  int phone_id = 0;
};

/// The person (terminal, file, another process) who answers the second factor. Blocks; calls come from the thread that
/// signs in.
class SecondFactorPerson {
 public:
  virtual ~SecondFactorPerson() = default;
  /// Which way the code shall come.
  virtual util::Result<CodeRequest> choose(const SecondFactorOptions& options) = 0;
  /// The digits; attempt counts from 1 (2 and more: the last was wrong). nullopt: asks for the code to be sent again.
  virtual util::Result<std::optional<std::string>> code(const CodeRequest& request, int attempt) = 0;
};

/// Signs in, renews and checks the session of one account. Owns the session data; whoever calls stores it after every
/// change (on_change is called then, before anything else happens). Blocks; one thread. Errors: wrong_credentials,
/// wrong_code (three times), sign_in_needed, account_action, usage (the account belongs to the other region),
/// throttled, unreachable, bad_answer, cancelled, timed_out_waiting. A failure after the password was proved leaves the
/// web session of before as it was.
class SignIn {
 public:
  struct Parts {
    net::CurlClient& http;
    util::Clock& clock;
    Endpoints endpoints;
    std::stop_token stop;
    std::function<util::Result<void>(const SessionData&)> on_change;
    /// Called before the one request that spends a password attempt; its error ends the sign-in without sending it.
    std::function<util::Result<void>()> before_password = {};
  };
  SignIn(Parts parts, SessionData session);
  ~SignIn();
  SignIn(const SignIn&) = delete;
  SignIn& operator=(const SignIn&) = delete;
  SignIn(SignIn&&) = delete;
  SignIn& operator=(SignIn&&) = delete;

  [[nodiscard]] const SessionData& session() const;

  /// Full sign-in: SRP with the password (once), second factor by the person (nullptr: nobody is there, then
  /// sign_in_needed when one is asked for, and the trust token, which did not spare it, is forgotten), trust,
  /// accountLogin.
  util::Result<void> with_password(const util::Secret& password, SecondFactorPerson* person);
  /// validate, else accountLogin with the stored tokens; no password, no person. sign_in_needed when neither helps.
  util::Result<void> renew();
  /// Takes the jar's present cookies into the session: data calls refresh them too. To be called when such a run ends.
  util::Result<void> keep_cookies();
  /// Ends the session at Apple and forgets its tokens here (clientId stays).
  util::Result<void> log_out();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace i2i::icloud
