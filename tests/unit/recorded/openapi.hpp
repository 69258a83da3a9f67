#pragma once
// Holds values against the schemas of an OpenAPI 3.0 document: types, null, enumerations, required and unknown members,
// formats, patterns, bounds.

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

namespace recorded {

using Json = nlohmann::json;

class OpenApi {
 public:
  explicit OpenApi(const std::string& file) {
    std::ifstream stream(file);
    document_ = Json::parse(stream);
  }

  /// The operation that answers a path below /api; null where none does.
  [[nodiscard]] Json operation(std::string method, const std::string& path) const {
    for (char& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (const bool literal : {true, false}) {
      for (const auto& [pattern, operations] : document_["paths"].items()) {
        if ((pattern.find('{') == std::string::npos) != literal || !operations.contains(method)) continue;
        static const std::regex kName(R"(\{[^}]*\})");
        if (std::regex_match(path, std::regex(std::regex_replace(pattern, kName, "[^/]+")))) return operations[method];
      }
    }
    return nullptr;
  }

  /// Everything about value that the schema forbids, one line each.
  [[nodiscard]] std::vector<std::string> faults(const Json& schema, const Json& value, const std::string& at) const {
    std::vector<std::string> found;
    look(schema, value, at, found);
    return found;
  }

 private:
  using Faults = std::vector<std::string>;

  [[nodiscard]] const Json& resolve(const Json& schema) const {
    if (!schema.contains("$ref")) return schema;
    return document_.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1)));
  }

  void look(const Json& given, const Json& value, const std::string& at, Faults& found) const {
    const Json& schema = resolve(given);
    if (value.is_null() && schema.value("nullable", false)) return;
    if (schema.contains("allOf")) {
      for (const Json& part : schema["allOf"]) look(part, value, at, found);
      return;
    }
    for (const char* const choice : {"oneOf", "anyOf"}) {
      if (!schema.contains(choice)) continue;
      const auto fits = [&](const Json& part) { return faults(part, value, at).empty(); };
      if (std::none_of(schema[choice].begin(), schema[choice].end(), fits))
        found.push_back(at + ": fits no alternative: " + value.dump());
      return;
    }
    if (schema.contains("enum") &&
        std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
      found.push_back(at + ": not one of the values: " + value.dump());
    const std::string type = schema.value("type", "");
    if (type == "object") return look_at_object(schema, value, at, found);
    if (type == "array") {
      if (!value.is_array()) return found.push_back(at + ": no array: " + value.dump());
      for (std::size_t i = 0; i < value.size(); ++i)
        look(schema["items"], value[i], fmt::format("{}[{}]", at, i), found);
      return;
    }
    if (type == "string") return look_at_text(schema, value, at, found);
    if (type == "boolean" && !value.is_boolean()) found.push_back(at + ": no boolean: " + value.dump());
    if (type == "integer" || type == "number") look_at_number(schema, value, at, type == "integer", found);
  }

  void look_at_object(const Json& schema, const Json& value, const std::string& at, Faults& found) const {
    if (!value.is_object()) return found.push_back(at + ": no object: " + value.dump());
    for (const Json& name : schema.value("required", Json::array()))
      if (!value.contains(name.get<std::string>())) found.push_back(at + ": lacks " + name.get<std::string>());
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [name, member] : value.items()) {
      if (properties.contains(name)) {
        look(properties[name], member, at + "." + name, found);
      } else if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object()) {
        look(schema["additionalProperties"], member, at + "." + name, found);
      } else if (!properties.empty()) {
        found.push_back(at + ": knows no member " + name);
      }
    }
  }

  static void look_at_text(const Json& schema, const Json& value, const std::string& at, Faults& found) {
    if (!value.is_string()) return found.push_back(at + ": no text: " + value.dump());
    const std::string text = value.get<std::string>();
    const std::string format = schema.value("format", "");
    static const std::regex kUuid("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
                                  std::regex::icase);
    static const std::regex kTime(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))");
    if ((format == "uuid" && !std::regex_match(text, kUuid)) ||
        (format == "date-time" && !std::regex_match(text, kTime)))
      found.push_back(at + ": no " + format + ": " + text);
    if (schema.contains("pattern") && !std::regex_search(text, std::regex(schema["pattern"].get<std::string>())))
      found.push_back(at + ": does not match the pattern: " + text);
  }

  static void look_at_number(const Json& schema, const Json& value, const std::string& at, bool whole, Faults& found) {
    if (!value.is_number() || (whole && std::floor(value.get<double>()) != value.get<double>()))
      return found.push_back(at + ": no such number: " + value.dump());
    if (schema.contains("minimum") && value < schema["minimum"]) found.push_back(at + ": too small: " + value.dump());
    if (schema.contains("maximum") && value > schema["maximum"]) found.push_back(at + ": too big: " + value.dump());
  }

  Json document_;
};

}  // namespace recorded
