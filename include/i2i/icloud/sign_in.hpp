#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "i2i/icloud/protected_data.hpp"
#include "i2i/icloud/session.hpp"
#include "i2i/net/curl_client.hpp"
#include "i2i/util/result.hpp"
#include "i2i/util/time.hpp"

namespace i2i::icloud {

struct TrustedPhone {
  int id = 0;                 // small, not always 1, not always consecutive: never a place in the list
  std::string masked_number;  // "(•••) •••-••81", as it came
  bool voice_only = false;
  bool non_fteu = false;
};

/// How the second factor can come, as the account says (docs/protocol/icloud.md §3.1).
struct SecondFactorOptions {
  bool trusted_devices = true;
  std::vector<TrustedPhone> phones;
  bool security_key_only = false;
  bool two_step = false;  // of old (§3.7): messages only, to what is listed as phones
  int code_length = 6;    // 0: not known
  /// The phone that brought the code last time, where the account still has it.
  std::optional<CodeRequest> last_phone = std::nullopt;
};

/// What became of the last thing the person said.
enum class CodeNews {
  sent,             // a code is on its way by `request`
  sent_again,       // the same way once more
  last_still_good,  // Apple sends no further one now; the last is good
  enough_sent,      // we ask for no further one, lest the account be locked; the last is good
  not_to_this,      // Apple cannot send to `refused`; `request` holds as before, if code_under_way
  wrong,            // the code was not right
};

struct CodeQuestion {
  CodeRequest request;  // the way of the code that is wanted: routes do not mix (§3.4)
  CodeNews news = CodeNews::sent;
  bool code_under_way = true;
  CodeRequest refused = {};  // with not_to_this
  int tries_left = 0;        // wrong codes that this sign-in still stands
};

/// Digits, or another delivery: by the same way again, or by another.
struct CodeAnswer {
  std::string digits;
  std::optional<CodeRequest> send = std::nullopt;
};

/// The person (terminal, file, another process) who answers the second factor. Blocks; calls come from the thread that
/// signs in.
class SecondFactorPerson {
 public:
  virtual ~SecondFactorPerson() = default;
  /// Which way the code shall come first.
  virtual util::Result<CodeRequest> choose(const SecondFactorOptions& options) = 0;
  /// Asked until a code is right, too many were wrong, or an error comes back.
  virtual util::Result<CodeAnswer> code(const CodeQuestion& question) = 0;
  /// The last code was right.
  virtual void accepted() {}
};

/// The digits of what a person typed: blanks and dashes go, leading zeros stay. nullopt where anything else is in it,
/// or the count is wrong. length 0: any from 4 to 10.
std::optional<std::string> clean_code(std::string_view typed, int length);

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
  /// Whether Advanced Data Protection shuts the library and a consent opens it now; one request, prompts nobody. This
  /// and the next two renew the session once where it is refused. account_action where web access is off.
  util::Result<ProtectedData> look_at_protected_data();
  /// Makes the library readable: where a person's consent is missing, asks for it on their devices and waits for it.
  /// account_action where it does not come in time, or where terms are owed.
  util::Result<ProtectedData> open_protected_data(ConsentWatcher& watcher, std::chrono::seconds wait,
                                                  PcsCookies cookies = PcsCookies::where_needed);
  /// Puts the end of a consent off before it comes; prompts nobody and does not wait.
  util::Result<ProtectedData> renew_protected_data();
  /// Takes the jar's present cookies into the session: data calls refresh them too. To be called when such a run ends.
  util::Result<void> keep_cookies();
  /// Ends the session at Apple and forgets its tokens here (clientId stays).
  util::Result<void> log_out();

 private:
  util::Result<ProtectedData> with_good_session(const std::function<util::Result<ProtectedData>()>& action);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace i2i::icloud
