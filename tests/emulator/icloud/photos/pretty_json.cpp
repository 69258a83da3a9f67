#include "emulator/icloud/photos/pretty_json.hpp"

#include <fmt/format.h>

namespace emulator::icloud {

void PrettyJson::new_line() {
  out_ += '\n';
  out_.append(depth_ * 2, ' ');
}

void PrettyJson::before_value() {
  if (at_ == At::array_start) out_ += ' ';
  if (at_ == At::after_value) out_ += ", ";
}

void PrettyJson::begin_object() {
  before_value();
  out_ += '{';
  ++depth_;
  at_ = At::object_start;
}

void PrettyJson::end_object() {
  --depth_;
  if (at_ == At::object_start) {
    out_ += " }";
  } else {
    new_line();
    out_ += '}';
  }
  at_ = At::after_value;
}

void PrettyJson::begin_array() {
  before_value();
  out_ += '[';
  at_ = At::array_start;
}

void PrettyJson::end_array() {
  out_ += " ]";
  at_ = At::after_value;
}

void PrettyJson::key(std::string_view name) {
  if (at_ == At::after_value) out_ += ',';
  new_line();
  quoted(name);
  out_ += " : ";
  at_ = At::after_key;
}

void PrettyJson::quoted(std::string_view text) {
  out_ += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out_ += "\\\"";
        break;
      case '\\':
        out_ += "\\\\";
        break;
      case '\n':
        out_ += "\\n";
        break;
      case '\r':
        out_ += "\\r";
        break;
      case '\t':
        out_ += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out_ += c;
        }
    }
  }
  out_ += '"';
}

void PrettyJson::string(std::string_view text) {
  before_value();
  quoted(text);
  at_ = At::after_value;
}

void PrettyJson::number(std::int64_t value) {
  before_value();
  out_ += fmt::to_string(value);
  at_ = At::after_value;
}

void PrettyJson::real(double value) {
  before_value();
  out_ += nlohmann::json(value).dump();
  at_ = At::after_value;
}

void PrettyJson::boolean(bool value) {
  before_value();
  out_ += value ? "true" : "false";
  at_ = At::after_value;
}

void PrettyJson::null() {
  before_value();
  out_ += "null";
  at_ = At::after_value;
}

void PrettyJson::json(const nlohmann::ordered_json& value) {
  if (value.is_object()) {
    begin_object();
    for (const auto& [name, member] : value.items()) {
      key(name);
      json(member);
    }
    end_object();
  } else if (value.is_array()) {
    begin_array();
    for (const auto& item : value) json(item);
    end_array();
  } else if (value.is_string()) {
    string(value.get_ref<const std::string&>());
  } else {
    before_value();
    out_ += value.dump();
    at_ = At::after_value;
  }
}

std::string pretty(const nlohmann::ordered_json& value) {
  PrettyJson json;
  json.json(value);
  return json.take();
}

}  // namespace emulator::icloud
