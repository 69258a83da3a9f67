// How a call travels: headers, retries, and what a status means (docs/protocol/immich.md §3.1, §4).
#include <fmt/core.h>

#include <random>

#include "i2i/immich/client.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"
#include "immich/client_decode.hpp"

namespace i2i::immich {
namespace {

using util::Error;
using util::ErrorCode;
using util::Result;

constexpr const char* kWhereKeysAre = "Immich's Account Settings > API Keys";

double jitter() {
  static thread_local std::mt19937 generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.0, 1.0)(generator);
}

bool is_json(const net::Response& response) {
  return util::ascii_lower(response.headers.get("content-type").value_or("")).find("json") != std::string::npos;
}

/// What the server says, for a person; "" where it says nothing readable.
std::string words_of(const net::Response& response) {
  const std::string text = decode_error_text(response.body);
  return text.empty() ? "" : ": " + util::escape_for_terminal(text.substr(0, 500));
}

/// From 3.0 on PUT of one object is deprecated and has a PATCH twin; that of members is not (§4.2).
bool has_patch_twin(net::Method method, const std::string& path) {
  if (method != net::Method::put) return false;
  for (const char* const kind : {"/assets/", "/libraries/", "/stacks/"}) {
    if (path.starts_with(kind)) return path.find('/', std::string_view(kind).size()) == std::string::npos;
  }
  return false;
}

}  // namespace

Result<net::Response> Client::attempt(const Call& call) {
  net::Request request;
  request.method = call.method;
  request.url = base_ + call.path;
  request.headers = {{"x-api-key", parts_.key.reveal()}, {"Accept", "application/json"}};
  if (!call.body.empty()) {
    request.headers.add("Content-Type", "application/json");
    request.body = call.body;
  } else if (call.method == net::Method::post) {
    request.body = "";
  }
  request.cookies = net::CookieUse::none;
  request.kind = net::RequestKind::immich;
  auto response = parts_.http.perform(std::move(request));
  if (const auto date = response ? response->headers.get("date") : std::nullopt) {
    const auto seconds = net::parse_retry_after(*date, 0);  // from 1970 on
    if (seconds && seconds->count() > 0) server_time_ = seconds->count() * 1000;
  }
  return response;
}

Result<net::Response> Client::exchange(const Call& call) {
  if (call.effect != Effect::read) ++write_calls_;
  const auto worth_another = [&](const Result<net::Response>& result) {
    if (call.effect == Effect::once) return false;
    if (!result) return result.error().code == ErrorCode::unreachable;
    const int status = result->status;
    return status == 429 || status == 502 || status == 503 || status == 504 ||
           (status == 500 && call.effect == Effect::read);
  };
  for (int tries = 1;; ++tries) {
    if (parts_.stop.stop_requested()) return util::fail(ErrorCode::cancelled, "stopped while talking to Immich");
    Result<net::Response> result = attempt(call);
    if (tries >= parts_.backoff.attempts || !worth_another(result)) {
      if (!result && result.error().code == ErrorCode::unreachable) {
        Error error = result.error().in("Immich at " + util::without_query(base_) + " cannot be reached");
        if (error.remedy.empty()) error.remedy = "Check --immich-url and that the Immich server runs.";
        return util::fail(std::move(error));
      }
      return result;
    }
    const auto floor = result ? result->retry_after.value_or(std::chrono::seconds(0)) : std::chrono::seconds(0);
    const auto delay = net::backoff_delay(parts_.backoff, tries, floor, jitter());
    util::log_debug("Immich {}: {}; again in {} ms", call.path,
                    result ? fmt::format("status {}", result->status) : result.error().message, delay.count());
    if (!parts_.clock.sleep(delay, parts_.stop)) {
      return util::fail(ErrorCode::cancelled, "stopped while waiting for Immich");
    }
  }
}

Result<std::string> Client::call(const Call& call) {
  I2I_ASSIGN(net::Response response, exchange(call));
  // Unknown ids are answered with 400: this is a route that is gone.
  if ((response.status == 404 || response.status == 405) && has_patch_twin(call.method, call.path)) {
    Call twin = call;
    twin.method = net::Method::patch;
    I2I_ASSIGN(response, exchange(twin));
  }
  if (response.status < 200 || response.status > 299) return util::fail(error_of(call, response));
  // Outside its API Immich answers anything with the web page (§2).
  if (!response.body.empty() && !is_json(response)) {
    return util::fail(ErrorCode::bad_answer,
                      fmt::format("{} answers with a page instead of data", util::without_query(base_ + call.path)),
                      "Check that --immich-url names the Immich server itself, with or without /api.");
  }
  return std::move(response.body);
}

Error Client::error_of(const Call& call, const net::Response& response) const {
  const std::string where = util::without_query(call.path);
  const std::string words = words_of(response);
  const int status = response.status;
  const auto make = [&](ErrorCode code, std::string message, std::string remedy = {}) {
    return Error{code, std::move(message), std::move(remedy), response.retry_after};
  };
  if (status == 401) {
    return make(ErrorCode::refused, "Immich does not accept the API key" + words,
                fmt::format("Make a key in {} and give it with --immich-api-key-file.", kWhereKeysAre));
  }
  if (status == 403) {
    const std::string needed = call.needs.empty() ? "" : fmt::format(" (permission {})", call.needs);
    return make(ErrorCode::refused, fmt::format("the API key may not do this in Immich: {}{}{}", where, needed, words),
                fmt::format("Add the permission to the key in {}; libraries and queues also need an admin's key "
                            "(--immich-admin-key-file).",
                            kWhereKeysAre));
  }
  if (status == 429) return make(ErrorCode::throttled, fmt::format("Immich asks to slow down at {}{}", where, words));
  if (status >= 300 && status < 400) {
    return make(
        ErrorCode::refused,
        fmt::format("Immich at {} sends us on to {}", util::without_query(base_),
                    util::escape_for_terminal(util::without_query(response.headers.get("location").value_or("?")))),
        "Give the final address with --immich-url.");
  }
  if (status == 404 || (status == 400 && call.bad_request == BadRequest::not_found)) {
    return make(ErrorCode::not_found, fmt::format("Immich does not know {}{}", where, words));
  }
  if (status >= 500) {
    return make(ErrorCode::unreachable, fmt::format("Immich fails at {} with status {}{}", where, status, words),
                "Look at the Immich server's log; run again later.");
  }
  if (status >= 400)
    return make(ErrorCode::refused, fmt::format("Immich refuses {} with status {}{}", where, status, words));
  return make(ErrorCode::bad_answer, fmt::format("Immich answers {} with status {}{}", where, status, words));
}

}  // namespace i2i::immich
