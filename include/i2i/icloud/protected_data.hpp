#pragma once
// Advanced Data Protection (docs/protocol/icloud.md chapter 5): Apple's servers open the library to the web only while
// a person's consent lasts, about an hour.

#include <chrono>
#include <optional>

#include "i2i/icloud/session.hpp"
#include "i2i/util/result.hpp"
#include "i2i/util/time.hpp"

namespace i2i::icloud {

/// What the account service says of the account.
struct ProtectedData {
  bool on = false;                        // Advanced Data Protection is on; else there is nothing to ask for
  bool consented = false;                 // a person allowed access, and it still holds
  std::optional<util::UnixMillis> until;  // end of the consent, where Apple names it
};

/// Follows the wait for a person's consent. Calls come from the thread that waits.
class ConsentWatcher {
 public:
  virtual ~ConsentWatcher() = default;
  /// A prompt shows on the person's devices; it is waited for so long.
  virtual void asked(std::chrono::seconds wait) = 0;
  /// Not allowed yet; called at every look (5 s).
  virtual void waiting(std::chrono::seconds left) = 0;
  virtual void given(const ProtectedData& data) = 0;
  /// Lets that time pass; other work may be done meanwhile. An error ends the wait and becomes its outcome.
  virtual util::Result<void> pass(std::chrono::milliseconds time) = 0;
};

/// Whether PCS cookies are asked for also where the account says that it needs none (the library asked for them).
enum class PcsCookies { where_needed, in_any_case };

/// True where the account service is to be asked before the library is read: the consent known of is over, or the
/// cookies that prove it are missing. False says nothing for certain.
bool may_need_consent(const SessionData& session, util::UnixMillis now);

/// Why the library may be shut (docs/protocol/icloud.md §5.2). The words are alike; the account service tells them
/// apart.
enum class Shut {
  denied,           // ACCESS_DENIED: web access off, consent missing, or too many runs
  cookies_missing,  // PCS cookies are missing
  session_refused,  // refused although the session was renewed: web access off, consent missing, security keys
  no_library,  // ZONE_NOT_FOUND of the personal library: terms, web access off, consent missing, Photos never opened
};

}  // namespace i2i::icloud
