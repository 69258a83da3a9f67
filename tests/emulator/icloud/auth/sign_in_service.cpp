#include "emulator/icloud/auth/sign_in_service.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "emulator/icloud/auth/bytes.hpp"

namespace emulator::icloud {
namespace {

constexpr std::string_view kPrefix = "/appleauth/auth";

SrpVerifier make_verifier(Account& account, std::mt19937_64& random) {
  if (account.salt.empty()) account.salt = random_bytes(random, 16);
  return {account.lower_name(), account.password, account.salt, account.iteration, account.srp};
}

Response bare(int status) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/html;charset=UTF-8");
  return response;
}

}  // namespace

SignInService::SignInService(Account account, AuthHosts hosts, TokenDesk& tokens, Now now, std::uint64_t seed)
    : account_(std::move(account)), hosts_(std::move(hosts)), tokens_(tokens), now_(std::move(now)), random_(seed) {
  verifier_.emplace(make_verifier(account_, random_));
  set_knobs({});
}

Response SignInService::handle(const Request& request) {
  const std::lock_guard lock(mutex_);
  std::string path = request.path;
  if (!path.starts_with(kPrefix)) {
    ++counters_.unknown_paths;
    return bare(404);
  }
  path.erase(0, kPrefix.size());
  while (path.ends_with('/')) path.pop_back();
  Response response = route(request, path);
  response.headers.set("Server", "Apple");
  response.headers.set("Cache-Control", "no-cache, no-store");
  response.headers.set("Pragma", "no-cache");
  response.headers.set("X-Apple-I-Request-ID", random_uuid(random_));
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload");
  return response;
}

Response SignInService::route(const Request& request, const std::string& path) {
  using Method = Response (SignInService::*)(const Request&);
  static const std::map<std::pair<std::string_view, std::string_view>, Method> kRoutes = {
      {{"", "GET"}, &SignInService::options},
      {{"/authorize/signin", "GET"}, &SignInService::authorize},
      {{"/federate", "POST"}, &SignInService::federate},
      {{"/signin/init", "POST"}, &SignInService::init},
      {{"/signin/complete", "POST"}, &SignInService::complete},
      {{"/repair/complete", "POST"}, &SignInService::repair_complete},
      {{"/verify/trusteddevice/securitycode", "PUT"}, &SignInService::push},
      {{"/verify/trusteddevice/securitycode", "POST"}, &SignInService::verify_device},
      {{"/verify/trusteddevice", "GET"}, &SignInService::push},
      {{"/verify/phone", "PUT"}, &SignInService::send_to_phone},
      {{"/verify/phone/securitycode", "POST"}, &SignInService::verify_phone},
      {{"/verify/security/key", "POST"}, &SignInService::verify_key},
      {{"/2sv/trust", "GET"}, &SignInService::trust},
  };
  if (path == "/signin") {  // the plain-password endpoint of old (§0.3)
    ++counters_.raw_sign_ins;
    return html_503();
  }
  if (const auto found = kRoutes.find({path, request.method}); found != kRoutes.end()) {
    return (this->*(found->second))(request);
  }
  for (const auto& [key, method] : kRoutes) {
    if (key.first == path) return bare(405);
  }
  ++counters_.unknown_paths;
  return bare(404);
}

SignInService::Context& SignInService::new_context() {
  const std::string id = to_base64url(random_bytes(random_, 60));
  Context& context = contexts_[id];
  context.id = id;
  context.sign_in = random_uuid(random_);
  context.attributes = to_base64(random_bytes(random_, 96));
  return context;
}

std::string SignInService::idmsa_cookie(const std::string& name, const std::string& value) const {
  return name + "=" + value + "; Domain=" + hosts_.idmsa_cookie_domain + "; Path=/; Secure; HttpOnly";
}

Response SignInService::finish(Context& context, Response response) {
  const auto issue = [&] {
    context.scnts.push_back(to_base64url(random_bytes(random_, 180)));
    response.headers.add("scnt", context.scnts.back());
  };
  if (knobs_.scnt_rotation == ScntRotation::never && !context.scnts.empty()) {
    response.headers.add("scnt", context.scnts.back());
  } else {
    if (knobs_.scnt_rotation == ScntRotation::two_headers) issue();
    issue();
  }
  response.headers.add("X-Apple-ID-Session-Id", context.id);
  response.headers.add("X-Apple-Auth-Attributes", context.attributes);
  response.headers.add("Set-Cookie", idmsa_cookie("dslang", "US-EN"));
  response.headers.add("Set-Cookie", idmsa_cookie("site", account_.country));
  response.headers.add("Set-Cookie", "aasp=" + context.id + "; Path=/; Secure; HttpOnly");
  return response;
}

void SignInService::add_session_token(Context& context, Response& response) {
  response.headers.add("X-Apple-Session-Token", tokens_.issue_session_token(context.sign_in));
  response.headers.add("X-Apple-ID-Account-Country", account_.country);
}

void SignInService::challenge_for_work(Context& context, Response& response) {
  if (knobs_.hashcash_bits <= 0) return;
  context.challenge = to_hex(random_bytes(random_, 16));
  response.headers.add("X-Apple-HC-Bits", std::to_string(knobs_.hashcash_bits));
  response.headers.add("X-Apple-HC-Challenge", context.challenge);
}

std::string SignInService::device_code() {
  const std::lock_guard lock(mutex_);
  // Several sign-ins may wait at once; the devices show the code asked for last.
  std::string code;
  for (const auto& [id, context] : contexts_) {
    if (!context.device_code.empty() && (code.empty() || id == last_pushed_)) code = context.device_code;
  }
  return code;
}

std::string SignInService::phone_code(int phone_id) {
  const std::lock_guard lock(mutex_);
  std::string code;
  std::int64_t sent_ms = -1;
  for (const auto& [id, context] : contexts_) {
    const auto& sent = context.phone_code;
    if (sent && sent->phone_id == phone_id && sent->sent_ms > sent_ms) {
      code = sent->code;
      sent_ms = sent->sent_ms;
    }
  }
  return code;
}

std::string SignInService::newest_code() {
  const std::lock_guard lock(mutex_);
  const bool good = std::any_of(contexts_.begin(), contexts_.end(), [this](const auto& item) {
    const Context& context = item.second;
    return context.device_code == last_drawn_ || (context.phone_code && context.phone_code->code == last_drawn_);
  });
  return good ? last_drawn_ : std::string{};
}

void SignInService::force_next_code(std::string code) {
  const std::lock_guard lock(mutex_);
  forced_codes_.push_back(std::move(code));
}

void SignInService::force_next_secret(std::string secret) {
  const std::lock_guard lock(mutex_);
  forced_secret_ = std::move(secret);
}

void SignInService::unlock_codes() {
  const std::lock_guard lock(mutex_);
  code_lock_until_ms_ = 0;
  push_lock_until_ms_ = 0;
  wrong_codes_in_row_ = 0;
  delivery_times_.clear();
}

SignInCounters SignInService::counters() {
  const std::lock_guard lock(mutex_);
  return counters_;
}

SignInKnobs SignInService::knobs() {
  const std::lock_guard lock(mutex_);
  return knobs_;
}

void SignInService::set_knobs(const SignInKnobs& knobs) {
  const std::lock_guard lock(mutex_);
  knobs_ = knobs;
  tokens_.set_lives(knobs.session_token_life_ms, knobs.trust_token_life_ms);
}

void SignInService::set_account(const Account& account) {
  const std::lock_guard lock(mutex_);
  const bool same_secret = account.password == account_.password && account.lower_name() == account_.lower_name() &&
                           account.iteration == account_.iteration && account.srp == account_.srp &&
                           (account.salt.empty() || account.salt == account_.salt);
  const std::string salt = account_.salt;
  account_ = account;
  if (same_secret) {
    account_.salt = salt;
  } else {
    verifier_.emplace(make_verifier(account_, random_));
  }
}

}  // namespace emulator::icloud
