#include "i2i/app/auth.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>

#include "app/sign_in/holds_decode.hpp"
#include "app/sign_in/password_sign_in.hpp"
#include "app/sign_in/protected_access.hpp"
#include "i2i/app/live_session.hpp"
#include "i2i/ledger/runs.hpp"
#include "i2i/util/file.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::fail;
using util::Result;

// Trust is reported to last 30, 60 or 90 days (docs/protocol/icloud.md §4.6, §14.4); the shortest is promised.
constexpr util::UnixMillis kDay = 86'400'000;
constexpr util::UnixMillis kTrustLife = 30 * kDay;

icloud::SessionData fresh_session(const AccountPaths& paths) {
  icloud::SessionData session;
  session.apple_id = paths.apple_id;
  session.client_id = "auth-" + util::random_uuid();
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

AuthReport report_of(const Opened& opened, const icloud::SessionData& session, const RunContext& context, int warn_days,
                     std::string message) {
  return {describe_session(session, context.clock.now(), warn_days), opened.paths.apple_id, std::move(message)};
}

std::string with_sentence(const std::string& text, const std::string& sentence) {
  return sentence.empty() ? text : text + " " + sentence;
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
  if (!report.trusted_until_estimate && session->trusted_at) {
    report.trusted_until_estimate = *session->trusted_at + kTrustLife;
  }
  report.state = "valid";
  if (report.trusted_until_estimate) {
    const auto left = *report.trusted_until_estimate - now;
    report.days_left = std::max<std::int64_t>(left, 0) / kDay;
    if (left <= 0) {
      report.state = "expired";
    } else if (left < warn_days * kDay) {
      report.state = "expiring";
    }
  }
  return report;
}

Result<AuthReport> sign_in(const RunContext& context, const PasswordQuestion& ask_password,
                           icloud::SecondFactorPerson* person) {
  I2I_ASSIGN(const auto opened, open_account(context));
  I2I_TRY(pass_hold(context, load_holds(opened.paths).password));
  I2I_ASSIGN(const auto password, ask_password(opened.paths.apple_id));
  auto flow = make_sign_in(context, opened.paths, *opened.http, opened.session.value_or(fresh_session(opened.paths)));
  I2I_TRY(password_sign_in(context, opened.paths, flow, password, person));
  I2I_ASSIGN(const auto consent, consent_for_sign_in(context, flow));
  return report_of(opened, flow.session(), context, 0,
                   with_sentence("Signed in as " + opened.paths.apple_id + ".", consent));
}

Result<AuthReport> check_session(const RunContext& context, int warn_days) {
  I2I_ASSIGN(const auto opened, open_account(context));
  I2I_ASSIGN(const auto live, LiveSession::open(context, opened.paths, *opened.http));
  auto report = report_of(opened, live->data(), context, warn_days, "The session works.");
  if (report.session.days_left) {
    report.message = fmt::format("The session works; about {} days are left.", *report.session.days_left);
  }
  if (report.session.state != "valid") {
    report.message += " Sign in again before they are over: icloud2immich auth.";
  }
  I2I_ASSIGN(const auto consent, describe_consent(live->sign_in()));
  report.message = with_sentence(report.message, consent);
  return report;
}

Result<AuthReport> log_out(const RunContext& context) {
  I2I_ASSIGN(const auto opened, open_account(context));
  if (!opened.session) {
    AuthReport report{describe_session(std::nullopt, context.clock.now(), 0), opened.paths.apple_id,
                      "There was no session."};
    return report;
  }
  auto flow = make_sign_in(context, opened.paths, *opened.http, *opened.session);
  const auto ended = flow.log_out();
  // Here it is over whatever Apple said.
  if (::unlink(opened.paths.session().c_str()) != 0 && errno != ENOENT) {
    return fail(util::file_error(errno, "remove the session file", opened.paths.session()));
  }
  if (!ended) return fail(ended.error().in("the session is removed from this disk, but Apple was not told"));
  return AuthReport{describe_session(std::nullopt, context.clock.now(), 0), opened.paths.apple_id, "Signed out."};
}

}  // namespace i2i::app
