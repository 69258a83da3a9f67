#include "second_factor.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"
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
    return fail(unexpected("Apple's list of ways to receive a code cannot be read"));
  }
  if (found->too_many_wrong || found->too_many_sent) return fail(too_many_codes());
  if (found->options.security_key_only) return fail(security_key_needed(found->key_names));
  if (!found->options.trusted_devices && found->options.phones.empty()) return fail(no_way_left());
  return found->options;
}

/// The person's choice made whole: a phone where one is needed, the call where the phone cannot take texts.
util::Result<CodeRequest> settle(CodeRequest request, const SecondFactorOptions& options) {
  if (request.route == CodeRoute::device) {
    if (options.trusted_devices) return CodeRequest{};
    return fail(ErrorCode::account_action, "this account has no device that could show a code",
                "Choose a text message or a call: --method sms or --method voice.");
  }
  if (options.phones.empty())
    return fail(ErrorCode::account_action, "this account has no phone for codes", "Use --method device.");
  auto phone = options.phones.begin();
  if (request.phone_id != 0) {
    phone = std::find_if(options.phones.begin(), options.phones.end(),
                         [&](const TrustedPhone& each) { return each.id == request.phone_id; });
    if (phone == options.phones.end()) {
      return fail(ErrorCode::usage, "the account has no such phone", "Leave out --phone to see those it has.");
    }
  }
  request.phone_id = phone->id;
  if (options.two_step) request.route = CodeRoute::sms;
  if (phone->voice_only) request.route = CodeRoute::voice;
  return request;
}

PhoneTarget target_of(const CodeRequest& request, const SecondFactorOptions& options) {
  const auto phone = std::find_if(options.phones.begin(), options.phones.end(),
                                  [&](const TrustedPhone& each) { return each.id == request.phone_id; });
  return {request.phone_id, phone != options.phones.end() && phone->non_fteu,
          request.route == CodeRoute::voice ? "voice" : "sms"};
}

/// The remembered phone, where the account still has it.
std::optional<CodeRequest> still_there(const std::optional<CodeRequest>& way, const SecondFactorOptions& options) {
  const bool listed = way && std::any_of(options.phones.begin(), options.phones.end(),
                                         [&](const TrustedPhone& each) { return each.id == way->phone_id; });
  return listed ? way : std::nullopt;
}

enum class Delivery { sent, last_still_good, not_to_this };

/// Judges the answer to a request for a code (§3.2, §3.4): most statuses are reported to deliver all the same.
util::Result<Delivery> judge_delivery(const net::Response& response) {
  const int status = effective_status(response);
  const ServiceError error = error_of(response);
  if (status >= 200 && status < 300) return Delivery::sent;
  if (error.code == "-22979" || error.code == "-22981") return Delivery::last_still_good;
  if (auto trouble = account_trouble(error)) return fail(*std::move(trouble));
  if (error.code == "-28248") return Delivery::not_to_this;
  if (const auto state = decode_verification(response.body); state && (state->too_many_sent || state->too_many_wrong)) {
    return fail(too_many_codes());
  }
  if (status == 401 || status == 403 || status == 421) return fail(challenge_gone(status));
  if (status == 423) return fail(too_many_codes());
  if (auto trouble = status_trouble(response)) return fail(*std::move(trouble));
  util::log_debug("sign-in: HTTP {} to the request for a code, which may have been sent all the same", status);
  return Delivery::sent;
}

util::Result<Delivery> deliver(AuthExchange& exchange, const CodeRequest& request, const PhoneTarget& phone) {
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
  if (status == 401 || status == 403 || status == 421) return fail(challenge_gone(status));
  // What the body calls not valid is a wrong code, also behind a 200 or 409.
  if (state && state->valid == false) return Verdict::wrong;
  if (status >= 200 && status < 300) return Verdict::accepted;
  if (status == 412) {
    return fail(ErrorCode::account_action, "Apple wants something settled with this account first" + apple_says(error),
                "Sign in at https://www.icloud.com in a browser, do what it asks, then sign in here again.");
  }
  if (auto trouble = status_trouble(response)) return fail(*std::move(trouble));
  return fail(
      unexpected(fmt::format("Apple answered the code with an unexpected HTTP {}", status) + apple_says(error)));
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

/// What every answer of the legacy two-step verification may say instead (§3.7); nullopt where it says none of it.
std::optional<util::Error> two_step_trouble(const net::Response& response) {
  if (auto trouble = account_trouble(decode_service_error(response.body))) return trouble;
  if (response.status == 401 || response.status == 403 || response.status == 421)
    return challenge_gone(response.status);
  return status_trouble(response);
}

util::Error too_often_wrong() {
  return {ErrorCode::wrong_code, fmt::format("the code was wrong {} times", kMostWrongCodes),
          "Sign in again, and take the code that is shown after that.", std::nullopt};
}

/// What both kinds of second factor can do.
struct CodeService {
  std::function<util::Result<Delivery>(const CodeRequest&)> deliver;
  std::function<util::Result<Verdict>(const CodeRequest&, const std::string& digits)> verify;
};

/// Sends, or says why not; what the person sees next is in question.
util::Result<void> send(const CodeService& service, const CodeRequest& wanted, int& deliveries,
                        CodeQuestion& question) {
  if (deliveries == kMostDeliveries) {
    question.news = CodeNews::enough_sent;
    return {};
  }
  ++deliveries;
  I2I_ASSIGN(const Delivery delivery, service.deliver(wanted));
  if (delivery == Delivery::not_to_this) {
    question.news = CodeNews::not_to_this;
    question.refused = wanted;
    return {};
  }
  const bool again = question.code_under_way && question.request == wanted;
  question.news = delivery == Delivery::last_still_good ? CodeNews::last_still_good
                  : again                               ? CodeNews::sent_again
                                                        : CodeNews::sent;
  question.request = wanted;
  question.code_under_way = true;
  return {};
}

struct Proved {
  CodeRequest by;
  Verdict verdict = Verdict::accepted;
};

/// The dialogue until a code is right. Each code is checked where the code last sent belongs (§3.4).
util::Result<Proved> converse(SecondFactorPerson& person, const SecondFactorOptions& options,
                              const CodeService& service) {
  I2I_ASSIGN(const CodeRequest chosen, person.choose(options));
  I2I_ASSIGN(const CodeRequest first, settle(chosen, options));
  CodeQuestion question;
  question.request = first;
  question.code_under_way = false;
  question.tries_left = kMostWrongCodes;
  int deliveries = 0;
  I2I_TRY(send(service, first, deliveries, question));
  while (question.tries_left > 0) {
    I2I_ASSIGN(const CodeAnswer answer, person.code(question));
    if (answer.send) {
      I2I_ASSIGN(const CodeRequest wanted, settle(*answer.send, options));
      I2I_TRY(send(service, wanted, deliveries, question));
      continue;
    }
    // Mistyped beyond doubt is not worth Apple's count, but is an answer used up all the same: nobody loops for ever.
    if (const auto digits = clean_code(answer.digits, options.code_length)) {
      I2I_ASSIGN(const Verdict verdict, service.verify(question.request, *digits));
      if (verdict != Verdict::wrong) {
        person.accepted();
        return Proved{question.request, verdict};
      }
    }
    question.news = CodeNews::wrong;
    --question.tries_left;
  }
  return fail(too_often_wrong());
}

void remember(SessionData& session, const CodeRequest& way) {
  if (way.route != CodeRoute::device) session.phone_way = way;
}

util::Result<Verdict> judge_two_step(const net::Response& response) {
  if (response.status == 200 && decode_success(response.body)) return Verdict::accepted;
  const ServiceError error = decode_service_error(response.body);
  if (auto trouble = two_step_trouble(response)) return fail(*std::move(trouble));
  if (error.code == kWrongCode) return Verdict::wrong;
  return fail(unexpected(fmt::format("Apple answered the two-step code with an unexpected HTTP {}", response.status) +
                         apple_says(error)));
}

/// What separates the groups of a code when it is copied from a message.
bool parts_digits(char32_t c) {
  constexpr char32_t kNoBreakSpace = 0xA0;
  return c == U' ' || c == U'-' || c == U'\t' || c == U'\r' || c == U'\n' || c == kNoBreakSpace ||
         (c >= 0x2000 && c <= 0x2015) || c == 0x202F;
}

}  // namespace

std::optional<std::string> clean_code(std::string_view typed, int length) {
  constexpr std::size_t kShortest = 4;
  constexpr std::size_t kLongest = 10;
  std::string digits;
  while (!typed.empty()) {
    const auto next = util::next_code_point(typed);
    if (next.valid && next.value >= U'0' && next.value <= U'9') {
      digits += static_cast<char>(next.value);
    } else if (!next.valid || !parts_digits(next.value)) {
      return std::nullopt;
    }
    typed.remove_prefix(next.bytes);
  }
  const bool right = length > 0 ? digits.size() == static_cast<std::size_t>(length)
                                : digits.size() >= kShortest && digits.size() <= kLongest;
  return right ? std::optional(std::move(digits)) : std::nullopt;
}

util::Result<FactorOutcome> prove_second_factor(AuthExchange& exchange, SecondFactorPerson& person,
                                                const std::string& challenge) {
  I2I_ASSIGN(SecondFactorOptions options, read_options(exchange, challenge));
  options.last_phone = still_there(exchange.session.phone_way, options);
  const CodeService service{
      [&](const CodeRequest& way) { return deliver(exchange, way, target_of(way, options)); },
      [&](const CodeRequest& way, const std::string& digits) {
        return verify(exchange, way, target_of(way, options), digits);
      },
  };
  I2I_ASSIGN(const Proved proved, converse(person, options, service));
  remember(exchange.session, proved.by);
  return proved.verdict == Verdict::repair ? FactorOutcome::repair : FactorOutcome::accepted;
}

util::Result<void> prove_two_step(AuthExchange& exchange, SecondFactorPerson& person) {
  I2I_ASSIGN(const auto listed, exchange.ask_setup(net::Method::get, "/listDevices", ""));
  if (auto trouble = two_step_trouble(listed)) return fail(*std::move(trouble));
  const auto read = decode_two_step_devices(listed.body);
  if (!read) return fail(unexpected("Apple's list of devices for the two-step code cannot be read"));
  const auto& devices = *read;
  if (devices.empty()) return fail(no_way_left());
  SecondFactorOptions options;
  options.trusted_devices = false;
  options.two_step = true;
  options.code_length = 0;  // nowhere promised
  for (std::size_t i = 0; i < devices.size(); ++i) {
    options.phones.push_back({static_cast<int>(i) + 1, devices[i].name, false, false});
  }
  options.last_phone = still_there(exchange.session.phone_way, options);
  const auto device_of = [&](const CodeRequest& way) -> const std::string& {
    return devices[static_cast<std::size_t>(way.phone_id) - 1].json;
  };
  const CodeService service{
      [&](const CodeRequest& way) -> util::Result<Delivery> {
        I2I_ASSIGN(const auto sent, exchange.ask_setup(net::Method::post, "/sendVerificationCode",
                                                       encode_two_step(device_of(way), std::nullopt)));
        if (sent.status == 200 && decode_success(sent.body)) return Delivery::sent;
        if (auto trouble = two_step_trouble(sent)) return fail(*std::move(trouble));
        return Delivery::not_to_this;
      },
      [&](const CodeRequest& way, const std::string& digits) -> util::Result<Verdict> {
        I2I_ASSIGN(const auto checked, exchange.ask_setup(net::Method::post, "/validateVerificationCode",
                                                          encode_two_step(device_of(way), digits)));
        return judge_two_step(checked);
      },
  };
  I2I_ASSIGN(const Proved proved, converse(person, options, service));
  remember(exchange.session, proved.by);
  return {};
}

}  // namespace i2i::icloud
