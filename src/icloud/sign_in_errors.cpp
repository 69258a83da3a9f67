#include "sign_in_errors.hpp"

#include <fmt/core.h>

#include "auth_headers.hpp"
#include "i2i/util/text.hpp"

namespace i2i::icloud {
namespace {

using util::Error;
using util::ErrorCode;

constexpr const char* kAcceptTerms =
    "Sign in at https://www.icloud.com in a browser and accept them, then run this again.";

Error error(ErrorCode code, std::string message, std::string remedy = {}) {
  return {code, std::move(message), std::move(remedy), std::nullopt};
}

Error with_retry_after(Error what, const net::Response& response) {
  what.retry_after = response.retry_after;
  return what;
}

}  // namespace

std::string apple_says(const ServiceError& service) {
  return service.message.empty() ? std::string() : " (Apple says: " + service.message + ")";
}

std::optional<Error> account_trouble(const ServiceError& service) {
  if (service.code == "-20209") {
    return error(ErrorCode::account_action, "Apple has locked this account for security reasons" + apple_says(service),
                 "Unlock it at https://iforgot.apple.com, then sign in again.");
  }
  if (service.code == "-20210" || service.code == "-20751") {
    return error(ErrorCode::account_action, "Apple says that this account is not active" + apple_says(service),
                 "Sign in at https://account.apple.com to see what it needs.");
  }
  if (service.code == "-22982") return too_many_codes();
  return std::nullopt;
}

std::optional<Error> status_trouble(const net::Response& response) {
  const int status = response.status;
  if (status != 408 && status != 429 && status < 500) return std::nullopt;
  if (status == 429 || status == 503) {
    return with_retry_after(
        error(ErrorCode::throttled, fmt::format("Apple takes no sign-ins from here for now (HTTP {})", status),
              "Wait some hours before the next try; every further one makes the wait longer."),
        response);
  }
  return with_retry_after(
      error(ErrorCode::throttled, fmt::format("Apple's sign-in service has trouble (HTTP {})", status),
            "Try again later."),
      response);
}

Error unexpected(std::string message) {
  return error(ErrorCode::bad_answer, std::move(message),
               "Try again in an hour; if it stays so, report it as a defect of this program.");
}

Error web_access_off() {
  return error(ErrorCode::account_action, "access to iCloud data on the web is switched off for this account",
               "On an iPhone: Settings, your name, iCloud, switch on Access iCloud Data on the Web; Advanced Data "
               "Protection switches it off.");
}

Error terms_pending() {
  return error(ErrorCode::account_action, "iCloud has new terms that this account has not accepted", kAcceptTerms);
}

Error terms_probably_pending(const std::string& symptom) {
  return error(ErrorCode::account_action, symptom + ": so it shows that new terms are not accepted yet", kAcceptTerms);
}

Error too_many_codes() {
  return error(ErrorCode::account_action, "Apple takes and sends no more codes for this account for now",
               "Wait some hours, then sign in again.");
}

Error security_key_needed(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 6;  // Apple allows six
  constexpr std::size_t kLongestName = 64;
  std::string listed;
  for (std::size_t i = 0; i < names.size() && i < kNamed; ++i) {
    listed += (i == 0 ? " ('" : ", '") + std::string(util::cut_utf8(names[i], kLongestName)) + "'";
  }
  if (!listed.empty()) listed += ")";
  return error(ErrorCode::account_action,
               "this account is protected by security keys" + listed + ", which cannot be used here",
               "Six-digit codes work instead once the keys are removed: on an iPhone in Settings, your name, Sign-In & "
               "Security, Security Keys.");
}

Error password_refusal(const net::Response& response) {
  const int status = effective_status(response);
  const ServiceError service = decode_service_error(response.body);
  if (auto trouble = account_trouble(service)) return *std::move(trouble);
  const bool names_password = service.code == "-20101" || service.code == "-22406" || service.code == "-20283";
  if (status == 401 || names_password) {
    return error(ErrorCode::wrong_credentials, "Apple refused the Apple ID or the password" + apple_says(service),
                 "Check both; it must be the password of the account itself, no app-specific one.");
  }
  if (status == 403) {
    return with_retry_after(
        error(ErrorCode::throttled,
              "Apple refused the sign-in without a reason (HTTP 403): too many sign-ins, or a wrong password" +
                  apple_says(service),
              "Wait some hours, check the password at https://www.icloud.com, then sign in again."),
        response);
  }
  if (auto trouble = status_trouble(response)) return *std::move(trouble);
  if (status == 412) {
    return error(ErrorCode::account_action,
                 "Apple wants something settled with this account first" + apple_says(service),
                 "Sign in at https://www.icloud.com in a browser, do what it asks, then sign in here again.");
  }
  if (status == 421 || status == 450) {
    return error(ErrorCode::usage,
                 fmt::format("Apple does not take this account's sign-in at this address (HTTP {})", status),
                 "Check --region; accounts of mainland China need --region china.");
  }
  return unexpected(fmt::format("Apple answered the sign-in with an unexpected HTTP {}", status) + apple_says(service));
}

Error start_refusal(const net::Response& response) {
  const int status = effective_status(response);
  const ServiceError service = decode_service_error(response.body);
  if ((status == 401 || status == 403) && !account_trouble(service)) {
    return with_retry_after(
        error(ErrorCode::throttled,
              fmt::format("Apple does not let a sign-in begin (HTTP {}); the password was not tried", status) +
                  apple_says(service),
              "Wait an hour, then sign in again."),
        response);
  }
  return password_refusal(response);
}

}  // namespace i2i::icloud
