#include "app/sign_in/protected_access.hpp"

#include <algorithm>
#include <utility>

#include "i2i/util/log.hpp"

namespace i2i::app {
namespace {

using icloud::PcsCookies;
using icloud::ProtectedData;
using util::ErrorCode;
using util::fail;
using util::Result;

/// Before the end of a consent, so that a renewal has time to fail.
constexpr util::UnixMillis kRenewBefore = 300'000;
constexpr std::chrono::seconds kTellEvery{60};
/// How long nothing is done for the other work when it said that there is none.
constexpr std::chrono::milliseconds kIdle{200};

std::string until_text(const ProtectedData& data) {
  return data.until ? " until about " + util::format_utc(*data.until) : std::string();
}

util::Error stopped() { return {ErrorCode::cancelled, "stopped while waiting for Allow Access", {}, std::nullopt}; }

}  // namespace

void ConsentLog::asked(std::chrono::seconds wait) {
  told_ = wait;
  util::log_warn(
      "Advanced Data Protection: on your iPhone, iPad or Mac tap Allow Access to let this computer read your photos; "
      "waiting up to {}.",
      util::human_duration(wait));
}

void ConsentLog::waiting(std::chrono::seconds left) {
  if (!told_ || *told_ - left < kTellEvery) return;
  told_ = left;
  util::log_info("Still waiting for Allow Access on your iPhone, iPad or Mac; {} left.", util::human_duration(left));
}

void ConsentLog::given(const ProtectedData& data) { util::log_info("Access is allowed{}.", until_text(data)); }

Result<void> ConsentLog::pass(std::chrono::milliseconds time) {
  const auto end = context_.clock.steady() + time;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - context_.clock.steady());
    if (left.count() <= 0) return {};
    if (context_.stop.stop_requested()) return fail(stopped());
    bool worked = false;
    if (work_) {
      I2I_ASSIGN(worked, work_());
    }
    if (worked) continue;
    const auto nap = work_ ? std::min(left, kIdle) : left;
    if (!context_.clock.sleep(nap, context_.stop)) return fail(stopped());
  }
}

Result<ProtectedData> ProtectedAccess::open(PcsCookies cookies) {
  return sign_in_.open_protected_data(watcher_, context_.consent_wait, cookies);
}

Result<void> ProtectedAccess::open_at_start() {
  if (!icloud::may_need_consent(sign_in_.session(), context_.clock.now())) return {};
  const auto opened = open(PcsCookies::where_needed);
  if (!opened && opened.error().code == ErrorCode::bad_answer) {
    // The library itself says whether it can be read.
    util::log_debug("{}", opened.error().message);
    return {};
  }
  if (!opened) return fail(opened.error());
  return {};
}

Result<void> ProtectedAccess::keep_open() {
  if (!std::exchange(looked_, true)) return open_at_start();
  const auto until = sign_in_.session().protected_until;
  const auto now = context_.clock.now();
  if (!until || now < *until - kRenewBefore) return {};
  if (now >= *until) return open_at_start();
  if (renewal_tried_for_ == until) return {};
  renewal_tried_for_ = until;
  const auto renewed = sign_in_.renew_protected_data();
  // The consent still holds: what went wrong shows when it is over.
  if (!renewed && renewed.error().code == ErrorCode::cancelled) return fail(renewed.error());
  if (!renewed) util::log_debug("the consent could not be renewed: {}", renewed.error().message);
  return {};
}

Result<bool> ProtectedAccess::reopen(icloud::Shut why) {
  // Cookies that were refused are of no use, whatever the account says.
  const auto cookies = why == icloud::Shut::cookies_missing ? PcsCookies::in_any_case : PcsCookies::where_needed;
  I2I_ASSIGN(const ProtectedData data, open(cookies));
  return data.on || cookies == PcsCookies::in_any_case;
}

Result<std::string> consent_for_sign_in(const RunContext& context, icloud::SignIn& sign_in) {
  ConsentLog watcher(context);
  auto data = sign_in.open_protected_data(watcher, context.consent_wait);
  if (!data && data.error().code == ErrorCode::bad_answer) return std::string();
  if (!data) return fail(data.error().in("you are signed in, but the photos cannot be read yet"));
  if (!data->on) return std::string();
  return "Advanced Data Protection is on: access to the photos is allowed" + until_text(*data) + ".";
}

Result<std::string> describe_consent(icloud::SignIn& sign_in) {
  const auto looked = sign_in.look_at_protected_data();
  if (!looked && looked.error().code == ErrorCode::bad_answer) return std::string();
  if (!looked) return fail(looked.error());
  const ProtectedData& data = *looked;
  if (!data.on) return std::string();
  if (data.consented) return "Advanced Data Protection is on: access to the photos is allowed" + until_text(data) + ".";
  return std::string(
      "Advanced Data Protection is on: when a sync runs, it asks on your iPhone, iPad or Mac for access and waits.");
}

}  // namespace i2i::app
