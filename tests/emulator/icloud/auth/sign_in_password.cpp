// Prelude, init, complete and repair (docs/protocol/icloud.md §2.2 to §2.6).
#include <fmt/format.h>

#include <algorithm>

#include "emulator/icloud/auth/bytes.hpp"
#include "emulator/icloud/auth/proof_of_work.hpp"
#include "emulator/icloud/auth/sign_in_service.hpp"

namespace emulator::icloud {
namespace {

std::string query_value(const Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string{} : found->second;
}

Response malformed() { return json_response(400, nlohmann::json::object()); }

/// A JSON text decoded from base64; nullopt where it is missing or something else.
std::optional<std::string> bytes_of(const nlohmann::json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || !found->is_string()) return std::nullopt;
  return from_base64(found->get<std::string>());
}

std::string name_in(const nlohmann::json& body) {
  const auto found = body.find("accountName");
  return found != body.end() && found->is_string() ? to_lower(found->get<std::string>()) : std::string{};
}

Response wrong_password() {
  return service_errors(401, "-20101", "Enter the email or phone number and password for your Apple Account.");
}

}  // namespace

Response SignInService::authorize(const Request& request) {
  ++counters_.preludes;
  if (knobs_.prelude_status != 0) return json_response(knobs_.prelude_status, nlohmann::json::object());
  const std::string state = query_value(request, "state");
  if (query_value(request, "client_id") != kWidgetKey || !hosts_.is_home(query_value(request, "redirect_uri")) ||
      query_value(request, "response_type") != "code" || query_value(request, "response_mode") != "web_message" ||
      state.empty() || query_value(request, "frame_id") != state) {
    ++counters_.bad_headers;
    return malformed();
  }
  Context& context = new_context();
  context.state = state;
  Response response;
  response.headers.add("Content-Type", "text/html;charset=UTF-8");
  response.body =
      "<!DOCTYPE html>\n<html><head><title>Sign In</title></head><body><div id=\"content\"></div></body></html>\n";
  challenge_for_work(context, response);
  return finish(context, std::move(response));
}

Response SignInService::federate(const Request& request) {
  ++counters_.preludes;
  if (knobs_.prelude_status != 0) return json_response(knobs_.prelude_status, nlohmann::json::object());
  Response refusal;
  Context* context = context_of_start(request, refusal);
  if (context == nullptr) return refusal;
  const auto body = parse_object(request.body);
  if (!body || name_in(*body).empty()) return finish(*context, malformed());
  Response response = json_response(200, {{"federated", false}, {"showFederatedIdpConfirmation", false}});
  challenge_for_work(*context, response);
  return finish(*context, std::move(response));
}

std::string SignInService::draw_secret(const std::string& client_public) {
  if (forced_secret_) return *std::exchange(forced_secret_, std::nullopt);
  while (true) {
    std::string secret = random_bytes(random_, 32);
    const bool zero_b = verifier_->public_key(secret).front() == 0;
    switch (knobs_.b_fault) {
      case BFault::none:
      case BFault::zero_mod_n:
        return secret;
      case BFault::leading_zero_b:
        if (zero_b) return secret;
        break;
      case BFault::leading_zero_s:
        if (!zero_b && verifier_->prove(client_public, secret)->shared.front() == 0) return secret;
        break;
      case BFault::no_leading_zeros:
        if (!zero_b && verifier_->prove(client_public, secret)->shared.front() != 0) return secret;
        break;
    }
  }
}

Response SignInService::send_home() const {
  const bool china = account_.region == Region::china;
  if (knobs_.other_region_status == 200) {
    return json_response(200, {{"domainToUse", china ? "iCloud.com.cn" : "iCloud.com"}});
  }
  Response response = json_response(knobs_.other_region_status, nlohmann::json::object());
  response.headers.add("Location", china ? "https://idmsa.apple.com.cn/appleauth/auth/signin/init"
                                         : "https://idmsa.apple.com/appleauth/auth/signin/init");
  return response;
}

Response SignInService::init(const Request& request) {
  ++counters_.inits;
  if (auto refused = check_rate()) return *refused;
  if (knobs_.other_region_status != 0 && AuthHosts::region_of(request.host) != account_.region) return send_home();
  if (knobs_.stale_inits > 0) {
    --knobs_.stale_inits;
    return json_response(401, nlohmann::json::object());
  }
  Response refusal;
  Context* context = context_of_start(request, refusal);
  if (context == nullptr) return refusal;

  const auto body = parse_object(request.body);
  const auto client_public = body ? bytes_of(*body, "a") : std::nullopt;
  const auto protocols = body ? body->value("protocols", nlohmann::json{}) : nlohmann::json{};
  if (!client_public || client_public->empty() || name_in(*body).empty() || !protocols.is_array() ||
      protocols.empty() || !verifier_->prove(*client_public, std::string(1, '\1'))) {
    return finish(*context, malformed());
  }

  // A new sign-in, also where an earlier one of this context was done.
  context->sign_in = random_uuid(random_);
  context->state = request.headers.value("X-Apple-OAuth-State");
  context->stage = Stage::challenged;
  context->factor_proved = false;
  context->options_read = false;
  context->device_code.clear();
  context->phone_code.reset();
  context->client_public = *client_public;
  context->secret = draw_secret(*client_public);
  const std::string c = fmt::format("d-{}-{}:MSA", random_() % 1000, random_uuid(random_));
  context->c = knobs_.c_is_object ? nlohmann::json{{"token", c}, {"part", 1}} : nlohmann::json(c);

  const std::string b = knobs_.b_fault == BFault::zero_mod_n ? srp_modulus() : verifier_->public_key(context->secret);
  const bool known = name_in(*body) == account_.lower_name();
  // A name nobody has gets a salt of its own, the same every time, and fails only at complete.
  const std::string salt = known ? verifier_->salt() : sha256("no such name " + name_in(*body)).substr(0, 16);
  Response response =
      json_response(200, {{"iteration", knobs_.iteration != 0 ? knobs_.iteration : account_.iteration},
                          {"salt", to_base64(salt)},
                          {"protocol", knobs_.protocol.empty() ? std::string(name_of(account_.srp)) : knobs_.protocol},
                          {"version", 1},
                          {"b", to_base64(b)},
                          {"c", context->c}});
  response.headers.set("Content-Type", "text/html;charset=UTF-8");
  challenge_for_work(*context, response);
  return finish(*context, std::move(response));
}

Response SignInService::complete(const Request& request) {
  if (auto refused = check_rate()) return *refused;
  Response refusal;
  if (knobs_.check_user_agent && !request.headers.value("User-Agent").starts_with("Mozilla/5.0 (")) return html_503();
  if (auto refused = check_headers(request, HeaderSet::all)) return *refused;
  if (auto refused = check_origin(request, true)) return *refused;
  const auto body = parse_object(request.body);
  if (!body || !body->contains("c")) return malformed();
  const auto found = std::find_if(contexts_.begin(), contexts_.end(), [&](const auto& item) {
    return item.second.stage == Stage::challenged && item.second.c == (*body)["c"];
  });
  if (found == contexts_.end()) return malformed();
  Context& context = found->second;
  if (!scnt_is_good(context, request) && knobs_.scnt_check == ScntCheck::last) {
    ++counters_.stale_scnt;
    return finish(context, misleading_wrong_code());
  }
  if (request.headers.value("X-Apple-OAuth-State") != context.state) {
    ++counters_.bad_headers;
    return finish(context, malformed());
  }
  const auto m1 = bytes_of(*body, "m1");
  const auto m2 = bytes_of(*body, "m2");
  const auto trust_tokens = body->value("trustTokens", nlohmann::json::array());
  if (!m1 || !m2 || name_in(*body).empty() || !trust_tokens.is_array()) return finish(context, malformed());
  if (!context.challenge.empty() && knobs_.hashcash_bits > 0) {
    if (!stamp_is_good(request.headers.value("X-Apple-HC"), knobs_.hashcash_bits, context.challenge)) {
      return finish(context, json_response(403, nlohmann::json::object()));
    }
    ++counters_.stamps;
  }

  ++counters_.password_attempts;
  password_times_.push_back(now_());
  context.stage = Stage::fresh;  // one handshake, one attempt
  if (account_.locked) {
    Response response = service_errors(
        403, "-20209", "This Apple Account has been locked for security reasons. Visit iForgot to reset your account.");
    if (knobs_.status_behind_200) {
      response.status = 200;
      response.headers.add("X-Apple-I-Rscd", "403");
    }
    return finish(context, std::move(response));
  }
  const auto proof = verifier_->prove(context.client_public, context.secret);
  const bool right = name_in(*body) == account_.lower_name() && knobs_.b_fault != BFault::zero_mod_n && proof &&
                     proof->m1 == *m1 && proof->m2 == *m2;
  return right ? password_was_right(context, *body) : password_was_wrong(context);
}

Response SignInService::password_was_wrong(Context& context) {
  ++counters_.wrong_passwords;
  ++wrong_passwords_in_row_;
  if (knobs_.lock_after_wrong_passwords > 0 && wrong_passwords_in_row_ >= knobs_.lock_after_wrong_passwords) {
    account_.locked = true;
  }
  Response response = wrong_password();
  if (knobs_.status_behind_200) {
    response.status = 200;
    response.body = apple_json(nlohmann::json::object());
    response.headers.add("X-Apple-I-Rscd", "401");
  }
  return finish(context, std::move(response));
}

Response SignInService::password_was_right(Context& context, const nlohmann::json& body) {
  wrong_passwords_in_row_ = 0;
  bool trusted = false;
  for (const auto& token : body.value("trustTokens", nlohmann::json::array())) {
    trusted = trusted || (token.is_string() && tokens_.trust_token_is_good(token.get<std::string>()));
  }
  Response response;
  const bool plain = account_.second_factor == SecondFactor::none;
  if (plain) {
    context.stage = Stage::needs_repair;
    tokens_.set_proof(context.sign_in, Proof::password);
    response = json_response(412, {{"authType", "sa"}});
  } else if (account_.second_factor == SecondFactor::legacy_2sa || trusted) {
    counters_.trust_skips += trusted ? 1 : 0;
    context.stage = trusted ? Stage::trusted : Stage::fresh;
    tokens_.set_proof(context.sign_in, trusted ? Proof::trusted : Proof::password);
    response = json_response(200, {{"authType", trusted ? "hsa2" : "hsa"}});
  } else {
    context.stage = Stage::needs_code;
    tokens_.set_proof(context.sign_in, Proof::password);
    context.key_challenge = to_base64url(random_bytes(random_, 32));
    nlohmann::json options = options_json(account_, flags(), context.key_challenge);
    options["authType"] = "hsa2";
    response = json_response(409, options);
    response.headers.add("Set-Cookie",
                         idmsa_cookie("crsc", to_base64url(random_bytes(random_, 24))) + "; Max-Age=900000");
    if (knobs_.edp) response.headers.add("X-Apple-Edp", "true");
    if (knobs_.push_without_asking && account_.second_factor == SecondFactor::hsa2_device) {
      context.device_code = draw_code();
      last_pushed_ = context.id;
    }
  }
  if (knobs_.status_behind_200 && response.status == 409) {
    response.status = 200;
    response.headers.add("X-Apple-I-Rscd", "409");
  }
  response.headers.add("Location", "/auth");
  response.headers.add("X-Apple-TwoSV-Trust-Eligible", plain ? "false" : "true");
  add_session_token(context, response);
  return finish(context, std::move(response));
}

Response SignInService::repair_complete(const Request& request) {
  ++counters_.repairs;
  Response refusal;
  Context* context = context_of_code_route(request, HeaderSet::all, refusal);
  if (context == nullptr) return refusal;
  if (context->stage != Stage::needs_repair || knobs_.repair_fails) {
    return finish(*context, json_response(412, {{"authType", "sa"}, {"hints", nlohmann::json::array()}}));
  }
  context->stage = context->factor_proved ? Stage::verified : Stage::trusted;
  tokens_.set_proof(context->sign_in, context->factor_proved ? Proof::second_factor : Proof::trusted);
  Response response = json_response(200, nlohmann::json::object());
  add_session_token(*context, response);
  return finish(*context, std::move(response));
}

}  // namespace emulator::icloud
