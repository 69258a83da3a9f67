#pragma once
// Reads a small JSON object into a struct that already has its defaults; unknown members are an error, not a shrug.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace emulator::icloud {

/// Each call takes the member if it is there and leaves the target alone if not. Call finish() last.
/// Every error is a std::invalid_argument naming the object and the member.
class KnobReader {
 public:
  KnobReader(std::string what, const nlohmann::json& json) : what_(std::move(what)), json_(json) {
    if (!json_.is_object()) throw std::invalid_argument(what_ + " is not an object");
  }

  template <typename T>
  KnobReader& value(const std::string& name, T& target) {
    if (const auto* found = take(name)) {
      try {
        target = found->get<T>();
      } catch (const nlohmann::json::exception&) {
        throw std::invalid_argument(what_ + "." + name + " has the wrong type");
      }
    }
    return *this;
  }

  template <typename Enum>
  KnobReader& choice(const std::string& name, Enum& target, std::vector<std::pair<std::string_view, Enum>> choices) {
    const auto* found = take(name);
    if (found == nullptr) return *this;
    for (const auto& [text, value] : choices) {
      if (found->is_string() && found->get_ref<const std::string&>() == text) {
        target = value;
        return *this;
      }
    }
    throw std::invalid_argument(what_ + "." + name + " has no value " + found->dump());
  }

  /// The member itself, or nullptr.
  const nlohmann::json* take(const std::string& name) {
    known_.insert(name);
    const auto found = json_.find(name);
    return found == json_.end() ? nullptr : &*found;
  }

  void finish() const {
    for (const auto& item : json_.items()) {
      if (!known_.contains(item.key())) throw std::invalid_argument(what_ + " has no member " + item.key());
    }
  }

 private:
  std::string what_;
  const nlohmann::json& json_;
  std::set<std::string> known_;
};

}  // namespace emulator::icloud
