#pragma once
// Reading request fields as the server validates them: lenient up to 2.x, strict from 3.0 (docs/protocol/immich.md
// §4.2).

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "emulator/immich/errors.hpp"

namespace emulator::immich {

enum class Need { optional, required };

/// The fields of one body or query. Every rule broken is collected; done() throws them all at once.
/// Unknown fields are never looked at. A JSON null counts as absent except where is_null() is asked.
class Fields {
 public:
  Fields(const nlohmann::json& body, const Version& version);

  [[nodiscard]] bool has(const std::string& name) const;
  [[nodiscard]] bool is_null(const std::string& name) const;
  std::optional<std::string> text(const std::string& name, Need need = Need::optional);
  std::optional<std::string> non_empty_text(const std::string& name);
  std::optional<std::string> choice(const std::string& name, const std::vector<std::string>& values,
                                    Need need = Need::optional);
  std::optional<std::string> uuid(const std::string& name, Need need = Need::optional);
  std::optional<bool> boolean(const std::string& name);
  std::optional<double> number(const std::string& name, double lowest, double highest);
  std::optional<std::int64_t> integer(const std::string& name, std::int64_t lowest, std::int64_t highest);
  /// Milliseconds since 1970 UTC; from 3.0 an offset must be written.
  std::optional<std::int64_t> date_time(const std::string& name, Need need = Need::optional);
  std::optional<std::vector<std::string>> uuids(const std::string& name, Need need = Need::optional);
  /// At most 128, unique, none blank: import paths and exclusion patterns.
  std::optional<std::vector<std::string>> path_list(const std::string& name);
  [[nodiscard]] const nlohmann::json* raw(const std::string& name) const;
  void violate(const std::string& name, const std::string& legacy, const std::string& code, const std::string& text,
               const std::string& format = "");
  void done() const;

 private:
  [[nodiscard]] const nlohmann::json* find(const std::string& name, Need need);
  const nlohmann::json& body_;
  bool strict_;
  std::vector<Violation> violations_;
};

}  // namespace emulator::immich
