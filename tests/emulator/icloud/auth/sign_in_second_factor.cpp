// Codes, security keys and trust (docs/protocol/icloud.md chapter 3).
#include <algorithm>
#include <cctype>

#include "emulator/icloud/auth/bytes.hpp"
#include "emulator/icloud/auth/sign_in_service.hpp"

namespace emulator::icloud {
namespace {

using nlohmann::json;

Response malformed() { return json_response(400, {{"hasError", true}}); }

bool six_digits(const json& code) {
  if (!code.is_string()) return false;
  const auto& text = code.get_ref<const std::string&>();
  return text.size() == 6 &&
         std::all_of(text.begin(), text.end(), [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
}

/// securityCode.code where it is a text of six digits.
std::optional<std::string> code_in(const json& body) {
  const json* part = body.contains("securityCode") ? &body["securityCode"] : nullptr;
  if (part == nullptr || !part->is_object() || !part->contains("code") || !six_digits((*part)["code"])) {
    return std::nullopt;
  }
  return (*part)["code"].get<std::string>();
}

/// phoneNumber.id where it is a number.
std::optional<int> phone_in(const json& body) {
  const json* part = body.contains("phoneNumber") ? &body["phoneNumber"] : nullptr;
  if (part == nullptr || !part->is_object() || !part->contains("id") || !(*part)["id"].is_number_integer()) {
    return std::nullopt;
  }
  return (*part)["id"].get<int>();
}

std::string text_in(const json& body, const char* name) {
  const auto found = body.find(name);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool is_hsa2(const Account& account) {
  return account.second_factor == SecondFactor::hsa2_device || account.second_factor == SecondFactor::hsa2_sms_only;
}

}  // namespace

bool SignInService::codes_locked() const { return now_() < code_lock_until_ms_; }

CodeFlags SignInService::flags() const {
  const bool sent = now_() < push_lock_until_ms_;
  return {.too_many_sent = sent,
          .too_many_tried = codes_locked(),
          .locked = sent || codes_locked(),
          .cooldown = knobs_.cooldown};
}

std::string SignInService::draw_code() {
  ++codes_drawn_;
  std::string code;
  if (!forced_codes_.empty()) {
    code = forced_codes_.front();
    forced_codes_.pop_front();
    return last_drawn_ = code;
  }
  while (code.size() < 6) code += static_cast<char>('0' + static_cast<int>(random_() % 10));
  // Every third code begins with a zero: clients have lost it.
  if (codes_drawn_ % 3 == 0) code.front() = '0';
  return last_drawn_ = code;
}

bool SignInService::count_delivery() {
  const std::int64_t now = now_();
  if (now < push_lock_until_ms_) return false;
  while (!delivery_times_.empty() && delivery_times_.front() <= now - knobs_.lock_ms) delivery_times_.pop_front();
  if (delivery_times_.size() >= static_cast<std::size_t>(knobs_.lock_after_pushes)) {
    push_lock_until_ms_ = now + knobs_.lock_ms;
    return false;
  }
  delivery_times_.push_back(now);
  return true;
}

Response SignInService::code_lock(Context& context) {
  Response response = code_errors(423, "-22982", "Too Many Verification Codes",
                                  "Too many verification codes have been tried or sent. Try again later.");
  json body = json::parse(response.body);
  body["securityCode"] = code_flags_json(flags());
  response.body = apple_json(body);
  return finish(context, std::move(response));
}

Response SignInService::options(const Request& request) {
  ++counters_.option_reads;
  Response refusal;
  Context* context = context_of_code_route(request, HeaderSet::phone, refusal);
  if (context == nullptr) return refusal;
  context->options_read = true;
  if (request.headers.value("Accept").find("application/json") != std::string::npos) {
    return finish(*context, json_response(knobs_.auth_get_409 ? 409 : 200,
                                          options_json(account_, flags(), context->key_challenge)));
  }
  Response response;
  response.headers.add("Content-Type", "text/html;charset=UTF-8");
  response.body = boot_page(account_, flags(), context->key_challenge);
  return finish(*context, std::move(response));
}

Response SignInService::push(const Request& request) {
  Response refusal;
  Context* context = context_of_code_route(request, HeaderSet::all, refusal);
  if (context == nullptr) return refusal;
  if (account_.second_factor != SecondFactor::hsa2_device || account_.trusted_devices == 0 ||
      context->stage != Stage::needs_code) {
    return finish(*context, json_response(412, options_json(account_, flags(), context->key_challenge)));
  }
  if (codes_locked() || !count_delivery()) return code_lock(*context);
  ++counters_.pushes;
  context->device_code = draw_code();
  last_pushed_ = context->id;
  const int status = request.method == "GET" ? 200 : 202;
  return finish(*context,
                json_response(knobs_.push_status != 0 ? knobs_.push_status : status, pushed_json(account_, flags())));
}

Response SignInService::verify_device(const Request& request) {
  Response refusal;
  if (knobs_.gone_status != 0) return json_response(knobs_.gone_status, json::object());
  Context* context = context_of_code_route(request, HeaderSet::all, refusal);
  if (context == nullptr) return refusal;
  const auto body = parse_object(request.body);
  const auto code = body ? code_in(*body) : std::nullopt;
  if (!code) return finish(*context, malformed());
  ++counters_.code_attempts;
  if (codes_locked()) return code_lock(*context);
  const bool right =
      context->stage == Stage::needs_code && !context->device_code.empty() && *code == context->device_code;
  return right ? accept(*context, *code) : wrong_code(*context);
}

Response SignInService::send_to_phone(const Request& request) {
  Response refusal;
  Context* context = context_of_code_route(request, HeaderSet::phone, refusal);
  if (context == nullptr) return refusal;
  const auto body = parse_object(request.body);
  constexpr int kNoPhone = -1;
  const int id = body ? phone_in(*body).value_or(kNoPhone) : kNoPhone;
  const std::string mode = body ? text_in(*body, "mode") : std::string{};
  if (id == kNoPhone || (mode != "sms" && mode != "voice")) return finish(*context, malformed());

  json answer = options_json(account_, flags(), context->key_challenge);
  answer["type"] = "verification";
  answer["mode"] = mode;
  const auto phone = std::find_if(account_.phones.begin(), account_.phones.end(),
                                  [id](const TrustedPhone& candidate) { return candidate.id == id; });
  const bool unfit = !is_hsa2(account_) || context->stage != Stage::needs_code || phone == account_.phones.end() ||
                     (knobs_.phone_needs_auth_get && !context->options_read) ||
                     (phone->non_fteu && (*body)["phoneNumber"].value("nonFTEU", json(false)) != json(true));
  if (unfit) return finish(*context, json_response(412, answer));
  if (!knobs_.text_refusal.empty()) {
    const bool never = knobs_.text_refusal == "-28248";
    return finish(*context, code_errors(423, knobs_.text_refusal, "Verification Codes",
                                        never ? "Verification codes can't be sent to this phone number at this time."
                                              : "You can use the last verification code that was sent."));
  }
  if (phone->push_mode == "voice" && mode == "sms") {  // a land line takes calls only
    return finish(*context, code_errors(423, "-28248", "Verification Codes",
                                        "Verification codes can't be sent to this phone number at this time."));
  }
  const auto& sent = context->phone_code;
  if (sent && sent->phone_id == id && sent->mode == mode && now_() - sent->sent_ms < knobs_.text_under_way_ms) {
    return finish(*context, json_response(412, answer));
  }
  if (codes_locked() || !count_delivery()) return code_lock(*context);
  ++(mode == "sms" ? counters_.texts : counters_.calls);
  context->phone_code = PhoneCode{.phone_id = id, .mode = mode, .code = draw_code(), .sent_ms = now_()};
  return finish(*context, json_response(knobs_.text_status != 0 ? knobs_.text_status : 200, answer));
}

Response SignInService::verify_phone(const Request& request) {
  Response refusal;
  if (knobs_.gone_status != 0) return json_response(knobs_.gone_status, json::object());
  Context* context = context_of_code_route(request, HeaderSet::phone, refusal);
  if (context == nullptr) return refusal;
  const auto body = parse_object(request.body);
  const auto code = body ? code_in(*body) : std::nullopt;
  const auto id = body ? phone_in(*body) : std::nullopt;
  if (!code || !id) return finish(*context, malformed());
  ++counters_.code_attempts;
  if (codes_locked()) return code_lock(*context);
  const auto& sent = context->phone_code;
  const bool right = context->stage == Stage::needs_code && sent && sent->phone_id == *id &&
                     sent->mode == text_in(*body, "mode") && sent->code == *code;
  return right ? accept(*context, *code) : wrong_code(*context);
}

Response SignInService::wrong_code(Context& context) {
  ++counters_.wrong_codes;
  if (++wrong_codes_in_row_ >= knobs_.lock_after_wrong_codes) {
    code_lock_until_ms_ = now_() + knobs_.lock_ms;
    wrong_codes_in_row_ = 0;
    return code_lock(context);
  }
  return finish(context, misleading_wrong_code());
}

Response SignInService::accept(Context& context, const std::string& code) {
  if (knobs_.refuse_codes > 0) {
    --knobs_.refuse_codes;
    return wrong_code(context);
  }
  wrong_codes_in_row_ = 0;
  context.device_code.clear();
  context.phone_code.reset();
  context.factor_proved = true;
  const bool repair = knobs_.accept == AcceptForm::precondition_412;
  context.stage = repair ? Stage::needs_repair : Stage::verified;
  if (!repair) tokens_.set_proof(context.sign_in, Proof::second_factor);

  Response response = json_response(200, accepted_json(account_, code));
  switch (knobs_.accept) {
    case AcceptForm::no_content_204:
      response.status = 204;
      response.body.clear();
      break;
    case AcceptForm::ok_200:
      break;
    case AcceptForm::conflict_with_token:
    case AcceptForm::conflict_without_token:
      response.status = 409;
      if (knobs_.edp) response.headers.add("X-Apple-Edp", "true");
      break;
    case AcceptForm::precondition_412:
      response.status = 412;
      break;
  }
  context.attributes = to_base64(random_bytes(random_, 96));
  response.headers.add("X-Apple-OAuth-Grant-Code", "c" + to_hex(random_bytes(random_, 20)));
  response.headers.add("X-Apple-TwoSV-Trust-Eligible", "true");
  response.headers.add("Set-Cookie", idmsa_cookie("crsc", "") + "; Max-Age=0");
  if (knobs_.accept != AcceptForm::conflict_without_token) add_session_token(context, response);
  return finish(context, std::move(response));
}

Response SignInService::verify_key(const Request& request) {
  Response refusal;
  Context* context = context_of_code_route(request, HeaderSet::all, refusal);
  if (context == nullptr) return refusal;
  const auto body = parse_object(request.body);
  if (!body || account_.second_factor != SecondFactor::security_key || context->stage != Stage::needs_code) {
    return finish(*context, malformed());
  }
  // The signature itself stays unchecked: the practice keys exist only by their handles.
  const auto handles = key_handles(account_);
  const bool known = std::find(handles.begin(), handles.end(), text_in(*body, "credentialID")) != handles.end();
  const auto client_data = from_base64(text_in(*body, "clientData"));
  const auto client = client_data ? parse_object(*client_data) : std::nullopt;
  const auto authenticator = from_base64(text_in(*body, "authenticatorData"));
  const auto signature = from_base64(text_in(*body, "signatureData"));
  const bool right = known && client && text_in(*client, "challenge") == context->key_challenge &&
                     text_in(*client, "origin") == "https://apple.com" && authenticator &&
                     authenticator->size() >= 37 && authenticator->starts_with(sha256("apple.com")) && signature &&
                     !signature->empty() && text_in(*body, "challenge") == context->key_challenge &&
                     text_in(*body, "rpId") == "apple.com";
  if (!right) return finish(*context, code_errors(400, "-20210", "Security Key", "This security key is not known."));
  ++counters_.keys;
  return accept(*context, "");
}

Response SignInService::trust(const Request& request) {
  if (account_.second_factor == SecondFactor::legacy_2sa) return json_response(404, json::object());
  Response refusal;
  Context* context = context_of_code_route(request, HeaderSet::all, refusal);
  if (context == nullptr) return refusal;
  if (context->stage != Stage::verified && context->stage != Stage::trusted) {
    return finish(*context, json_response(412, options_json(account_, flags(), context->key_challenge)));
  }
  ++counters_.trusts;
  context->stage = Stage::trusted;
  tokens_.set_proof(context->sign_in, Proof::trusted);
  Response response;
  response.status = 204;
  response.headers.add("Content-Type", "text/html;charset=UTF-8");
  response.headers.add("X-Apple-TwoSV-Trust-Token", tokens_.issue_trust_token());
  response.headers.add("X-Apple-OAuth-Grant-Code", "c" + to_hex(random_bytes(random_, 20)));
  response.headers.add(
      "Set-Cookie", idmsa_cookie("DES" + to_hex(random_bytes(random_, 16)), to_base64url(random_bytes(random_, 48))) +
                        "; Max-Age=7776000");
  add_session_token(*context, response);
  return finish(*context, std::move(response));
}

}  // namespace emulator::icloud
