#include <nlohmann/json.hpp>

#include "emulator/icloud/auth/knob_reader.hpp"
#include "emulator/icloud/setup/setup_service.hpp"

namespace emulator::icloud {

SetupKnobs setup_knobs_from_json(const nlohmann::json& json, SetupKnobs knobs) {
  KnobReader reader("setup", json);
  reader.value("strict_params", knobs.strict_params)
      .value("strict_origin", knobs.strict_origin)
      .value("min_build", knobs.min_build)
      .value("domain_to_use", knobs.domain_to_use)
      .value("domain_status", knobs.domain_status)
      .value("terms_as_400", knobs.terms_as_400)
      .value("refuse_logins", knobs.refuse_logins)
      .value("under_maintenance", knobs.under_maintenance)
      .value("consent_after_polls", knobs.consent_after_polls)
      .value("consent_denied", knobs.consent_denied)
      .value("consent_renews", knobs.consent_renews)
      .value("pcs_pending", knobs.pcs_pending)
      .value("request_pcs_status", knobs.request_pcs_status);
  reader.finish();
  return knobs;
}

nlohmann::json to_json(const SetupCounters& counters) {
  return {{"logins", counters.logins},
          {"refused_logins", counters.refused_logins},
          {"validations", counters.validations},
          {"logouts", counters.logouts},
          {"consent_prompts", counters.consent_prompts},
          {"pcs_requests", counters.pcs_requests},
          {"bad_params", counters.bad_params},
          {"unknown_paths", counters.unknown_paths}};
}

}  // namespace emulator::icloud
