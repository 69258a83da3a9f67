#pragma once
// Lenient reading of JSON answers. Includes the full JSON header, so only *_decode.cpp and *_encode.cpp include this.
// Servers give numbers as text, booleans as 0/1, leave members out or null: a reader asks for what it needs and gets
// absence.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "i2i/util/result.hpp"

namespace i2i::util {

using Json = nlohmann::json;

/// bad_answer where the text is not JSON; what names the answer for the message.
Result<Json> parse_json(std::string_view text, std::string_view what);
/// Text of a value for writing: compact, bad UTF-8 replaced, never throws.
std::string dump_json(const Json& value);

/// A member, or a null value that lives for ever.
const Json& member(const Json& object, std::string_view name);
/// Text as it is; numbers as their decimal text; else nullopt.
std::optional<std::string> as_text(const Json& value);
std::string text_or(const Json& object, std::string_view name, std::string fallback = {});
/// Integers, floats with an integer value, decimal text, booleans.
std::optional<std::int64_t> as_integer(const Json& value);
std::optional<double> as_number(const Json& value);
/// Booleans; numbers (not 0); "true", "1".
bool is_true(const Json& value);

}  // namespace i2i::util
