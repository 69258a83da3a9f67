#include "account_login.hpp"

#include <fmt/core.h>

#include "i2i/net/url.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"
#include "region.hpp"
#include "sign_in_encode.hpp"
#include "sign_in_errors.hpp"

namespace i2i::icloud {
namespace {

using util::ErrorCode;
using util::fail;

/// What a person must do before the account can be used; nullopt where nothing.
std::optional<util::Error> needs_person(const AccountAnswer& answer) {
  const auto action = [](std::string message, std::string remedy) {
    return util::Error{ErrorCode::account_action, std::move(message), std::move(remedy), std::nullopt};
  };
  if (answer.terms_update_needed) return terms_pending();
  if (answer.locked) return action("Apple has locked this account", "Unlock it at https://iforgot.apple.com.");
  if (answer.web_access_off) return web_access_off();
  return std::nullopt;
}

/// The domain under which the hosts of the account's answer must lie, where the endpoints were given.
std::string given_domain(const Endpoints& endpoints) {
  const auto setup = net::split_url(endpoints.setup);
  if (!setup) return {};
  const auto dot = setup->host.find('.');
  const bool numeric =
      setup->host.find_first_not_of("0123456789.") == std::string::npos || setup->host.find(':') != std::string::npos;
  if (numeric || dot == std::string::npos) return setup->host;
  std::string parent = setup->host.substr(dot + 1);
  // "setup.example" must not open all of a top-level domain.
  if (parent.find('.') == std::string::npos && parent != "localhost") return setup->host;
  return parent;
}

AccountState state_of(const AccountAnswer& answer) {
  const bool owed = answer.challenge_required || !answer.trusted_browser;
  if (answer.hsa_version >= 2 && (answer.challenge_required || (owed && answer.qualifying_device))) {
    return AccountState::second_factor;
  }
  if (answer.hsa_version == 1 && owed) return AccountState::two_step;
  return AccountState::ready;
}

/// A good answer whose cookies are only for mending the account: -REPAIR in place of -TOKEN (§1.5, §5.2).
bool repair_owed(AuthExchange& exchange) {
  bool repair = false;
  bool token = false;
  for (const std::string& line : exchange.session.cookies) {
    const auto fields = util::split(line, '\t');
    if (fields.size() != 7 || fields[6].empty()) continue;
    repair = repair || fields[5] == "X-APPLE-WEBAUTH-REPAIR";
    token = token || fields[5] == "X-APPLE-WEBAUTH-TOKEN";
  }
  return repair && !token;
}

/// Why an account that owes nothing gives no photos all the same; nullopt where it does.
std::optional<util::Error> no_photos(AuthExchange& exchange, const AccountAnswer& answer) {
  if (repair_owed(exchange)) {
    return util::Error{
        ErrorCode::account_action, "iCloud wants something settled with this account before it gives out photos",
        "Sign in at https://www.icloud.com in a browser, accept what it asks and switch on Access iCloud Data on "
        "the Web, then run this again.",
        std::nullopt};
  }
  if (answer.database_url.empty() && answer.under_maintenance) {
    return util::Error{ErrorCode::throttled, "iCloud is under maintenance", "Try again in an hour.", std::nullopt};
  }
  if (answer.database_url.empty()) {
    return util::Error{ErrorCode::account_action, "Apple offers no photo library for this account",
                       "Open https://www.icloud.com/photos in a browser once, then run this again.", std::nullopt};
  }
  if (!may_contact(answer.database_url, exchange.endpoints())) {
    return unexpected("the account's answer points to a database outside Apple's domains");
  }
  return std::nullopt;
}

/// Takes the account's facts into the session where the answer is good.
util::Result<AccountState> take_account(AuthExchange& exchange, const AccountAnswer& answer) {
  if (auto trouble = needs_person(answer)) return fail(*std::move(trouble));
  if (answer.dsid.empty()) return fail(unexpected("Apple's account answer names no account number"));
  const AccountState state = state_of(answer);
  if (state == AccountState::ready) {
    if (auto trouble = no_photos(exchange, answer)) return fail(*std::move(trouble));
    exchange.session.database_url = answer.database_url;
    while (!exchange.session.database_url.empty() && exchange.session.database_url.back() == '/') {
      exchange.session.database_url.pop_back();
    }
    exchange.session.validated_at = exchange.now();
  }
  if (!exchange.session.dsid.empty() && exchange.session.dsid != answer.dsid) {
    util::log_debug("sign-in: the account number changed");
  }
  exchange.session.dsid = answer.dsid;
  I2I_TRY(exchange.store());
  return state;
}

util::Result<AccountState> judge(AuthExchange& exchange, const net::Response& response) {
  const AccountAnswer answer = decode_account(response.body);
  if (response.status == 200 && answer.has_account) return take_account(exchange, answer);
  if (sends_elsewhere(response)) return fail(follow_elsewhere(exchange, response));
  if (answer.terms_update_needed) return fail(*needs_person(answer));
  if (auto trouble = account_trouble(answer.error)) return fail(*std::move(trouble));
  switch (response.status) {
    // 200 without an account, "Invalid Session Token", lost cookies, and the 500 that once said the same.
    case 200:
    case 400:
    case 401:
    case 421:
    case 450:
    case 500:
      return AccountState::refused;
    case 403:
    case 409:
    case 412:
    case 423:
      return fail(
          ErrorCode::account_action,
          fmt::format("iCloud does not let this account in (HTTP {})", response.status) + apple_says(answer.error),
          "Sign in at https://www.icloud.com in a browser, do what it asks, then sign in here again.");
    default:
      break;
  }
  if (auto trouble = status_trouble(response)) return fail(*std::move(trouble));
  return fail(unexpected(fmt::format("iCloud's account service answered with an unexpected HTTP {}", response.status)));
}

}  // namespace

bool may_contact(const std::string& url, const Endpoints& endpoints) {
  const auto parts = net::split_url(url);
  if (!parts || parts->scheme != "https" || parts->has_user) return false;
  if (endpoints.given) return net::is_below_domain(parts->host, given_domain(endpoints));
  return net::is_below_domain(parts->host, "icloud.com") || net::is_below_domain(parts->host, "icloud.com.cn");
}

util::Result<AccountState> account_login(AuthExchange& exchange) {
  if (exchange.session.session_token.empty()) return AccountState::refused;
  const SessionData& session = exchange.session;
  I2I_ASSIGN(const auto response, exchange.ask_setup(net::Method::post, "/accountLogin",
                                                     encode_account_login(session.account_country,
                                                                          session.session_token, session.trust_token)));
  return judge(exchange, response);
}

util::Result<AccountState> validate_session(AuthExchange& exchange) {
  I2I_ASSIGN(const auto response, exchange.ask_setup(net::Method::post, "/validate", "null"));
  return judge(exchange, response);
}

}  // namespace i2i::icloud
