#pragma once
// What a function that can fail returns: Result<T>, or an Error with a code, a sentence for a person and context.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace i2i::util {

/// What went wrong, as data. Text is for people and never decides anything.
/// The exit code that belongs to each is in exactly one place: app/exit_code.
enum class ErrorCode {
  internal,            // a defect of ours, or an answer that makes no sense
  usage,               // wrong options or configuration
  cancelled,           // a signal asked us to stop
  timed_out_waiting,   // a person or a queue did not finish in time (context tells which)
  sign_in_needed,      // no session, or it cannot be renewed without a person
  wrong_credentials,   // name or password refused
  wrong_code,          // second factor mistyped; the challenge is still good
  account_action,      // locked, terms, web access, ADP consent: a person must act at Apple
  access_denied,       // iCloud shuts the library: web access, ADP consent or too many runs; the account service tells
  consent_needed,      // iCloud shuts the library for want of PCS cookies; as above
  throttled,           // 429, 503 and relatives beyond patience
  unreachable,         // no connection, name, TLS, time-out
  auth_expired,        // 401/421/450 on a data call: the session ladder may help
  url_expired,         // a signed URL is over: look it up again
  not_found,           // the record, file or id is gone
  bad_token,           // a change token the server refuses: list anew
  bad_answer,          // well delivered but not what the protocol says
  mismatch,            // bytes are not what was announced
  refused,             // permission, version, path: the server will not, ever
  immich_unreachable,  // as unreachable, of Immich
  immich_refused,      // as refused, of Immich
  volume,              // photos dir or state dir cannot be read or written
  volume_full,         //
  volume_foreign,      // not the volume this ledger knows (lost mount, other account)
  run_locked,          // another run holds the account
  safety_stop,         // a change so large that a person should look first
  ledger_damaged,      //
  ledger_newer,        // written by a newer version
};

/// A failure on its way up. message is one sentence for a person, without secrets; names from servers in it are escaped
/// only where they are shown.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  /// What the person can do about it, one sentence, or "".
  std::string remedy = {};
  /// The server's own word on when to come back.
  std::optional<std::chrono::seconds> retry_after = std::nullopt;

  /// Adds where it happened: "while reading page 12 of zone X: …".
  [[nodiscard]] Error in(std::string_view context) const& {
    Error copy = *this;
    copy.message = std::string(context) + ": " + message;
    return copy;
  }
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string remedy = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(remedy), std::nullopt});
}
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

/// Ends the process with the place and the sentence; for our own bugs, never for input. Stays on in release builds.
[[noreturn]] void assertion_failed(const char* what, const char* file, int line) noexcept;

}  // namespace i2i::util

#define I2I_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::i2i::util::assertion_failed(#condition, __FILE__, __LINE__))

#define I2I_CONCAT_(a, b) a##b
#define I2I_CONCAT(a, b) I2I_CONCAT_(a, b)

/// Returns the error of a Result<…> from the enclosing function, or goes on.
#define I2I_TRY(expression)                                    \
  do {                                                         \
    if (auto i2i_result = (expression); !i2i_result) {         \
      return ::i2i::util::fail(std::move(i2i_result).error()); \
    }                                                          \
  } while (false)

/// I2I_ASSIGN(auto page, read_page()): declares or assigns the value, or returns the error.
#define I2I_ASSIGN_(result, target, expression)                     \
  auto result = (expression);                                       \
  if (!result) return ::i2i::util::fail(std::move(result).error()); \
  target = *std::move(result)
#define I2I_ASSIGN(target, expression) I2I_ASSIGN_(I2I_CONCAT(i2i_result_, __LINE__), target, expression)
