#pragma once
// One call of the database service, and what its handlers share. Only ck_*.cpp include this.

#include "emulator/icloud/photos/ck_service.hpp"

namespace emulator::icloud {

struct CkService::Call {
  const Request& request;
  Database database = Database::private_db;
  std::string operation{};  // "records/query"
  nlohmann::json body;
  std::string uuid{};
  CkKnobs knobs;
  PrettyJson json;
  std::optional<ListedPage> page;  // set by listings
  /// "syncToken" goes into record answers only when asked for (§6.1).
  bool with_token = false;

  void sync_token(const Zone& zone) {
    if (!with_token) return;
    json.key("syncToken");
    json.string(zone.current_token());
  }
};

/// An error as §6.4 shows it.
Response ck_error(const std::string& uuid, int status, const std::string& code, const std::string& reason);
/// The text of one field of an object; "" where it is not there or not a text.
std::string text_of(const nlohmann::json& object, const char* name);
std::string zone_name_of(const nlohmann::json& body);
DesiredKeys desired_keys_of(const nlohmann::json& body);
void write_zone_id(PrettyJson& json, const Zone& zone, bool with_type);
/// fieldName → value of query.filterBy, be it an object or a list (§7.5).
std::map<std::string, nlohmann::json> filters_of(const nlohmann::json& query);

}  // namespace emulator::icloud
