#pragma once
// What Apple is not asked again before a time, kept on disk: no restart lengthens a lock-out (docs/design.md §8).

#include <optional>
#include <string>

#include "i2i/util/result.hpp"
#include "i2i/util/time.hpp"

namespace i2i::app {

/// One kind of attempt that Apple refused.
struct Hold {
  util::ErrorCode code = util::ErrorCode::sign_in_needed;  // what ended the attempt
  std::string message;                                     // the sentence the person read then
  std::string remedy;
  util::UnixMillis since = 0;
  util::UnixMillis until = 0;
  int failures = 0;  // in a row

  friend bool operator==(const Hold&, const Hold&) = default;
};

/// session: renewing by what is stored (validate, accountLogin). password: signing in by the password. data: reading
/// the library with a session that works.
enum class HoldKind { session, password, data };

struct Holds {
  std::optional<Hold> session;
  std::optional<Hold> password;
  std::optional<Hold> data;

  friend bool operator==(const Holds&, const Holds&) = default;
};

/// True until the hold's time; a time no hold can have (the clock was set) does not hold anybody.
bool is_on(const Hold& hold, util::UnixMillis now);

/// The hold that an attempt which ended in error leaves behind; nullopt where it says nothing about the next one
/// (Apple was not reached, a signal, wrong usage). before: the hold that stood when the attempt began, for its failures
/// in a row. Pure.
std::optional<Hold> hold_after(HoldKind kind, const std::optional<Hold>& before, const util::Error& error,
                               util::UnixMillis now);

/// The note that a password is about to be sent, so that a process that dies then is not started into a lock-out.
Hold hold_while_trying(const std::optional<Hold>& before, util::UnixMillis now);

/// What an unattended command ends with while the hold is on: the old sentence, its time, and when Apple is asked
/// again; code and remedy stay, so the exit code does.
util::Error held_back(const Hold& hold, util::UnixMillis now);

}  // namespace i2i::app
