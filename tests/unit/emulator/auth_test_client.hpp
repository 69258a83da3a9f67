#pragma once
// A small client for the tests of the sign-in services: its SRP is written apart from the service's, number by number.

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "emulator/icloud/auth/auth_parts.hpp"
#include "emulator/icloud/auth/bytes.hpp"

namespace auth_test {

using emulator::Request;
using emulator::Response;
using nlohmann::json;
namespace ic = emulator::icloud;

struct SrpClient {
  using Bn = std::unique_ptr<BIGNUM, void (*)(BIGNUM*)>;
  static Bn bn(const std::string& bytes) {
    const std::vector<unsigned char> in(bytes.begin(), bytes.end());
    return {BN_bin2bn(in.data(), static_cast<int>(in.size()), nullptr), BN_free};
  }
  static std::string bytes(const BIGNUM* number) {
    std::vector<unsigned char> out(256);
    BN_bn2binpad(number, out.data(), 256);
    return {out.begin(), out.end()};
  }
  static std::string hash(const std::string& text) {
    const std::vector<unsigned char> in(text.begin(), text.end());
    std::vector<unsigned char> out(32);
    SHA256(in.data(), in.size(), out.data());
    return {out.begin(), out.end()};
  }

  std::string a = std::string(32, '\x11');
  std::string n = ic::srp_modulus();
  std::unique_ptr<BN_CTX, void (*)(BN_CTX*)> ctx{BN_CTX_new(), BN_CTX_free};

  [[nodiscard]] std::string public_key() const {
    const Bn result = bn("");
    BN_mod_exp(result.get(), bn("\x02").get(), bn(a).get(), bn(n).get(), ctx.get());
    return bytes(result.get());
  }
  struct Result {
    std::string p, x, u, key, m1, m2;
  };
  /// The formulas of docs/protocol/icloud.md §2.4 from the client's side.
  [[nodiscard]] Result prove(const std::string& name, const std::string& password, const std::string& salt,
                             int iteration, const std::string& protocol, const std::string& b) const {
    std::string hashed = hash(password);
    if (protocol == "s2k_fo") hashed = ic::to_hex(hashed);
    const std::vector<unsigned char> raw_salt(salt.begin(), salt.end());
    std::vector<unsigned char> p(32);
    PKCS5_PBKDF2_HMAC(hashed.data(), static_cast<int>(hashed.size()), raw_salt.data(), static_cast<int>(salt.size()),
                      iteration, EVP_sha256(), 32, p.data());
    Result result;
    result.p.assign(p.begin(), p.end());
    result.x = hash(salt + hash(":" + result.p));
    std::string g(256, '\0');
    g.back() = '\x02';
    const std::string big_a = public_key();
    result.u = hash(big_a + b);
    const Bn power = bn("");
    BN_mod_exp(power.get(), bn("\x02").get(), bn(result.x).get(), bn(n).get(), ctx.get());
    BN_mod_mul(power.get(), power.get(), bn(hash(n + g)).get(), bn(n).get(), ctx.get());
    BN_mod_sub(power.get(), bn(b).get(), power.get(), bn(n).get(), ctx.get());
    const Bn exponent = bn("");
    BN_mul(exponent.get(), bn(result.u).get(), bn(result.x).get(), ctx.get());
    BN_add(exponent.get(), exponent.get(), bn(a).get());
    BN_mod_exp(power.get(), power.get(), exponent.get(), bn(n).get(), ctx.get());
    result.key = hash(bytes(power.get()));
    std::string mixed = hash(n);
    const std::string hashed_g = hash(g);
    for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] = static_cast<char>(mixed[i] ^ hashed_g[i]);
    result.m1 = hash(mixed + hash(name) + salt + big_a + b + result.key);
    result.m2 = hash(big_a + result.m1 + result.key);
    return result;
  }
};

/// Sends what §1.3 asks for, keeps what §1.4 asks to keep, and holds a cookie jar that trusts everybody.
class Client {
 public:
  explicit Client(ic::AuthParts& parts) : parts_(parts) {}

  std::string name = "user@example.com";
  std::string password = "correct horse";
  std::map<std::string, std::string> kept;  // scnt, session ids and tokens, by header name
  std::map<std::string, std::string> jar;
  std::map<std::string, std::string> extra;  // headers to add or replace
  json trust_tokens = json::array();
  std::string setup_host = "setup.icloud.com";

  Response idmsa(const std::string& method, const std::string& path, const std::string& body = "",
                 const std::string& accept = "application/json") {
    Request request = bare(method, "/appleauth/auth" + path, body);
    std::map<std::string, std::string> headers = {{"Accept", accept},
                                                  {"Content-Type", "application/json"},
                                                  {"X-Apple-Widget-Key", std::string(ic::kWidgetKey)},
                                                  {"X-Apple-OAuth-Client-Id", std::string(ic::kWidgetKey)},
                                                  {"X-Apple-OAuth-Client-Type", "firstPartyAuth"},
                                                  {"X-Apple-OAuth-Redirect-URI", "https://www.icloud.com"},
                                                  {"X-Apple-OAuth-Require-Grant-Code", "true"},
                                                  {"X-Apple-OAuth-Response-Mode", "web_message"},
                                                  {"X-Apple-OAuth-Response-Type", "code"},
                                                  {"X-Apple-OAuth-State", "auth-0c1d2e3f-0000-4000-8000-000000000001"}};
    for (const auto* header : {"scnt", "X-Apple-ID-Session-Id", "X-Apple-Auth-Attributes"}) {
      if (kept.contains(header)) headers[header] = kept[header];
    }
    for (const auto& [header, value] : extra) headers[header] = value;
    for (const auto& [header, value] : headers) request.headers.set(header, value);
    Response response = parts_.sign_in.handle(request);
    for (const auto* header : {"scnt", "X-Apple-ID-Session-Id", "X-Apple-Auth-Attributes", "X-Apple-Session-Token",
                               "X-Apple-TwoSV-Trust-Token"}) {
      const auto values = response.headers.all(header);
      if (!values.empty()) kept[header] = values.back();
    }
    keep_cookies(response);
    return response;
  }

  Response setup(const std::string& method, const std::string& path, const std::string& body = "", bool params = true) {
    Request request = bare(method, "/setup/ws/1" + path, body);
    request.host = setup_host;
    if (params) request.query = client_params();
    Response response = parts_.setup.handle(request);
    keep_cookies(response);
    return response;
  }

  [[nodiscard]] Request catalogue_request() {
    Request request = bare("POST", "/database/1/com.apple.photos.cloud/production/private/zones/list", "{}");
    request.query = client_params();
    request.query["dsid"] = "12345678901";
    return request;
  }

  json init_answer;
  Response init() {
    SrpClient srp;
    srp.a = secret;
    const Response response = idmsa(
        "POST", "/signin/init",
        json{{"a", ic::to_base64(srp.public_key())}, {"accountName", name}, {"protocols", {"s2k", "s2k_fo"}}}.dump());
    if (response.status == 200) init_answer = json::parse(response.body);
    return response;
  }
  Response complete() {
    SrpClient srp;
    srp.a = secret;
    const auto proof = srp.prove(name, password, *ic::from_base64(init_answer["salt"].get<std::string>()),
                                 init_answer["iteration"].get<int>(), init_answer["protocol"].get<std::string>(),
                                 *ic::from_base64(init_answer["b"].get<std::string>()));
    const json body = {{"accountName", name},
                       {"c", init_answer["c"]},
                       {"m1", ic::to_base64(proof.m1)},
                       {"m2", ic::to_base64(spoil_m2 ? proof.m1 : proof.m2)},
                       {"rememberMe", true},
                       {"trustTokens", trust_tokens}};
    return idmsa("POST", "/signin/complete", body.dump());
  }
  Response sign_in() {
    const Response first = init();
    return first.status == 200 ? complete() : first;
  }
  Response verify(const std::string& code) {
    return idmsa("POST", "/verify/trusteddevice/securitycode", json{{"securityCode", {{"code", code}}}}.dump());
  }
  Response push() { return idmsa("PUT", "/verify/trusteddevice/securitycode"); }
  Response trust() { return idmsa("GET", "/2sv/trust"); }
  Response text(int id, const std::string& mode = "sms") {
    return idmsa("PUT", "/verify/phone", json{{"phoneNumber", {{"id", id}}}, {"mode", mode}}.dump());
  }
  Response verify_text(int id, const std::string& code, const std::string& mode = "sms") {
    return idmsa("POST", "/verify/phone/securitycode",
                 json{{"phoneNumber", {{"id", id}}}, {"securityCode", {{"code", code}}}, {"mode", mode}}.dump());
  }
  Response account_login() {
    return setup("POST", "/accountLogin",
                 json{{"accountCountryCode", "USA"},
                      {"dsWebAuthToken", kept["X-Apple-Session-Token"]},
                      {"extended_login", true},
                      {"trustToken", kept["X-Apple-TwoSV-Trust-Token"]}}
                     .dump());
  }
  /// The whole way in with a device code.
  Response enter() {
    sign_in();
    push();
    verify(parts_.sign_in.device_code());
    trust();
    return account_login();
  }

  std::string secret = std::string(32, '\x11');
  bool spoil_m2 = false;

 private:
  static std::map<std::string, std::string> client_params() {
    return {{"clientBuildNumber", "2534Project66"},
            {"clientMasteringNumber", "2534B22"},
            {"clientId", "auth-0c1d2e3f-0000-4000-8000-000000000001"}};
  }
  Request bare(const std::string& method, const std::string& path, const std::string& body) {
    Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.headers.add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36");
    request.headers.add("Origin", "https://www.icloud.com");
    request.headers.add("Referer", "https://www.icloud.com/");
    std::string cookies;
    for (const auto& [cookie, value] : jar) cookies += (cookies.empty() ? "" : "; ") + cookie + "=" + value;
    if (!cookies.empty()) request.headers.add("Cookie", cookies);
    return request;
  }
  void keep_cookies(const Response& response) {
    for (const auto& line : response.headers.all("Set-Cookie")) {
      const auto pair = line.substr(0, line.find(';'));
      const auto equals = pair.find('=');
      const bool gone = equals + 1 == pair.size() || line.find("01-Jan-1970") != std::string::npos;
      if (gone) {
        jar.erase(pair.substr(0, equals));
      } else {
        jar[pair.substr(0, equals)] = pair.substr(equals + 1);
      }
    }
  }

  ic::AuthParts& parts_;
};

/// The services with a clock that tests move.
struct Scene {
  explicit Scene(ic::AuthConfig config = {})
      : parts(
            quick(std::move(config)), [this] { return now_ms; }, 7) {}
  /// Few iterations: the arithmetic is proved by the vectors.
  static ic::AuthConfig quick(ic::AuthConfig config) {
    if (config.account.iteration == 20064) config.account.iteration = 50;
    return config;
  }
  std::int64_t now_ms = 1'790'000'000'000;
  ic::AuthParts parts;
  Client client{parts};
};

inline std::string error_code(const Response& response) {
  const json body = json::parse(response.body, nullptr, false);
  for (const auto* list : {"serviceErrors", "service_errors"}) {
    if (body.is_object() && body.contains(list)) return body[list][0]["code"].get<std::string>();
  }
  return {};
}

}  // namespace auth_test
