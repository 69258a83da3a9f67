#pragma once
#include <functional>
#include <string>

#include "auth_headers.hpp"
#include "i2i/icloud/sign_in.hpp"

namespace i2i::icloud {

/// Whether a request that got no answer may be sent once more. Never for what spends a password attempt or a code.
enum class Repeat { allowed, never };

/// One request to the sign-in service. path is appended to the endpoint: "/signin/init", "" for the bare one.
struct AuthRequest {
  net::Method method = net::Method::get;
  std::string path;
  std::string body = {};
  AuthOrigin origin = AuthOrigin::web_app;
  const char* accept = "application/json";
  Repeat repeat = Repeat::never;
  std::string work = {};  // X-Apple-HC
};

/// The session and the way to Apple: sends, keeps what every answer brings, and has it stored before anybody looks at
/// it.
class AuthExchange {
 public:
  AuthExchange(SignIn::Parts parts, SessionData session);

  util::Result<net::Response> ask_auth(const AuthRequest& request);
  /// The account service; query parameters are added. Patient with what is transient (a few short tries).
  util::Result<net::Response> ask_setup(net::Method method, const std::string& path, const std::string& body,
                                        const char* content_type = "application/json");
  /// Copies the jar into the session and hands the session out where it changed.
  util::Result<void> store();
  /// Removes cookies of the sign-in service from the jar.
  void drop_auth_cookies(const std::function<bool(const std::string& name)>& which);

  /// Goes on with Apple's hosts of that region, and has it remembered as Apple's own word. The context of a sign-in
  /// under way is of no use there.
  util::Result<void> move_to(Region region);
  void forget_sign_in_context();

  SessionData session;
  WorkChallenge work;
  bool moved = false;  // move_to was called

  [[nodiscard]] const Endpoints& endpoints() const { return parts_.endpoints; }
  [[nodiscard]] util::UnixMillis now() const { return parts_.clock.now(); }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const { return parts_.clock.steady(); }
  [[nodiscard]] bool stopped() const { return parts_.stop.stop_requested(); }
  void forget_cookies();
  /// cancelled where stop is requested meanwhile.
  util::Result<void> wait(std::chrono::milliseconds delay);
  /// Tells the caller that a password attempt is about to be spent; its error forbids it.
  [[nodiscard]] util::Result<void> before_password() const {
    return parts_.before_password ? parts_.before_password() : util::Result<void>{};
  }

 private:
  util::Result<net::Response> send(net::Request request);
  [[nodiscard]] std::string setup_url(const std::string& path) const;

  SignIn::Parts parts_;
  std::string stored_;  // what on_change saw last
};

}  // namespace i2i::icloud
