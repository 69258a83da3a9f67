#include "app/sign_in/holds_decode.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "i2i/util/file.hpp"
#include "i2i/util/json.hpp"
#include "i2i/util/log.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::Json;

constexpr int kSchema = 1;
constexpr std::array<std::pair<ErrorCode, const char*>, 7> kCodes{{
    {ErrorCode::wrong_credentials, "wrong_credentials"},
    {ErrorCode::account_action, "account_action"},
    {ErrorCode::throttled, "throttled"},
    {ErrorCode::sign_in_needed, "sign_in_needed"},
    {ErrorCode::auth_expired, "auth_expired"},
    {ErrorCode::wrong_code, "wrong_code"},
    {ErrorCode::timed_out_waiting, "timed_out_waiting"},
}};

std::string name_of(ErrorCode code) {
  for (const auto& [known, name] : kCodes) {
    if (known == code) return name;
  }
  return "sign_in_needed";
}

ErrorCode code_of(const std::string& text) {
  for (const auto& [known, name] : kCodes) {
    if (text == name) return known;
  }
  return ErrorCode::sign_in_needed;  // of a newer version: a person is asked for
}

Json json_of(const std::optional<Hold>& hold) {
  if (!hold) return {};
  return {{"reason", name_of(hold->code)}, {"message", hold->message}, {"remedy", hold->remedy},
          {"since", hold->since},          {"until", hold->until},     {"failures", hold->failures}};
}

std::optional<Hold> hold_of(const Json& json) {
  const auto until = util::as_integer(util::member(json, "until"));
  if (!until) return std::nullopt;
  return Hold{code_of(util::text_or(json, "reason")),
              util::text_or(json, "message"),
              util::text_or(json, "remedy"),
              util::as_integer(util::member(json, "since")).value_or(0),
              *until,
              static_cast<int>(util::as_integer(util::member(json, "failures")).value_or(1))};
}

}  // namespace

std::string encode_holds(const Holds& holds) {
  Json json;
  json["schema"] = kSchema;
  json["session"] = json_of(holds.session);
  json["password"] = json_of(holds.password);
  json["data"] = json_of(holds.data);
  return util::dump_json(json) + "\n";
}

std::optional<Holds> decode_holds(const std::string& text) {
  const auto json = util::parse_json(text, "the note on refused sign-ins");
  if (!json || !json->is_object()) return std::nullopt;
  return Holds{hold_of(util::member(*json, "session")), hold_of(util::member(*json, "password")),
               hold_of(util::member(*json, "data"))};
}

Holds load_holds(const AccountPaths& paths) {
  const auto text = util::read_small_file(paths.holds());
  if (!text && text.error().code == ErrorCode::not_found) return {};
  auto holds = text ? decode_holds(*text) : std::nullopt;
  if (!holds) {
    util::log_warn("The note on refused sign-ins cannot be read and is left out of account: {}", paths.holds());
    return {};
  }
  return *std::move(holds);
}

util::Result<void> store_holds(const AccountPaths& paths, const Holds& holds) {
  if (holds != Holds{}) return util::write_file_atomic(paths.holds(), encode_holds(holds), 0600);
  if (::unlink(paths.holds().c_str()) != 0 && errno != ENOENT) {
    return util::fail(util::file_error(errno, "remove the note on refused sign-ins", paths.holds()));
  }
  return {};
}

}  // namespace i2i::app
