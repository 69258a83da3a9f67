#include "i2i/app/auth.hpp"

#include <unistd.h>

#include <cerrno>

#include "i2i/ledger/runs.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

// Trust is reported to last 30, 60 or 90 days (docs/protocol/icloud.md §4.6, §14.4); the shortest is promised.
constexpr util::UnixMillis kDay = 86'400'000;
constexpr util::UnixMillis kTrustLife = 30 * kDay;

icloud::SessionData fresh_session(const AccountPaths& paths, const RunContext& context) {
  icloud::SessionData session;
  session.apple_id = paths.apple_id;
  session.client_id = "auth-" + util::random_uuid();
  session.region = context.options.region;
  return session;
}

struct Opened {
  AccountPaths paths;
  ledger::RunLock lock;
  std::unique_ptr<net::CurlClient> http;
  std::optional<icloud::SessionData> session;
};

Result<Opened> open_account(const RunContext& context) {
  I2I_ASSIGN(auto paths, account_paths(context.options));
  I2I_TRY(prepare_account_folder(paths));
  I2I_ASSIGN(auto lock, ledger::RunLock::take(paths.lock()));
  I2I_ASSIGN(auto session, load_session(paths));
  I2I_ASSIGN(auto http, make_http(context));
  return Opened{std::move(paths), std::move(lock), std::move(http), std::move(session)};
}

icloud::SignIn make_sign_in(const RunContext& context, const Opened& opened, icloud::SessionData session) {
  return icloud::SignIn(
      {*opened.http, context.clock, endpoints_for(context.options), context.stop,
       [paths = opened.paths](const icloud::SessionData& data) { return store_session(paths, data); }},
      std::move(session));
}

AuthReport report_of(const Opened& opened, const icloud::SessionData& session, const RunContext& context, int warn_days,
                     std::string message) {
  return {describe_session(session, context.clock.now(), warn_days), opened.paths.apple_id, std::move(message)};
}

}  // namespace

SessionReport describe_session(const std::optional<icloud::SessionData>& session, util::UnixMillis now, int warn_days) {
  SessionReport report;
  if (!session || session->session_token.empty()) {
    report.state = "none";
    return report;
  }
  report.signed_in_at = session->signed_in_at;
  report.trusted_until_estimate = icloud::cookies_expire_at(*session);
  if (session->trusted_at) {
    const auto trust_ends = *session->trusted_at + kTrustLife;
    report.trusted_until_estimate = std::min(report.trusted_until_estimate.value_or(trust_ends), trust_ends);
  }
  report.state = "valid";
  if (report.trusted_until_estimate) {
    const auto left = *report.trusted_until_estimate - now;
    if (left <= 0) {
      report.state = "expired";
    } else if (left < warn_days * kDay) {
      report.state = "expiring";
    }
  }
  return report;
}

Result<AuthReport> sign_in(const RunContext& context, const util::Secret& password,
                           icloud::SecondFactorPerson* person) {
  I2I_ASSIGN(const auto opened, open_account(context));
  auto session = opened.session.value_or(fresh_session(opened.paths, context));
  session.region = context.options.region;
  auto flow = make_sign_in(context, opened, std::move(session));
  I2I_TRY(flow.with_password(password, person));
  return report_of(opened, flow.session(), context, 0, "Signed in as " + opened.paths.apple_id + ".");
}

Result<AuthReport> check_session(const RunContext& context, int warn_days) {
  I2I_ASSIGN(const auto opened, open_account(context));
  if (!opened.session) {
    return fail(ErrorCode::sign_in_needed, "nobody has signed in as " + opened.paths.apple_id + " here yet",
                "Sign in with: icloud2immich auth --apple-id " + opened.paths.apple_id);
  }
  auto flow = make_sign_in(context, opened, *opened.session);
  I2I_TRY(flow.renew());
  return report_of(opened, flow.session(), context, warn_days, "The session works.");
}

Result<AuthReport> log_out(const RunContext& context) {
  I2I_ASSIGN(const auto opened, open_account(context));
  if (!opened.session) {
    AuthReport report{describe_session(std::nullopt, context.clock.now(), 0), opened.paths.apple_id,
                      "There was no session."};
    return report;
  }
  auto flow = make_sign_in(context, opened, *opened.session);
  const auto ended = flow.log_out();
  // Here it is over whatever Apple said.
  if (::unlink(opened.paths.session().c_str()) != 0 && errno != ENOENT) {
    return fail(util::file_error(errno, "remove the session file", opened.paths.session()));
  }
  if (!ended) return fail(ended.error().in("the session is removed from this disk, but Apple was not told"));
  return AuthReport{describe_session(std::nullopt, context.clock.now(), 0), opened.paths.apple_id, "Signed out."};
}

}  // namespace i2i::app
