#include "emulator/icloud/auth/auth_parts.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "emulator/icloud/auth/bytes.hpp"
#include "emulator/icloud/auth/knob_reader.hpp"

namespace emulator::icloud {
namespace {

void read_sections(KnobReader& reader, AuthConfig& config) {
  if (const auto* part = reader.take("account")) config.account = account_from_json(*part, config.account);
  if (const auto* part = reader.take("sign_in")) config.sign_in = sign_in_knobs_from_json(*part, config.sign_in);
  if (const auto* part = reader.take("setup")) config.setup = setup_knobs_from_json(*part, config.setup);
  if (const auto* part = reader.take("sessions")) config.sessions = web_session_knobs_from_json(*part, config.sessions);
}

/// One salt for every part, also where the configuration names none.
Account with_salt(Account account, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  if (account.salt.empty()) account.salt = random_bytes(random, 16);
  return account;
}

}  // namespace

AuthConfig auth_config_from_json(const nlohmann::json& json, AuthConfig config) {
  KnobReader reader("icloud", json);
  read_sections(reader, config);
  if (const auto* part = reader.take("hosts")) config.hosts = auth_hosts_from_json(*part, config.hosts);
  reader.finish();
  return config;
}

AuthParts::AuthParts(const AuthConfig& config, const Now& now, std::uint64_t seed)
    : tokens(now, seed + 1),
      sessions(config.account, config.hosts.cookie_domain, now, seed + 2),
      sign_in(with_salt(config.account, seed), config.hosts, tokens, now, seed + 3),
      setup(with_salt(config.account, seed), config.hosts, tokens, sessions, now, seed + 4) {
  sign_in.set_knobs(config.sign_in);
  setup.set_knobs(config.setup);
  sessions.set_knobs(config.sessions);
}

void AuthParts::set_account(const Account& account) {
  sign_in.set_account(account);
  setup.set_account(account);
  sessions.set_account(account);
}

void AuthParts::apply(const nlohmann::json& change) {
  AuthConfig config{setup.account(), {}, sign_in.knobs(), setup.knobs(), sessions.knobs()};
  KnobReader reader("change", change);
  read_sections(reader, config);
  std::string ck_url;
  std::string code;
  std::vector<std::string> actions;
  reader.value("ck_url", ck_url).value("force_code", code).value("do", actions);
  reader.finish();

  const std::map<std::string, std::function<void()>> known = {
      {"allow", [&] { setup.allow(); }},
      {"kill_sessions", [&] { sessions.kill_all(); }},
      {"kill_pcs", [&] { sessions.kill_pcs(); }},
      {"expire_trust", [&] { tokens.expire_trust(); }},
      {"expire_session_tokens", [&] { tokens.expire_session_tokens(); }},
      {"unlock_codes", [&] { sign_in.unlock_codes(); }},
  };
  for (const auto& action : actions) {
    if (!known.contains(action)) throw std::invalid_argument("change.do knows no " + action);
  }
  if (change.contains("account")) set_account(config.account);
  if (change.contains("sign_in")) sign_in.set_knobs(config.sign_in);
  if (change.contains("setup")) setup.set_knobs(config.setup);
  if (change.contains("sessions")) sessions.set_knobs(config.sessions);
  if (!ck_url.empty()) setup.set_ck_url(ck_url);
  if (!code.empty()) {
    sign_in.force_next_code(code);
    setup.force_next_code(code);
  }
  for (const auto& action : actions) known.at(action)();
}

nlohmann::json AuthParts::state() {
  nlohmann::json phones = nlohmann::json::object();
  for (const auto& phone : setup.account().phones) {
    if (const auto code = sign_in.phone_code(phone.id); !code.empty()) phones[std::to_string(phone.id)] = code;
  }
  return {{"device_code", sign_in.device_code()},   {"phone_codes", phones},
          {"two_step_code", setup.two_step_code()}, {"sign_in", to_json(sign_in.counters())},
          {"setup", to_json(setup.counters())},     {"sessions_alive", sessions.alive()}};
}

}  // namespace emulator::icloud
