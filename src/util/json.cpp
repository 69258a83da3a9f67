#include "i2i/util/json.hpp"

#include <fmt/core.h>

#include <charconv>
#include <cmath>

#include "i2i/util/text.hpp"

namespace i2i::util {
namespace {

template <class Number>
std::optional<Number> whole_text(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> integer_of(double number) {
  // 2^63 is exact as a double, the largest integer below it is not.
  constexpr double kLimit = 9223372036854775808.0;
  const bool fits = number >= -kLimit && number < kLimit;
  if (!fits || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

Json parse_or_discard(std::string_view text) { return Json::parse(text.begin(), text.end(), nullptr, false); }

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view what) {
  Json value = parse_or_discard(text);
  // The library refuses a whole document for one bad byte in one name.
  if (value.is_discarded() && !is_valid_utf8(text)) value = parse_or_discard(replace_bad_utf8(text));
  if (value.is_discarded()) {
    return fail(ErrorCode::bad_answer, fmt::format("{} is not JSON ({} bytes)", what, text.size()));
  }
  return value;
}

std::string dump_json(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string quote_json(std::string_view text) {
  return Json(std::string(text)).dump(-1, ' ', true, Json::error_handler_t::replace);
}

const Json& member(const Json& object, std::string_view name) {
  static const Json absent;
  if (!object.is_object()) return absent;
  const auto found = object.find(name);
  return found == object.end() ? absent : *found;
}

std::optional<std::string> as_text(const Json& value) {
  if (const auto* text = value.get_ptr<const std::string*>()) return *text;
  if (value.is_number()) return value.dump();
  return std::nullopt;
}

std::string text_or(const Json& object, std::string_view name, std::string fallback) {
  auto text = as_text(member(object, name));
  return text ? *std::move(text) : std::move(fallback);
}

std::optional<std::int64_t> as_integer(const Json& value) {
  if (const auto* flag = value.get_ptr<const bool*>()) return *flag ? 1 : 0;
  if (const auto* text = value.get_ptr<const std::string*>()) {
    return whole_text<std::int64_t>(std::string(trim(*text)));
  }
  if (const auto* number = value.get_ptr<const std::uint64_t*>()) {
    if (*number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(*number);
  }
  if (const auto* number = value.get_ptr<const std::int64_t*>()) return *number;
  if (const auto* number = value.get_ptr<const double*>()) return integer_of(*number);
  return std::nullopt;
}

std::optional<double> as_number(const Json& value) {
  std::optional<double> number;
  if (const auto* text = value.get_ptr<const std::string*>()) number = whole_text<double>(std::string(trim(*text)));
  if (value.is_number()) number = value.get<double>();
  if (number && !std::isfinite(*number)) return std::nullopt;
  return number;
}

bool is_true(const Json& value) {
  if (const auto* flag = value.get_ptr<const bool*>()) return *flag;
  if (value.is_number()) return value.get<double>() != 0;
  if (const auto* text = value.get_ptr<const std::string*>()) return *text == "1" || ascii_lower(*text) == "true";
  return false;
}

}  // namespace i2i::util
