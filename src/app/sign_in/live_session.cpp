#include "i2i/app/live_session.hpp"

#include "app/sign_in/holds_decode.hpp"
#include "app/sign_in/password_sign_in.hpp"
#include "i2i/util/log.hpp"

namespace i2i::app {

using util::ErrorCode;
using util::fail;
using util::Result;

LiveSession::LiveSession(const RunContext& context, const AccountPaths& paths, net::CurlClient& http,
                         icloud::SessionData data)
    : context_(context), paths_(paths), sign_in_(make_sign_in(context, paths, http, std::move(data))) {}

Result<std::unique_ptr<LiveSession>> LiveSession::open(const RunContext& context, const AccountPaths& paths,
                                                       net::CurlClient& http) {
  I2I_ASSIGN(auto data, load_session(paths));
  if (!data) {
    return fail(ErrorCode::sign_in_needed, "nobody has signed in as " + paths.apple_id + " here yet",
                "Sign in with: icloud2immich auth --apple-id " + paths.apple_id);
  }
  I2I_TRY(pass_hold(context, load_holds(paths).session));
  auto session = std::unique_ptr<LiveSession>(new LiveSession(context, paths, http, *std::move(data)));
  I2I_TRY(session->renew());
  return session;
}

Result<std::string> LiveSession::recover() {
  I2I_TRY(renew());
  return data().database_url;
}

Result<void> LiveSession::renew() {
  auto renewed = sign_in_.renew();
  if (!renewed && renewed.error().code == ErrorCode::sign_in_needed) renewed = renew_by_password(renewed.error());
  Holds holds = load_holds(paths_);
  if (renewed) {
    if (!holds.session) return {};
    holds.session.reset();
    return store_holds(paths_, holds);
  }
  util::Error error = std::move(renewed).error();
  const auto now = context_.clock.now();
  if (auto hold = hold_after(HoldKind::session, holds.session, error, now)) {
    if (!error.retry_after && hold->until > now) error.retry_after = std::chrono::seconds((hold->until - now) / 1000);
    holds.session = std::move(hold);
    I2I_TRY(store_holds(paths_, holds));
  }
  return fail(std::move(error));
}

Result<void> LiveSession::renew_by_password(const util::Error& refusal) {
  if (data().trust_token.empty() || !context_.password) return fail(refusal);
  if (const auto hold = load_holds(paths_).password; hold && is_on(*hold, context_.clock.now())) {
    // The times are said by the session's own hold, which lasts as long: not twice in one sentence.
    util::Error held = held_back(*hold, context_.clock.now());
    held.message = refusal.message + ": " + hold->message;
    return fail(std::move(held));
  }
  I2I_ASSIGN(const auto password, context_.password());
  if (!password) return fail(refusal);
  util::log_info("The session is over; signing in again with the configured password and the stored trust.");
  return password_sign_in(context_, paths_, sign_in_, *password, nullptr);
}

}  // namespace i2i::app
