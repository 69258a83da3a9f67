// The session, what it opens, and the clock by which its end is reckoned.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

#include "app/doctor/doctor_steps.hpp"
#include "i2i/app/auth.hpp"
#include "i2i/app/live_session.hpp"
#include "i2i/icloud/cloudkit.hpp"
#include "i2i/ledger/runs.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

constexpr int kWarnDays = 7;
constexpr util::UnixMillis kDay = 86'400'000;

/// One listing of zones. Nobody is asked for consent: where it is wanted, the check says so.
Result<std::string> ask_for_library(const RunContext& context, net::CurlClient& http, const LiveSession& live) {
  icloud::CloudKit cloudkit({http, context.clock, context.stop, live.data().database_url, live.data().client_id,
                             live.data().dsid, endpoints_for(context.options, live.data().region).home,
                             net::Backoff{std::chrono::milliseconds(500), std::chrono::milliseconds(4'000), 3}, [] {
                               return Result<std::string>(fail(ErrorCode::auth_expired, "the session was refused"));
                             }});
  const auto zones = cloudkit.zones(model::Database::private_db);
  if (!zones) {
    auto error = zones.error();
    if (error.remedy.empty() && (error.code == ErrorCode::access_denied || error.code == ErrorCode::consent_needed)) {
      error.remedy = "icloud2immich auth --check says what Apple wants.";
    }
    return fail(std::move(error));
  }
  const auto is_personal = [](const icloud::ZoneInfo& zone) { return zone.id.is_primary() && !zone.deleted; };
  if (std::none_of(zones->begin(), zones->end(), is_personal)) return fail(cloudkit.why_no_library());
  return std::string("the library answers");
}

Result<std::string> describe(const SessionReport& session) {
  if (session.state == "valid") {
    return session.days_left ? fmt::format("it works; about {} days are left", *session.days_left) : "it works";
  }
  return fail(ErrorCode::sign_in_needed,
              fmt::format("it works, but only for about {} days", session.days_left.value_or(0)),
              "Sign in again before they are over: icloud2immich auth");
}

/// By the Date of an answer of Apple's, whatever it says. "" where there is none.
Result<std::string> compare_clock(const RunContext& context, const AccountPaths& paths, net::CurlClient& http) {
  I2I_ASSIGN(const auto session, load_session(paths));
  const auto region = region_for(context.options, session.value_or(icloud::SessionData{}));
  net::Request request;
  request.url = endpoints_for(context.options, region).setup + "/validate";
  request.kind = net::RequestKind::auth;
  I2I_ASSIGN(const auto response, http.perform(std::move(request)));
  const auto date = response.headers.get("Date");
  const auto theirs = date ? net::parse_http_date(*date) : std::nullopt;
  if (!theirs) return std::string();
  const util::UnixMillis ahead = context.clock.now() - *theirs;
  if (std::llabs(ahead) <= kDay) return std::string("it is right");
  return fail(ErrorCode::volume,
              fmt::format("it is {} days {}", std::llabs(ahead) / kDay, ahead > 0 ? "ahead" : "behind"),
              "Set this machine's clock; file times and the days left of the session are reckoned by it.");
}

}  // namespace

void check_apple(Checks& checks, const RunContext& context, const AccountPaths& paths, net::CurlClient& http) {
  auto clock = compare_clock(context, paths, http);
  if (!clock && clock.error().code == ErrorCode::unreachable) return add_check(checks, "icloud", std::move(clock));
  if (!clock || !clock->empty()) add_check(checks, "clock", std::move(clock));
  const auto session = load_session(paths);
  if (!session) return add_check(checks, "session", fail(session.error()));
  if (!*session) {
    return add_check(checks, "session",
                     fail(ErrorCode::sign_in_needed, "nobody has signed in as " + paths.apple_id + " here yet",
                          "Sign in with: icloud2immich auth --apple-id " + paths.apple_id));
  }
  auto lock = ledger::RunLock::take(paths.lock());  // a run renews the session too
  auto live = lock ? LiveSession::open(context, paths, http)
                   : Result<std::unique_ptr<LiveSession>>(fail(std::move(lock).error()));
  if (!live) return add_check(checks, "session", fail(std::move(live).error()));
  add_check(checks, "session", describe(describe_session((*live)->data(), context.clock.now(), kWarnDays)));
  add_check(checks, "icloud", ask_for_library(context, http, **live));
}

}  // namespace i2i::app
