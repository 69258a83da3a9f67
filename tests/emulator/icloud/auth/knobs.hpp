#pragma once
// What may be different, wrong or broken at idmsa (docs/protocol/icloud.md §13.5 items 2 to 9), and what it counts.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace emulator::icloud {

/// How a right code is accepted (§3.3).
enum class AcceptForm { no_content_204, ok_200, conflict_with_token, conflict_without_token, precondition_412 };
/// How password sign-ins are refused for coming too often (§2.6).
enum class RateLimit { off, html_503, too_many_429, forbidden_403 };
/// Trouble with the server's public number (§13.5 item 4).
enum class BFault { none, zero_mod_n, leading_zero_b, leading_zero_s, no_leading_zeros };
/// last: the one last issued, as §13.3 asks. of_context: any this context ever issued, or none: what today's
/// independent clients get away with.
enum class ScntCheck { last, of_context };
enum class ScntRotation { every_answer, never, two_headers };

struct SignInKnobs {
  // strictness
  ScntCheck scnt_check = ScntCheck::last;
  ScntRotation scnt_rotation = ScntRotation::every_answer;
  bool strict_origin = false;         // Origin must be there, and www.icloud.com for verify and trust (§1.3)
  bool check_user_agent = true;       // password routes answer 503 to what is no browser (§1.2)
  bool phone_needs_auth_get = false;  // PUT verify/phone before GET /auth: 412 (§3.4)

  // password
  int hashcash_bits = 0;                  // 0: no proof of work asked
  RateLimit rate_limit = RateLimit::off;  // refuse every password sign-in now
  int retry_after_s = 0;                  // sent with a refusal; 0: not
  int password_limit = 0;                 // so many completes in password_window_ms, then 503; 0: no limit
  std::int64_t password_window_ms = std::int64_t{3600} * 1000;
  int lock_after_wrong_passwords = 0;  // then 403 -20209; 0: never
  int stale_inits = 0;                 // the next so many inits answer 401 (§2.2)
  int prelude_status = 0;              // authorize/signin and federate answer this; 0: as they should
  bool status_behind_200 = false;      // complete: 200 with X-Apple-I-Rscd 409, 401 or 403
  BFault b_fault = BFault::none;
  int iteration = 0;     // told instead of the account's; 0: the truth
  std::string protocol;  // told instead of the account's
  bool c_is_object = false;
  int other_region_status = 0;  // init at the other region's host: 302 with Location, or 200 with domainToUse (§2.6)
  bool repair_fails = false;    // repair/complete answers 412 again

  // second factor
  AcceptForm accept = AcceptForm::conflict_with_token;
  bool push_without_asking = false;  // as before 26.4: the 409 itself brings the code
  int push_status = 0;               // of a push that is delivered all the same; 0: 202
  int text_status = 0;               // of a text that is delivered all the same; 0: 200
  std::string text_refusal;          // "-28248", "-22979", "-22981": no text is sent
  bool auth_get_409 = false;         // GET /auth as JSON answers 409 (§3.1)
  int refuse_codes = 0;              // the next so many right codes are called wrong
  int gone_status = 0;               // verify answers this: the challenge is gone (401, 403, 421)
  int lock_after_wrong_codes = 5;    // then -22982 for lock_ms
  int lock_after_pushes = 10;        // pushes and texts within lock_ms, then securityCodeLocked
  std::int64_t lock_ms = std::int64_t{8} * 3600 * 1000;
  bool cooldown = false;                    // securityCodeCooldown in every answer
  std::int64_t text_under_way_ms = 30'000;  // asked again within: 412, the earlier code stays good
  bool edp = false;                         // X-Apple-Edp: true on 409

  // lives
  std::int64_t session_token_life_ms = std::int64_t{30} * 86400 * 1000;
  std::int64_t trust_token_life_ms = std::int64_t{60} * 86400 * 1000;
};

/// Reads knobs by member name onto base. "preset": "independent_clients" first loosens what independent clients are
/// known to get away with: scnt of_context, no numbers with leading zeros. Throws std::invalid_argument for an unknown
/// member.
SignInKnobs sign_in_knobs_from_json(const nlohmann::json& json, SignInKnobs base = {});

/// What happened so far; for tests.
struct SignInCounters {
  int preludes = 0;
  int inits = 0;
  int password_attempts = 0;  // completes with a live handshake
  int wrong_passwords = 0;
  int trust_skips = 0;   // completes that a trust token spared the code
  int raw_sign_ins = 0;  // plain-password endpoint: a good client has none
  int repairs = 0;
  int option_reads = 0;  // GET /auth
  int pushes = 0;
  int texts = 0;
  int calls = 0;
  int code_attempts = 0;
  int wrong_codes = 0;
  int keys = 0;
  int trusts = 0;
  int stale_scnt = 0;
  int bad_headers = 0;  // widget key, OAuth headers, origins, content type
  int stamps = 0;       // good X-Apple-HC
  int unknown_paths = 0;
};

nlohmann::json to_json(const SignInCounters& counters);

}  // namespace emulator::icloud
