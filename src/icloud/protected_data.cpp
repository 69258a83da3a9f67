#include "protected_data.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"
#include "protected_data_decode.hpp"
#include "sign_in_errors.hpp"

namespace i2i::icloud {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

constexpr std::chrono::seconds kPoll{5};
/// The cookies come from the person's device, which may be slow (§5.1).
constexpr int kMostCookieRequests = 30;
/// §4.6: about an hour.
constexpr std::chrono::milliseconds kUsualConsent{3'600'000};
constexpr const char* kPhotosCookie = "X-APPLE-WEBAUTH-PCS-Photos";
constexpr const char* kSharingCookie = "X-APPLE-WEBAUTH-PCS-Sharing";

bool has_cookie(const std::vector<std::string>& jar, std::string_view name) {
  return std::any_of(jar.begin(), jar.end(), [name](const std::string& line) {
    const auto fields = util::split(line, '\t');
    return fields.size() == 7 && fields[5] == name && !fields[6].empty() && fields[6] != "\"\"";
  });
}

util::Error not_consented(std::chrono::seconds wait) {
  return {
      ErrorCode::account_action,
      "Advanced Data Protection is on, and nobody allowed access to the photos within " + util::human_duration(wait),
      "Run this again with your iPhone, iPad or Mac at hand, and tap Allow Access when it asks.", std::nullopt};
}

/// A refusal of one of the three requests; only for a status other than 200.
util::Error refusal(const net::Response& response, const char* what) {
  const ServiceError service = decode_service_error(response.body);
  if (auto trouble = account_trouble(service)) return *std::move(trouble);
  const int status = response.status;
  if (status == 401 || status == 421 || status == 450) {
    return {ErrorCode::auth_expired, fmt::format("iCloud refused the session (HTTP {})", status),
            "Sign in again: icloud2immich auth.", std::nullopt};
  }
  if (auto trouble = status_trouble(response)) return *std::move(trouble);
  return unexpected(fmt::format("iCloud answered {} with an unexpected HTTP {}", what, status));
}

class Flow {
 public:
  explicit Flow(AuthExchange& exchange) : exchange_(exchange) {}

  Result<ProtectedData> look() {
    I2I_ASSIGN(const auto answer, ask("/requestWebAccessState"));
    return keep(answer.data);
  }

  Result<ProtectedData> open(ConsentWatcher& watcher, std::chrono::seconds wait, PcsCookies cookies) {
    I2I_ASSIGN(ProtectedData data, look());
    if (!data.on && cookies == PcsCookies::where_needed) return data;
    if (data.on && !data.consented) {
      I2I_ASSIGN(data, wait_for_consent(watcher, wait));
      watcher.given(data);
    }
    I2I_TRY(fetch_cookies(watcher));
    return data;
  }

  Result<ProtectedData> renew() {
    I2I_ASSIGN(const ProtectedData before, look());
    if (!before.consented) return before;
    I2I_ASSIGN(const auto cookies, ask_for_cookies(false));
    if (!cookies.success) util::log_debug("iCloud: no new keys yet ({})", cookies.message);
    // Where the end did not move, the person is asked once it has come: a prompt during a consent is nowhere described.
    return look();
  }

 private:
  Result<WebAccessAnswer> ask(const char* path) {
    I2I_ASSIGN(const auto response, exchange_.ask_setup(net::Method::post, path, ""));
    if (response.status != 200) return fail(refusal(response, "the question about web access"));
    I2I_ASSIGN(auto answer, decode_web_access(response.body));
    if (!answer.web_access_allowed) return fail(web_access_off());
    return answer;
  }

  Result<ProtectedData> keep(const ProtectedData& data) {
    auto& until = exchange_.session.protected_until;
    if (!data.on) {
      until.reset();
    } else if (!data.consented) {
      until = 0;
    } else {
      // An end that is over by our clock says that the clocks differ.
      const bool usable = data.until && *data.until > exchange_.now();
      until = usable ? *data.until : exchange_.now() + kUsualConsent.count();
    }
    I2I_TRY(exchange_.store());
    return data;
  }

  Result<ProtectedData> wait_for_consent(ConsentWatcher& watcher, std::chrono::seconds wait) {
    I2I_ASSIGN(const auto sent, ask("/enableDeviceConsentForPCS"));
    if (sent.data.consented) return keep(sent.data);
    if (!sent.prompt_sent) {
      return fail(ErrorCode::account_action,
                  "Advanced Data Protection is on, and Apple could not ask any of your devices for access",
                  "Switch on an iPhone, iPad or Mac that is signed in to this account, then run this again.");
    }
    watcher.asked(wait);
    const auto until = exchange_.steady() + wait;
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - exchange_.steady());
      if (left.count() <= 0) return fail(not_consented(wait));
      I2I_TRY(watcher.pass(std::min<std::chrono::milliseconds>(kPoll, left)));
      auto data = look();
      // A person may take minutes: a line that is down for one of them ends nothing.
      if (!data && data.error().code != ErrorCode::unreachable) return data;
      if (data && (data->consented || !data->on)) return data;
      watcher.waiting(std::chrono::ceil<std::chrono::seconds>(
          std::max<std::chrono::steady_clock::duration>(until - exchange_.steady(), std::chrono::seconds(0))));
    }
  }

  Result<PcsAnswer> ask_for_cookies(bool first) {
    I2I_ASSIGN(const auto response,
               exchange_.ask_setup(net::Method::post, "/requestPCS",
                                   first ? R"({"appName":"photos","derivedFromUserAction":true})"
                                         : R"({"appName":"photos","derivedFromUserAction":false})"));
    // So it shows that new terms are not accepted (§4.3).
    if (response.status == 500)
      return fail(terms_probably_pending("iCloud hands out no keys to the photos (HTTP 500)"));
    if (response.status != 200) return fail(refusal(response, "the question for the photos' keys"));
    I2I_ASSIGN(auto answer, decode_pcs(response.body));
    if (!answer.web_access_allowed) return fail(web_access_off());
    return answer;
  }

  Result<void> fetch_cookies(ConsentWatcher& watcher) {
    std::string said;
    for (int request = 1; request <= kMostCookieRequests; ++request) {
      if (request > 1) I2I_TRY(watcher.pass(kPoll));
      I2I_ASSIGN(auto answer, ask_for_cookies(request == 1));
      const auto& jar = exchange_.session.cookies;
      if (answer.success && has_cookie(jar, kPhotosCookie) && has_cookie(jar, kSharingCookie)) return {};
      said = std::move(answer.message);
      util::log_debug("iCloud: the keys to the photos are not there yet ({})", said);
    }
    return fail(ErrorCode::account_action,
                "access was allowed, but your device did not hand over the keys to the photos" +
                    (said.empty() ? std::string() : " (Apple says: " + said + ")"),
                "Keep the device that allowed it unlocked and online, then run this again.");
  }

  AuthExchange& exchange_;
};

}  // namespace

bool may_need_consent(const SessionData& session, util::UnixMillis now) {
  if (session.protected_until) return now >= *session.protected_until;
  return !has_cookie(session.cookies, kPhotosCookie);
}

Result<ProtectedData> look_at_protected_data(AuthExchange& exchange) { return Flow(exchange).look(); }

Result<ProtectedData> open_protected_data(AuthExchange& exchange, ConsentWatcher& watcher, std::chrono::seconds wait,
                                          PcsCookies cookies) {
  return Flow(exchange).open(watcher, wait, cookies);
}

Result<ProtectedData> renew_protected_data(AuthExchange& exchange) { return Flow(exchange).renew(); }

}  // namespace i2i::icloud
