#pragma once
// JSON as Apple's database service prints it: blanks around colons, one line a member, arrays inline
// (docs/protocol/icloud.md §13.4). Written straight into text, since a listing of a big library is mostly this.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace emulator::icloud {

class PrettyJson {
 public:
  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  void string(std::string_view text);
  void number(std::int64_t value);
  void real(double value);
  void boolean(bool value);
  void null();
  /// Any value; an object keeps the order of its members.
  void json(const nlohmann::ordered_json& value);

  [[nodiscard]] std::string take() { return std::move(out_); }
  [[nodiscard]] std::size_t size() const { return out_.size(); }

 private:
  void before_value();
  void new_line();
  void quoted(std::string_view text);

  std::string out_;
  std::size_t depth_ = 0;  // of objects; arrays do not indent
  enum class At { start, object_start, array_start, after_key, after_value } at_ = At::start;
};

/// The same form for a value built before.
std::string pretty(const nlohmann::ordered_json& value);

}  // namespace emulator::icloud
