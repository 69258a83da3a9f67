#include "second_factor.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "i2i/util/log.hpp"
#include "sign_in_encode.hpp"
#include "sign_in_errors.hpp"

namespace i2i::icloud {
namespace {

using util::ErrorCode;
using util::fail;

constexpr const char* kWrongCode = "-21669";

util::Error challenge_gone(int status) {
  return {ErrorCode::sign_in_needed,
          fmt::format("Apple no longer waits for the code of this sign-in (HTTP {})", status),
          "Sign in again from the start.", std::nullopt};
}

util::Error no_way_left() {
  return {ErrorCode::account_action, "Apple offers no way to receive a code for this account",
          "Add a trusted device or phone number to the account, then sign in again.", std::nullopt};
}

/// The code named in the header where the body says nothing.
ServiceError error_of(const net::Response& response) {
  ServiceError error = decode_service_error(response.body);
  if (error.code.empty()) error.code = response.headers.get("X-Apple-I-Ercd").value_or("");
  return error;
}

util::Result<SecondFactorOptions> read_options(AuthExchange& exchange, const std::string& challenge) {
  AuthRequest request;
  request.repeat = Repeat::allowed;
  I2I_ASSIGN(const auto response, exchange.ask_auth(request));
  auto found = decode_verification(response.body);
  const bool readable = response.status == 200 || response.status == 409;
  if (!readable || !found || (!found->lists_phones && !found->security_key)) {
    if (auto earlier = decode_verification(challenge);
        earlier && (!found || earlier->lists_phones || earlier->security_key)) {
      found = std::move(earlier);
    }
  }
  if (!found) {
    if (auto trouble = status_trouble(response)) return fail(*std::move(trouble));
    return fail(ErrorCode::bad_answer, "Apple's list of ways to receive a code cannot be read");
  }
  if (found->too_many_wrong || found->too_many_sent) return fail(too_many_codes());
  if (found->options.security_key_only) return fail(security_key_needed());
  if (!found->options.trusted_devices && found->options.phones.empty()) return fail(no_way_left());
  return found->options;
}

/// The person's choice made whole: a phone where one is needed, the call where the phone cannot take texts.
util::Result<std::pair<CodeRequest, PhoneTarget>> settle(CodeRequest request, const SecondFactorOptions& options) {
  if (request.route == CodeRoute::device) {
    if (options.trusted_devices) return std::pair{request, PhoneTarget{}};
    return fail(ErrorCode::account_action, "this account has no device that could show a code",
                "Choose a text message or a call: --method sms or --method voice.");
  }
  if (options.phones.empty())
    return fail(ErrorCode::account_action, "this account has no phone for codes", "Use --method device.");
  auto phone = options.phones.begin();
  if (request.phone_id != 0) {
    phone = std::find_if(options.phones.begin(), options.phones.end(),
                         [&](const TrustedPhone& each) { return each.id == request.phone_id; });
    if (phone == options.phones.end()) return fail(ErrorCode::usage, "the account has no such phone");
  }
  request.phone_id = phone->id;
  if (phone->voice_only) request.route = CodeRoute::voice;
  return std::pair{request,
                   PhoneTarget{phone->id, phone->non_fteu, request.route == CodeRoute::voice ? "voice" : "sms"}};
}

/// Judges the answer to a request for a code (§3.2, §3.4): most statuses are reported to deliver all the same.
util::Result<void> judge_delivery(const net::Response& response) {
  const int status = effective_status(response);
  const ServiceError error = error_of(response);
  if (status >= 200 && status < 300) return {};
  if (error.code == "-22979" || error.code == "-22981") {
    util::log_info("Apple sends no further code now; the one sent last is still good.");
    return {};
  }
  if (auto trouble = account_trouble(error)) return fail(*std::move(trouble));
  if (error.code == "-28248") {
    return fail(ErrorCode::account_action, "Apple cannot send a code to this phone number now" + apple_says(error),
                "Sign in again and choose another way.");
  }
  if (const auto state = decode_verification(response.body); state && (state->too_many_sent || state->too_many_wrong)) {
    return fail(too_many_codes());
  }
  if (status == 401 || status == 403 || status == 421) return fail(challenge_gone(status));
  if (status == 423) return fail(too_many_codes());
  if (auto trouble = status_trouble(response)) return fail(*std::move(trouble));
  util::log_debug("sign-in: HTTP {} to the request for a code, which may have been sent all the same", status);
  return {};
}

util::Result<void> deliver(AuthExchange& exchange, const CodeRequest& request, const PhoneTarget& phone) {
  AuthRequest out;
  out.method = net::Method::put;
  if (request.route == CodeRoute::device) {
    out.path = "/verify/trusteddevice/securitycode";
  } else {
    out.path = "/verify/phone";
    out.body = encode_phone(phone, std::nullopt);
  }
  I2I_ASSIGN(const auto response, exchange.ask_auth(out));
  return judge_delivery(response);
}

enum class Verdict { accepted, repair, wrong };

util::Result<Verdict> judge_code(const net::Response& response) {
  const int status = effective_status(response);
  const auto state = decode_verification(response.body);
  const ServiceError error = error_of(response);
  const bool valid = state && state->valid.value_or(false);
  // Decided by the body: since 2026 a good code may come with 409, and without a token (§3.3).
  if (valid && (status == 409 || status == 200)) return Verdict::accepted;
  if (valid && status == 412) return Verdict::repair;
  if (state && state->too_many_wrong) return fail(too_many_codes());
  if (auto trouble = account_trouble(error)) return fail(*std::move(trouble));
  if (error.code == kWrongCode) return Verdict::wrong;
  if (status >= 200 && status < 300) {
    return state && state->valid == false ? Verdict::wrong : Verdict::accepted;
  }
  if (status == 401 || status == 403 || status == 421) return fail(challenge_gone(status));
  if (status == 412) {
    return fail(ErrorCode::account_action, "Apple wants something settled with this account first" + apple_says(error),
                "Sign in at https://www.icloud.com in a browser, do what it asks, then sign in here again.");
  }
  if (auto trouble = status_trouble(response)) return fail(*std::move(trouble));
  return fail(ErrorCode::bad_answer,
              fmt::format("Apple answered the code with an unexpected HTTP {}", status) + apple_says(error),
              "Sign in again from the start.");
}

util::Result<Verdict> verify(AuthExchange& exchange, const CodeRequest& request, const PhoneTarget& phone,
                             const std::string& digits) {
  AuthRequest out;
  out.method = net::Method::post;
  if (request.route == CodeRoute::device) {
    out.path = "/verify/trusteddevice/securitycode";
    out.body = encode_device_code(digits);
  } else {
    out.path = "/verify/phone/securitycode";
    out.body = encode_phone(phone, digits);
  }
  I2I_ASSIGN(const auto response, exchange.ask_auth(out));
  return judge_code(response);
}

util::Error too_often_wrong() {
  return {ErrorCode::wrong_code, fmt::format("the code was wrong {} times", kMostWrongCodes),
          "Sign in again, and take the code that is shown after that.", std::nullopt};
}

}  // namespace

std::optional<std::string> clean_code(const std::string& typed, int length) {
  std::string digits;
  for (const char c : typed) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != ' ' && c != '-' && c != '\t' && c != '\r' && c != '\n') {
      return std::nullopt;
    }
  }
  if (digits.size() != static_cast<std::size_t>(length)) return std::nullopt;
  return digits;
}

util::Result<FactorOutcome> prove_second_factor(AuthExchange& exchange, SecondFactorPerson& person,
                                                const std::string& challenge) {
  I2I_ASSIGN(const SecondFactorOptions options, read_options(exchange, challenge));
  I2I_ASSIGN(const CodeRequest chosen, person.choose(options));
  I2I_ASSIGN(const auto settled, settle(chosen, options));
  const auto& [request, phone] = settled;
  I2I_TRY(deliver(exchange, request, phone));
  int deliveries = 1;
  for (int attempt = 1; attempt <= kMostWrongCodes;) {
    I2I_ASSIGN(const std::optional<std::string> typed, person.code(request, attempt));
    if (!typed) {
      if (++deliveries > kMostDeliveries) return fail(too_many_codes());
      I2I_TRY(deliver(exchange, request, phone));
      continue;
    }
    const auto digits = clean_code(*typed, options.code_length);
    if (!digits) {  // mistyped beyond doubt: Apple need not count it
      ++attempt;
      continue;
    }
    I2I_ASSIGN(const Verdict verdict, verify(exchange, request, phone, *digits));
    if (verdict == Verdict::accepted) return FactorOutcome::accepted;
    if (verdict == Verdict::repair) return FactorOutcome::repair;
    ++attempt;
  }
  return fail(too_often_wrong());
}

util::Result<void> prove_two_step(AuthExchange& exchange, SecondFactorPerson& person) {
  I2I_ASSIGN(const auto listed, exchange.ask_setup(net::Method::get, "/listDevices", ""));
  I2I_ASSIGN(const auto devices, decode_two_step_devices(listed.body));
  SecondFactorOptions options;
  options.trusted_devices = false;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    options.phones.push_back({static_cast<int>(i) + 1, devices[i].name, false, false});
  }
  if (devices.empty()) return fail(no_way_left());
  I2I_ASSIGN(const CodeRequest chosen, person.choose(options));
  I2I_ASSIGN(const auto settled, settle(chosen, options));
  const CodeRequest request = settled.first;
  const std::string& device = devices[static_cast<std::size_t>(request.phone_id) - 1].json;
  const auto send = [&]() -> util::Result<void> {
    I2I_ASSIGN(const auto sent,
               exchange.ask_setup(net::Method::post, "/sendVerificationCode", encode_two_step(device, std::nullopt)));
    if (sent.status == 200 && decode_success(sent.body)) return {};
    const ServiceError error = decode_service_error(sent.body);
    if (auto trouble = account_trouble(error)) return fail(*std::move(trouble));
    return fail(ErrorCode::account_action, "Apple sent no code to this device" + apple_says(error), "Try again later.");
  };
  I2I_TRY(send());
  int deliveries = 1;
  for (int attempt = 1; attempt <= kMostWrongCodes;) {
    I2I_ASSIGN(const std::optional<std::string> typed, person.code(request, attempt));
    if (!typed) {
      if (++deliveries > kMostDeliveries) return fail(too_many_codes());
      I2I_TRY(send());
      continue;
    }
    // The length of these codes is nowhere promised.
    const auto digits = clean_code(
        *typed,
        static_cast<int>(std::count_if(typed->begin(), typed->end(), [](char c) { return c >= '0' && c <= '9'; })));
    if (digits && !digits->empty()) {
      I2I_ASSIGN(const auto checked,
                 exchange.ask_setup(net::Method::post, "/validateVerificationCode", encode_two_step(device, digits)));
      if (checked.status == 200 && decode_success(checked.body)) return {};
      const ServiceError error = decode_service_error(checked.body);
      if (auto trouble = account_trouble(error)) return fail(*std::move(trouble));
      if (error.code != kWrongCode) {
        return fail(ErrorCode::bad_answer,
                    fmt::format("Apple answered the code with HTTP {}", checked.status) + apple_says(error));
      }
    }
    ++attempt;
  }
  return fail(too_often_wrong());
}

}  // namespace i2i::icloud
