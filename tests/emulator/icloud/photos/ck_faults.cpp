// What can go wrong inside the database service's answers: docs/protocol/icloud.md §13.5 items 14 to 18.

#include <functional>

#include "emulator/common/codec.hpp"
#include "emulator/icloud/photos/ck_service.hpp"

namespace emulator::icloud {
namespace {

using Json = nlohmann::ordered_json;
using Change = std::function<void(Json& answer, const Json& question, const FaultAction& action)>;

/// A kind that changes good answers and leaves refusals alone.
FaultPlan::Kind changing(Change change) {
  return [change = std::move(change)](const Request& request, const FaultAction& action, const Handler& next) {
    Response response = next(request);
    Json answer = Json::parse(response.body, nullptr, false);
    const Json question = Json::parse(request.body, nullptr, false);
    if (response.status != 200 || !answer.is_object()) return response;
    change(answer, question, action);
    response.body = pretty(answer);
    return response;
  };
}

/// A kind that answers in the service's place.
FaultPlan::Kind refusing(int status, std::string code, std::string reason) {
  return [status, code = std::move(code), reason = std::move(reason)](const Request&, const FaultAction& action,
                                                                      const Handler&) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json; charset=UTF-8");
    Json body = {{"uuid", uuid_from(1, 2)}, {"serverErrorCode", code}, {"reason", reason}, {"error", code}};
    if (action.n > 0) {
      body["retryAfter"] = action.n;
      response.headers.add("Retry-After", std::to_string(action.n));
    }
    response.body = pretty(body);
    return response;
  };
}

/// A kind that refuses each zone of a changes/zone call; other calls get an HTTP error.
FaultPlan::Kind refusing_zones(int status, std::string code, std::string reason) {
  const auto whole = refusing(status, code, reason);
  return [whole, code = std::move(code), reason = std::move(reason)](const Request& request, const FaultAction& action,
                                                                     const Handler& next) {
    const Json question = Json::parse(request.body, nullptr, false);
    if (!question.is_object() || !question.contains("zones")) return whole(request, action, next);
    Response response;
    response.headers.add("Content-Type", "application/json; charset=UTF-8");
    Json zones = Json::array();
    for (const auto& zone : question["zones"]) {
      zones.push_back(
          {{"zoneID", zone.value("zoneID", Json::object())}, {"reason", reason}, {"serverErrorCode", code}});
      if (action.n > 0) zones.back()["retryAfter"] = action.n;
    }
    response.body = pretty({{"zones", zones}});
    return response;
  };
}

/// How a position in the changes is refused (§8.2): "" garbage, "truncated", "foreign" (a database's, another zone's),
/// "expired" (assumed there).
FaultPlan::Kind refused_token(const std::string& form) {
  if (form == "truncated") return refusing_zones(400, "BAD_REQUEST", "Invalid continuation format");
  if (form == "foreign") return refusing_zones(400, "BAD_REQUEST", "BadRequestException: not a token of this zone");
  if (form == "expired") return refusing_zones(400, "CHANGE_TOKEN_EXPIRED", "the token is too old");
  return refusing_zones(400, "BAD_REQUEST", "Unknown sync continuation type");
}

/// Every record of an answer: of a listing or lookup, or of each zone's changes.
void each_list(Json& answer, const std::function<void(Json& records)>& action) {
  if (answer.contains("records")) action(answer["records"]);
  if (answer.contains("zones")) {
    for (auto& zone : answer["zones"]) {
      if (zone.contains("records")) action(zone["records"]);
    }
  }
}

void each_record(Json& answer, const std::function<void(Json& record)>& action) {
  each_list(answer, [&](Json& records) {
    for (auto& record : records) action(record);
  });
}

bool is(const Json& record, const char* type) {
  const auto found = record.find("recordType");
  return found != record.end() && found->is_string() && *found == type;
}

void each_resource(Json& record, const std::function<void(const std::string& name, Json& value)>& action) {
  if (!record.contains("fields")) return;
  for (auto& [name, field] : record["fields"].items()) {
    if (field.is_object() && field.value("type", "") == "ASSETID") action(name, field["value"]);
  }
}

Json error_item(const Json& record, const char* code, const char* reason) {
  return {{"recordName", record.value("recordName", "")}, {"reason", reason}, {"serverErrorCode", code}};
}

void empty_page(Json& answer, const Json& question, const FaultAction&) {
  if (answer.contains("records")) {
    answer["records"] = Json::array();
    answer.erase("continuationMarker");
  }
  if (!answer.contains("zones") || !question.contains("zones")) return;
  // More is coming, and the place stays where it was: asking again goes on.
  for (std::size_t i = 0; i < answer["zones"].size() && i < question["zones"].size(); ++i) {
    auto& zone = answer["zones"][i];
    if (!zone.contains("records")) continue;
    const auto token = question["zones"][i].find("syncToken");
    if (token == question["zones"][i].end() || !token->is_string() || token->get<std::string>().empty()) continue;
    zone["records"] = Json::array();
    zone["syncToken"] = *token;
    zone["moreComing"] = true;
  }
}

void drop_masters(Json& answer, bool all) {
  each_list(answer, [&](Json& records) {
    for (std::size_t i = records.size(); i > 0; --i) {
      if (!is(records[i - 1], "CPLMaster")) continue;
      records.erase(i - 1);
      if (!all) return;
    }
  });
}

void repeat_item(Json& answer) {
  each_list(answer, [](Json& records) {
    const Json copy = records;
    for (const auto* type : {"CPLMaster", "CPLAsset"}) {
      for (const auto& record : copy) {
        if (!is(record, type)) continue;
        records.push_back(record);
        break;
      }
    }
  });
}

void wrong_count(Json& answer, std::int64_t difference) {
  if (!answer.contains("batch")) return;
  for (auto& item : answer["batch"]) {
    for (auto& record : item["records"]) {
      auto& value = record["fields"]["itemCount"]["value"];
      value = std::max<std::int64_t>(0, value.get<std::int64_t>() + difference);
    }
  }
}

void replace_first_asset(Json& answer, const char* code, const char* reason) {
  each_list(answer, [&](Json& records) {
    for (auto& record : records) {
      if (!is(record, "CPLAsset") && !is(record, "CPLMaster")) continue;
      record = error_item(record, code, reason);
      return;
    }
  });
}

/// "04" and "81": another kind of signature; "short": 20 bytes; "wrong": a checksum of other bytes (§10.3).
void spoil_checksum(Json& value, const std::string& form) {
  if (!value.contains("fileChecksum")) return;
  std::string bytes = unbase64(value["fileChecksum"].get<std::string>()).value_or("");
  if (bytes.size() != 21) return;
  if (form == "81") {
    bytes[0] = '\x81';
  } else if (form == "short") {
    bytes.resize(20);
  } else if (form == "wrong") {
    bytes[20] = static_cast<char>(bytes[20] ^ 1);
  } else {
    bytes[0] = '\x04';
  }
  value["fileChecksum"] = base64(bytes);
}

}  // namespace

void add_ck_faults(FaultPlan& plan) {
  plan.add_kind("indexing_running", changing([](Json& answer, const Json&, const FaultAction&) {
                  each_record(answer, [](Json& record) {
                    if (!is(record, "CheckIndexingState")) return;
                    record["fields"]["state"]["value"] = "RUNNING";
                    record["fields"]["progress"]["value"] = 42;
                  });
                }));
  plan.add_kind("empty_page", changing(empty_page));
  plan.add_kind("split_pair",
                changing([](Json& answer, const Json&, const FaultAction&) { drop_masters(answer, false); }));
  plan.add_kind("only_assets",
                changing([](Json& answer, const Json&, const FaultAction&) { drop_masters(answer, true); }));
  plan.add_kind("repeated_item", changing([](Json& answer, const Json&, const FaultAction&) { repeat_item(answer); }));
  plan.add_kind("wrong_count", changing([](Json& answer, const Json&, const FaultAction& action) {
                  wrong_count(answer, action.n == 0 ? 3 : action.n);
                }));
  plan.add_kind("record_error", changing([](Json& answer, const Json&, const FaultAction&) {
                  replace_first_asset(answer, "INTERNAL_ERROR", "internal server error");
                }));
  plan.add_kind("lookup_missing", changing([](Json& answer, const Json&, const FaultAction&) {
                  replace_first_asset(answer, "NOT_FOUND", "Record not found");
                }));
  plan.add_kind("lookup_no_url", changing([](Json& answer, const Json&, const FaultAction&) {
                  each_record(answer, [](Json& record) {
                    each_resource(record, [](const std::string&, Json& value) { value.erase("downloadURL"); });
                  });
                }));
  plan.add_kind("announce_wrong_size", changing([](Json& answer, const Json&, const FaultAction& action) {
                  each_record(answer, [&](Json& record) {
                    each_resource(record, [&](const std::string&, Json& value) {
                      value["size"] = value.value("size", std::int64_t{0}) + (action.n == 0 ? 1 : action.n);
                    });
                  });
                }));
  plan.add_kind("announce_checksum", changing([](Json& answer, const Json&, const FaultAction& action) {
                  each_record(answer, [&](Json& record) {
                    each_resource(record, [&](const std::string&, Json& value) { spoil_checksum(value, action.body); });
                  });
                }));
  plan.add_kind("unknown_tombstones", changing([](Json& answer, const Json&, const FaultAction&) {
                  if (!answer.contains("zones")) return;
                  each_list(answer, [](Json& records) {
                    for (std::uint64_t i = 0; i < 3; ++i) {
                      records.push_back({{"recordName", uuid_from(404, i)},
                                         {"recordType", nullptr},
                                         {"deleted", true},
                                         {"recordChangeTag", "zz"}});
                    }
                  });
                }));
  plan.add_kind("try_again_later", refusing(200, "TRY_AGAIN_LATER", "the server is busy"));
  plan.add_kind("throttled", refusing(503, "THROTTLED", "request was throttled"));
  plan.add_kind("access_denied", refusing(403, "ACCESS_DENIED", "private db access disabled for this account"));
  plan.add_kind("session_lost", refusing(421, "AUTHENTICATION_REQUIRED", "Missing X-APPLE-WEBAUTH-TOKEN cookie"));
  plan.add_kind("invalid_token", [](const Request& request, const FaultAction& action, const Handler& next) {
    return refused_token(action.body)(request, action, next);
  });
  plan.add_kind("without_token", changing([](Json& answer, const Json&, const FaultAction&) {
                  if (answer.contains("syncToken")) answer["syncToken"] = "";
                  if (!answer.contains("zones")) return;
                  for (auto& zone : answer["zones"]) {
                    if (zone.contains("syncToken")) zone["syncToken"] = "";
                  }
                }));
  plan.add_kind("zone_not_found", refusing_zones(404, "ZONE_NOT_FOUND", "Zone does not exist"));
  plan.add_kind("zone_retry_later", refusing_zones(503, "RETRY_LATER", "try again later"));
}

}  // namespace emulator::icloud
