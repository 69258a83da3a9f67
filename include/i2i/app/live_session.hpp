#pragma once
#include <memory>
#include <string>

#include "i2i/app/account.hpp"
#include "i2i/icloud/sign_in.hpp"
#include "i2i/net/curl_client.hpp"
#include "i2i/util/result.hpp"

namespace i2i::app {

/// A session that works now, renewed without a person where needed: by what is stored, else by the configured password
/// together with the trust token, once a run. What Apple refuses is held against the next runs (hold.hpp).
/// Errors: sign_in_needed, account_action, throttled, unreachable and the others of icloud::SignIn; those of a hold.
class LiveSession {
 public:
  static util::Result<std::unique_ptr<LiveSession>> open(const RunContext& context, const AccountPaths& paths,
                                                         net::CurlClient& http);
  [[nodiscard]] const icloud::SessionData& data() const { return sign_in_.session(); }
  /// After a data call was refused: the same ladder again. Gives the database URL to go on with.
  util::Result<std::string> recover();
  /// For what the library wants beside a session: consent.
  [[nodiscard]] icloud::SignIn& sign_in() { return sign_in_; }
  /// Data calls refresh cookies: to be stored at the end of a run.
  util::Result<void> keep_cookies() { return sign_in_.keep_cookies(); }

 private:
  LiveSession(const RunContext& context, const AccountPaths& paths, net::CurlClient& http, icloud::SessionData data);
  util::Result<void> renew();
  util::Result<void> renew_by_password(const util::Error& refusal);

  RunContext context_;
  AccountPaths paths_;
  icloud::SignIn sign_in_;
};

}  // namespace i2i::app
