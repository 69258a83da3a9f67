#include "emulator/icloud/auth/knobs.hpp"

#include <nlohmann/json.hpp>

#include "emulator/icloud/auth/knob_reader.hpp"

namespace emulator::icloud {
namespace {

void read_strictness(KnobReader& reader, SignInKnobs& knobs) {
  reader.choice("scnt_check", knobs.scnt_check, {{"last", ScntCheck::last}, {"of_context", ScntCheck::of_context}})
      .choice("scnt_rotation", knobs.scnt_rotation,
              {{"every_answer", ScntRotation::every_answer},
               {"never", ScntRotation::never},
               {"two_headers", ScntRotation::two_headers}})
      .value("strict_origin", knobs.strict_origin)
      .value("check_user_agent", knobs.check_user_agent)
      .value("phone_needs_auth_get", knobs.phone_needs_auth_get);
}

void read_password(KnobReader& reader, SignInKnobs& knobs) {
  reader.value("hashcash_bits", knobs.hashcash_bits)
      .choice("rate_limit", knobs.rate_limit,
              {{"off", RateLimit::off},
               {"html_503", RateLimit::html_503},
               {"too_many_429", RateLimit::too_many_429},
               {"forbidden_403", RateLimit::forbidden_403}})
      .value("retry_after_s", knobs.retry_after_s)
      .value("password_limit", knobs.password_limit)
      .value("password_window_ms", knobs.password_window_ms)
      .value("lock_after_wrong_passwords", knobs.lock_after_wrong_passwords)
      .value("stale_inits", knobs.stale_inits)
      .value("prelude_status", knobs.prelude_status)
      .value("status_behind_200", knobs.status_behind_200)
      .choice("b_fault", knobs.b_fault,
              {{"none", BFault::none},
               {"zero_mod_n", BFault::zero_mod_n},
               {"leading_zero_b", BFault::leading_zero_b},
               {"leading_zero_s", BFault::leading_zero_s},
               {"no_leading_zeros", BFault::no_leading_zeros}})
      .value("iteration", knobs.iteration)
      .value("protocol", knobs.protocol)
      .value("c_is_object", knobs.c_is_object)
      .value("other_region_status", knobs.other_region_status)
      .value("repair_fails", knobs.repair_fails);
}

void read_second_factor(KnobReader& reader, SignInKnobs& knobs) {
  reader
      .choice("accept", knobs.accept,
              {{"no_content_204", AcceptForm::no_content_204},
               {"ok_200", AcceptForm::ok_200},
               {"conflict_with_token", AcceptForm::conflict_with_token},
               {"conflict_without_token", AcceptForm::conflict_without_token},
               {"precondition_412", AcceptForm::precondition_412}})
      .value("push_without_asking", knobs.push_without_asking)
      .value("push_status", knobs.push_status)
      .value("text_status", knobs.text_status)
      .value("text_refusal", knobs.text_refusal)
      .value("auth_get_409", knobs.auth_get_409)
      .value("refuse_codes", knobs.refuse_codes)
      .value("gone_status", knobs.gone_status)
      .value("lock_after_wrong_codes", knobs.lock_after_wrong_codes)
      .value("lock_after_pushes", knobs.lock_after_pushes)
      .value("lock_ms", knobs.lock_ms)
      .value("cooldown", knobs.cooldown)
      .value("text_under_way_ms", knobs.text_under_way_ms)
      .value("edp", knobs.edp)
      .value("session_token_life_ms", knobs.session_token_life_ms)
      .value("trust_token_life_ms", knobs.trust_token_life_ms);
}

}  // namespace

SignInKnobs sign_in_knobs_from_json(const nlohmann::json& json, SignInKnobs knobs) {
  KnobReader reader("sign_in", json);
  enum class Preset { none, independent_clients };
  Preset preset = Preset::none;
  reader.choice("preset", preset, {{"none", Preset::none}, {"independent_clients", Preset::independent_clients}});
  if (preset == Preset::independent_clients) {
    knobs.scnt_check = ScntCheck::of_context;
    knobs.b_fault = BFault::no_leading_zeros;
  }
  read_strictness(reader, knobs);
  read_password(reader, knobs);
  read_second_factor(reader, knobs);
  reader.finish();
  return knobs;
}

nlohmann::json to_json(const SignInCounters& counters) {
  return {{"preludes", counters.preludes},
          {"inits", counters.inits},
          {"password_attempts", counters.password_attempts},
          {"wrong_passwords", counters.wrong_passwords},
          {"trust_skips", counters.trust_skips},
          {"raw_sign_ins", counters.raw_sign_ins},
          {"repairs", counters.repairs},
          {"option_reads", counters.option_reads},
          {"pushes", counters.pushes},
          {"texts", counters.texts},
          {"calls", counters.calls},
          {"code_attempts", counters.code_attempts},
          {"wrong_codes", counters.wrong_codes},
          {"keys", counters.keys},
          {"trusts", counters.trusts},
          {"stale_scnt", counters.stale_scnt},
          {"bad_headers", counters.bad_headers},
          {"stamps", counters.stamps},
          {"unknown_paths", counters.unknown_paths}};
}

}  // namespace emulator::icloud
