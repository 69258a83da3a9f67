#include "i2i/icloud/sign_in.hpp"

#include <fmt/core.h>

#include "account_login.hpp"
#include "auth_exchange.hpp"
#include "hashcash.hpp"
#include "i2i/icloud/srp.hpp"
#include "i2i/util/hash.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"
#include "protected_data.hpp"
#include "region.hpp"
#include "second_factor.hpp"
#include "sign_in_decode.hpp"
#include "sign_in_encode.hpp"
#include "sign_in_errors.hpp"

namespace i2i::icloud {
namespace {

using util::ErrorCode;
using util::fail;

constexpr const char* kJsonOrScript = "application/json, text/javascript";
/// Starts before unlucky numbers are taken for a defect: each start is unlucky once in 85 (§2.4).
constexpr int kMostStarts = 8;
constexpr int kMostDraws = 64;
constexpr int kTrustTries = 3;
constexpr std::chrono::seconds kTrustPause{2};

util::Error nobody_there(const char* what) {
  return {ErrorCode::sign_in_needed, fmt::format("Apple asks for {}, and nobody is there to answer", what),
          "Sign in once at a terminal: icloud2immich auth.", std::nullopt};
}

/// A key whose public half does not start with a zero byte.
util::Result<SrpClient> draw_client() {
  for (int draw = 1;; ++draw) {
    I2I_ASSIGN(SrpClient client, SrpClient::create(util::random_bytes(32)));
    if (client.public_key().front() != '\0' || draw == kMostDraws) return client;
  }
}

}  // namespace

struct SignIn::State {
  explicit State(Parts parts, SessionData session) : exchange(std::move(parts), std::move(session)) {}

  AuthExchange exchange;
  bool password_sent = false;

  struct Started {
    std::string c;
    SrpProof proof;
  };

  [[nodiscard]] std::string account_name() const { return util::ascii_lower(util::trim(exchange.session.apple_id)); }

  /// §2.2: for a fresh scnt. Only a network error counts.
  util::Result<void> prelude() {
    const std::string& state = exchange.session.client_id;
    const std::string mark = util::url_encode(state);
    const auto client =
        auth_headers(exchange.endpoints(), exchange.session, AuthOrigin::sign_in_page, "").get("X-Apple-Widget-Key");
    AuthRequest page;
    page.path = "/authorize/signin?frame_id=" + mark + "&language=en_US&skVersion=7&iframeId=" + mark +
                "&client_id=" + client.value_or("") + "&redirect_uri=" + util::url_encode(exchange.endpoints().home) +
                "&response_type=code&response_mode=web_message&state=" + mark + "&authVersion=latest";
    page.accept = "text/html";
    page.origin = AuthOrigin::sign_in_page;
    page.repeat = Repeat::allowed;
    I2I_TRY(exchange.ask_auth(page));
    AuthRequest federate;
    federate.method = net::Method::post;
    federate.path = "/federate?isRememberMeEnabled=true";
    federate.body = encode_federate(account_name());
    federate.accept = kJsonOrScript;
    federate.origin = AuthOrigin::sign_in_page;
    federate.repeat = Repeat::allowed;
    I2I_TRY(exchange.ask_auth(federate));
    return {};
  }

  util::Result<net::Response> ask_init(const SrpClient& client) {
    AuthRequest request;
    request.method = net::Method::post;
    request.path = "/signin/init";
    request.body = encode_init(account_name(), client.public_key());
    request.accept = kJsonOrScript;
    request.origin = AuthOrigin::sign_in_page;
    request.repeat = Repeat::allowed;
    return exchange.ask_auth(request);
  }

  /// Init and the proof, drawn again while a number is unlucky. No password attempt is spent here.
  util::Result<Started> start(const util::Secret& password) {
    bool context_renewed = false;
    for (int starts = 1; starts <= kMostStarts; ++starts) {
      I2I_ASSIGN(const SrpClient client, draw_client());
      I2I_ASSIGN(const auto response, ask_init(client));
      const int status = effective_status(response);
      if (status == 401 && !context_renewed) {
        // No password was tried yet: what is stale is the context of an earlier sign-in (§2.2).
        context_renewed = true;
        exchange.forget_sign_in_context();
        exchange.drop_auth_cookies([](const std::string& name) { return name.compare(0, 3, "DES") != 0; });
        I2I_TRY(prelude());
        continue;
      }
      if (sends_elsewhere(response)) return fail(follow_elsewhere(exchange, response));
      if (status != 200) return fail(start_refusal(response));
      I2I_ASSIGN(InitAnswer answer, decode_init(response.body));
      I2I_ASSIGN(auto proof, client.prove(account_name(), password, answer.challenge));
      if (proof) return Started{std::move(answer.c), *std::move(proof)};
      util::log_debug("sign-in: an unlucky number, beginning again");
    }
    return fail(unexpected("Apple's sign-in challenge starts with a zero byte again and again"));
  }

  /// The one request that spends a password attempt.
  util::Result<net::Response> complete(const Started& started) {
    AuthRequest request;
    request.method = net::Method::post;
    request.path = "/signin/complete?isRememberMeEnabled=true";
    request.body = encode_complete(account_name(), started.c, started.proof, exchange.session.trust_token);
    request.accept = kJsonOrScript;
    request.origin = AuthOrigin::sign_in_page;
    if (exchange.work.bits > 0) {
      if (auto stamp = hashcash_stamp(exchange.work.bits, exchange.work.challenge, exchange.now())) {
        request.work = *std::move(stamp);
      } else {
        util::log_warn("Apple asks for a proof of work of {} bits, which is not worth the time; going on without.",
                       exchange.work.bits);
      }
    }
    if (exchange.stopped()) return fail(ErrorCode::cancelled, "stopped on request");
    I2I_TRY(exchange.before_password());
    password_sent = true;
    return exchange.ask_auth(request);
  }

  /// One sign-in from the prelude to accountLogin.
  util::Result<void> attempt(const util::Secret& password, SecondFactorPerson* person) {
    exchange.forget_sign_in_context();
    exchange.drop_auth_cookies([](const std::string& name) { return name == "aasp" || name == "crsc"; });
    I2I_TRY(prelude());
    I2I_ASSIGN(const auto started, start(password));
    I2I_ASSIGN(const auto response, complete(started));
    if (sends_elsewhere(response)) return fail(follow_elsewhere(exchange, response));
    bool factor_proved = false;
    switch (effective_status(response)) {
      case 200:
      case 204:
        break;
      case 409:
        I2I_TRY(second_factor(person, response.body));
        factor_proved = true;
        break;
      case 412:
        I2I_TRY(repair());
        break;
      default:
        return fail(password_refusal(response));
    }
    return enter(person, factor_proved);
  }

  /// Validates what is stored, else logs in with it.
  util::Result<AccountState> renew() {
    if (!exchange.session.cookies.empty()) {
      I2I_ASSIGN(const AccountState state, validate_session(exchange));
      if (state == AccountState::ready) return state;
    }
    return account_login(exchange);
  }

  util::Result<void> repair() {
    AuthRequest request;
    request.method = net::Method::post;
    request.path = "/repair/complete";
    request.body = "{}";
    I2I_ASSIGN(const auto response, exchange.ask_auth(request));
    const int status = effective_status(response);
    if (status >= 200 && status < 300) return {};
    if (auto trouble = status_trouble(response)) return fail(*std::move(trouble));
    return fail(
        ErrorCode::account_action,
        "Apple wants something settled with this account first: a stronger password, a phone number or a consent" +
            apple_says(decode_service_error(response.body)),
        "Sign in at https://www.icloud.com in a browser, do what it asks, then sign in here again.");
  }

  util::Result<void> second_factor(SecondFactorPerson* person, const std::string& challenge) {
    if (person == nullptr) {
      // The trust is over: with it, the password would be spent in vain at every run.
      exchange.session.trust_token = {};
      I2I_TRY(exchange.store());
      return fail(nobody_there("a second factor"));
    }
    I2I_ASSIGN(const FactorOutcome outcome, prove_second_factor(exchange, *person, challenge));
    if (outcome == FactorOutcome::repair) I2I_TRY(repair());
    return trust();
  }

  /// §3.5. The session works without it; only the next sign-in asks for a code again.
  util::Result<void> trust() {
    AuthRequest request;
    request.path = "/2sv/trust";
    request.repeat = Repeat::allowed;
    for (int attempt = 1; attempt <= kTrustTries; ++attempt) {
      // A code was typed for this: a bad moment of Apple's is not worth another.
      if (attempt > 1) I2I_TRY(exchange.wait(kTrustPause));
      const auto response = exchange.ask_auth(request);
      if (!response && response.error().code != ErrorCode::unreachable) return fail(response.error());
      if (response && response->status >= 200 && response->status < 300) {
        exchange.session.trusted_at = exchange.now();
        return exchange.store();
      }
      if (response && response->status < 500 && response->status != 408) break;
    }
    util::log_warn("Apple did not mark this computer as trusted: the next sign-in asks for a code again.");
    return {};
  }

  /// accountLogin until the account is ready; each debt is paid once.
  util::Result<void> enter(SecondFactorPerson* person, bool factor_proved) {
    bool two_step_proved = false;
    for (;;) {
      I2I_ASSIGN(const AccountState state, account_login(exchange));
      switch (state) {
        case AccountState::ready: {
          exchange.session.signed_in_at = exchange.now();
          return exchange.store();
        }
        case AccountState::refused:
          return fail(
              ErrorCode::account_action, "iCloud refused the session that Apple's sign-in gave",
              "Sign in at https://www.icloud.com in a browser, accept what it asks, check --region, then try again.");
        case AccountState::second_factor:
          if (factor_proved) {
            return fail(ErrorCode::sign_in_needed, "iCloud still asks for the second factor",
                        "Sign in again from the start.");
          }
          factor_proved = true;
          I2I_TRY(second_factor(person, ""));
          break;
        case AccountState::two_step:
          if (two_step_proved) {
            return fail(ErrorCode::sign_in_needed, "iCloud still asks for the two-step code",
                        "Sign in again from the start.");
          }
          if (person == nullptr) return fail(nobody_there("a two-step code"));
          two_step_proved = true;
          I2I_TRY(prove_two_step(exchange, *person));
          break;
      }
    }
  }
};

SignIn::SignIn(Parts parts, SessionData session)
    : state_(std::make_unique<State>(std::move(parts), std::move(session))) {}
SignIn::~SignIn() = default;

const SessionData& SignIn::session() const { return state_->exchange.session; }

util::Result<void> SignIn::with_password(const util::Secret& password, SecondFactorPerson* person) {
  State& state = *state_;
  state.password_sent = false;
  state.exchange.moved = false;
  auto result = state.attempt(password, person);
  // Never a second attempt at the password in one run; the region is remembered for the next.
  if (result || !state.exchange.moved || state.password_sent) return result;
  util::log_info("The password was not tried yet; signing in there.");
  state.exchange.moved = false;
  result = state.attempt(password, person);
  if (!result && state.exchange.moved) return fail(sent_in_circles());
  return result;
}

util::Result<void> SignIn::renew() {
  AuthExchange& exchange = state_->exchange;
  const auto refused = [](std::string why) {
    return fail(ErrorCode::sign_in_needed, std::move(why), "Sign in again: icloud2immich auth.");
  };
  if (exchange.session.cookies.empty() && exchange.session.session_token.empty()) {
    return refused("nobody is signed in with this account");
  }
  exchange.moved = false;
  auto state = state_->renew();
  if (!state && exchange.moved) {
    exchange.moved = false;
    state = account_login(exchange);
    if (!state && exchange.moved) return fail(sent_in_circles());
  }
  if (!state) return fail(std::move(state).error());
  if (*state == AccountState::ready) return {};
  if (*state == AccountState::refused) return refused("the session is over and cannot be renewed without a person");
  return refused("Apple asks for the second factor again");
}

util::Result<ProtectedData> SignIn::look_at_protected_data() {
  return with_good_session([this] { return icloud::look_at_protected_data(state_->exchange); });
}

util::Result<ProtectedData> SignIn::open_protected_data(ConsentWatcher& watcher, std::chrono::seconds wait,
                                                        PcsCookies cookies) {
  return with_good_session([&, this] { return icloud::open_protected_data(state_->exchange, watcher, wait, cookies); });
}

util::Result<ProtectedData> SignIn::renew_protected_data() {
  return with_good_session([this] { return icloud::renew_protected_data(state_->exchange); });
}

util::Result<ProtectedData> SignIn::with_good_session(const std::function<util::Result<ProtectedData>()>& action) {
  auto first = action();
  if (first || first.error().code != ErrorCode::auth_expired) return first;
  I2I_TRY(renew());
  return action();
}

util::Result<void> SignIn::keep_cookies() { return state_->exchange.store(); }

util::Result<void> SignIn::log_out() {
  AuthExchange& exchange = state_->exchange;
  const auto response =
      exchange.ask_setup(net::Method::post, "/logout", R"({"trustBrowser":true,"allBrowsers":false})", "text/plain");
  exchange.forget_sign_in_context();
  SessionData& session = exchange.session;
  session.session_token = {};
  session.trust_token = {};
  session.database_url.clear();
  session.signed_in_at.reset();
  session.trusted_at.reset();
  session.validated_at.reset();
  session.protected_until.reset();
  exchange.forget_cookies();
  I2I_TRY(exchange.store());
  if (!response) return fail(response.error());
  // 421: there was nothing to end.
  if (response->status == 200 || response->status == 401 || response->status == 421) return {};
  if (auto trouble = status_trouble(*response)) return fail(*std::move(trouble));
  return {};
}

}  // namespace i2i::icloud
