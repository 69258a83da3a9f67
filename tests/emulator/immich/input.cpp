#include "emulator/immich/input.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <set>

#include "emulator/immich/codec.hpp"

namespace emulator::immich {
namespace {

using Json = nlohmann::json;

std::string kind_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_array()) return "array";
  if (value.is_object()) return "object";
  if (value.is_boolean()) return "boolean";
  return value.is_number() ? "number" : "string";
}

std::string expected(const std::string& type, const Json* value) {
  return "Invalid input: expected " + type + ", received " + (value == nullptr ? "undefined" : kind_of(*value));
}

}  // namespace

Fields::Fields(const Json& body, const Version& version) : body_(body), strict_(version.at_least(3)) {}

bool Fields::has(const std::string& name) const { return raw(name) != nullptr && !raw(name)->is_null(); }
bool Fields::is_null(const std::string& name) const { return raw(name) != nullptr && raw(name)->is_null(); }

const Json* Fields::raw(const std::string& name) const {
  if (!body_.is_object()) return nullptr;
  const auto it = body_.find(name);
  return it == body_.end() ? nullptr : &*it;
}

const Json* Fields::find(const std::string& name, Need need) {
  const Json* value = raw(name);
  if (value != nullptr && value->is_null()) value = nullptr;
  if (value == nullptr && need == Need::required)
    violate(name, name + " should not be empty", "invalid_type", expected("value", nullptr));
  return value;
}

void Fields::violate(const std::string& name, const std::string& legacy, const std::string& code,
                     const std::string& text, const std::string& format) {
  violations_.push_back({legacy, {name}, code, text, format});
}

void Fields::done() const {
  if (!violations_.empty()) throw ApiError{400, "", violations_};
}

std::optional<std::string> Fields::text(const std::string& name, Need need) {
  const Json* const value = find(name, need);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    violate(name, name + " must be a string", "invalid_type", expected("string", value));
    return std::nullopt;
  }
  return value->get<std::string>();
}

std::optional<std::string> Fields::non_empty_text(const std::string& name) {
  auto value = text(name);
  if (value && value->empty()) {
    violate(name, name + " should not be empty", "too_small", "Too small: expected string to have >=1 characters");
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> Fields::choice(const std::string& name, const std::vector<std::string>& values, Need need) {
  const Json* const value = find(name, need);
  if (value == nullptr) return std::nullopt;
  std::string list, options;
  for (const std::string& entry : values) {
    if (value->is_string() && value->get<std::string>() == entry) return entry;
    list += (list.empty() ? "" : ", ") + entry;
    options += (options.empty() ? "\"" : "|\"") + entry + "\"";
  }
  violate(name, name + " must be one of the following values: " + list, "invalid_value",
          "Invalid option: expected one of " + options);
  return std::nullopt;
}

std::optional<std::string> Fields::uuid(const std::string& name, Need need) {
  const Json* const value = find(name, need);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string() || !is_uuid_v4(value->get<std::string>())) {
    violate(name, name + " must be a UUID", "invalid_format", "Invalid UUID", "uuid");
    return std::nullopt;
  }
  return value->get<std::string>();
}

std::optional<bool> Fields::boolean(const std::string& name) {
  const Json* const value = find(name, Need::optional);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  if (!strict_ && value->is_string() && (*value == "true" || *value == "false")) return *value == "true";
  violate(name, name + " must be a boolean value", "invalid_type", expected("boolean", value));
  return std::nullopt;
}

std::optional<double> Fields::number(const std::string& name, double lowest, double highest) {
  const Json* const value = find(name, Need::optional);
  if (value == nullptr) return std::nullopt;
  double number = NAN;
  if (value->is_number()) number = value->get<double>();
  if (!strict_ && value->is_string()) {
    const std::string text = value->get<std::string>();
    char* end = nullptr;
    number = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0') number = NAN;
  }
  if (std::isnan(number)) {
    violate(name, name + " must be a number conforming to the specified constraints", "invalid_type",
            expected("number", value));
  } else if (number < lowest) {
    violate(name, fmt::format("{} must not be less than {:g}", name, lowest), "too_small",
            fmt::format("Too small: expected number to be >={:g}", lowest));
  } else if (number > highest) {
    violate(name, fmt::format("{} must not be greater than {:g}", name, highest), "too_big",
            fmt::format("Too big: expected number to be <={:g}", highest));
  } else {
    return number;
  }
  return std::nullopt;
}

std::optional<std::int64_t> Fields::integer(const std::string& name, std::int64_t lowest, std::int64_t highest) {
  const auto value = number(name, static_cast<double>(lowest), static_cast<double>(highest));
  if (!value) return std::nullopt;
  if (*value != std::floor(*value)) {
    violate(name, name + " must be an integer number", "invalid_type", "Invalid input: expected int, received number");
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

std::optional<std::int64_t> Fields::date_time(const std::string& name, Need need) {
  const Json* const value = find(name, need);
  if (value == nullptr) return std::nullopt;
  const auto time = value->is_string() ? read_time(value->get<std::string>()) : std::nullopt;
  if (!time || (strict_ && !time->offset_minutes)) {
    violate(name, name + " must be a valid ISO 8601 date string", "invalid_format", "Invalid ISO datetime", "datetime");
    return std::nullopt;
  }
  return time->utc_ms;
}

std::optional<std::vector<std::string>> Fields::uuids(const std::string& name, Need need) {
  const Json* const value = find(name, need);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array()) {
    violate(name, name + " must be an array", "invalid_type", expected("array", value));
    return std::nullopt;
  }
  std::vector<std::string> result;
  bool said = false;
  for (std::size_t i = 0; i < value->size(); ++i) {
    const Json& entry = (*value)[i];
    if (entry.is_string() && is_uuid_v4(entry.get<std::string>())) {
      result.push_back(entry.get<std::string>());
    } else if (strict_ || !said) {
      violations_.push_back(
          {"each value in " + name + " must be a UUID", {name, i}, "invalid_format", "Invalid UUID", "uuid"});
      said = true;
    }
  }
  return result;
}

std::optional<std::vector<std::string>> Fields::path_list(const std::string& name) {
  const Json* const value = find(name, Need::optional);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array()) {
    violate(name, name + " must be an array", "invalid_type", expected("array", value));
    return std::nullopt;
  }
  std::vector<std::string> result;
  for (const Json& entry : *value) {
    if (!entry.is_string()) {
      violate(name, "each value in " + name + " must be a string", "invalid_type", expected("string", &entry));
      return std::nullopt;
    }
    result.push_back(entry.get<std::string>());
    if (result.back().find_first_not_of(' ') == std::string::npos)
      violate(name, "each value in " + name + " should not be empty", "custom", "Array items must not be empty");
  }
  if (std::set<std::string>(result.begin(), result.end()).size() != result.size())
    violate(name, "All " + name + "'s elements must be unique", "custom", "Array must have unique items");
  if (result.size() > 128)
    violate(name, name + " must contain no more than 128 elements", "too_big",
            "Too big: expected array to have <=128 items");
  return result;
}

}  // namespace emulator::immich
