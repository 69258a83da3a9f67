#include "emulator/icloud/photos/ck_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "emulator/common/codec.hpp"
#include "emulator/icloud/photos/ck_call.hpp"
#include "emulator/icloud/photos/tokens.hpp"

namespace emulator::icloud {
namespace {

constexpr std::string_view kBase = "/database/1/com.apple.photos.cloud/production/";

bool is_true(const Request& request, const char* name) {
  const auto found = request.query.find(name);
  return found != request.query.end() && (found->second == "true" || found->second == "True");
}

/// The headers of §6.1 and of the recordings.
void add_headers(Response& response, const std::string& uuid) {
  auto& headers = response.headers;
  if (!headers.get("Content-Type")) headers.add("Content-Type", "application/json; charset=UTF-8");
  headers.set("X-Apple-CloudKit-Version", "1.0");
  headers.set("X-Apple-Request-UUID", uuid);
  headers.set("X-Responding-Instance", "ckdatabasews:966835083:practice-ckdatabasews:8080:2622B3:nocommit");
  headers.set("x-apple-user-partition", "61");
  headers.set("Access-Control-Allow-Credentials", "true");
  headers.set("Access-Control-Allow-Origin", "https://www.icloud.com");
  headers.set("Access-Control-Expose-Headers", "X-Apple-Request-UUID,X-Responding-Instance,Via");
  headers.set("Server", "AppleHttpServer/practice");
  headers.set("Strict-Transport-Security", "max-age=31536000; includeSubDomains;");
}

}  // namespace

Response ck_error(const std::string& uuid, int status, const std::string& code, const std::string& reason) {
  Response response;
  response.status = status;
  response.body =
      pretty({{"uuid", uuid}, {"serverErrorCode", code}, {"reason", reason}, {"errorClass", code}, {"error", code}});
  return response;
}

std::string text_of(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string zone_name_of(const nlohmann::json& body) {
  const auto found = body.find("zoneID");
  return found == body.end() ? "PrimarySync" : text_of(*found, "zoneName");
}

DesiredKeys desired_keys_of(const nlohmann::json& body) {
  const auto found = body.find("desiredKeys");
  if (found == body.end() || !found->is_array()) return std::nullopt;
  std::unordered_set<std::string> keys;
  for (const auto& key : *found) {
    if (key.is_string()) keys.insert(key.get<std::string>());
  }
  return keys;
}

void write_zone_id(PrettyJson& json, const Zone& zone, bool with_type) {
  json.key("zoneID");
  json.begin_object();
  json.key("zoneName");
  json.string(zone.name);
  json.key("ownerRecordName");
  json.string(zone.owner);
  if (with_type) {
    json.key("zoneType");
    json.string("REGULAR_CUSTOM_ZONE");
  }
  json.end_object();
}

std::map<std::string, nlohmann::json> filters_of(const nlohmann::json& query) {
  std::map<std::string, nlohmann::json> filters;
  const auto add = [&](const nlohmann::json& filter) {
    const auto value = filter.find("fieldValue");
    if (value != filter.end() && value->is_object() && value->contains("value")) {
      filters[text_of(filter, "fieldName")] = value->at("value");
    }
  };
  const auto found = query.find("filterBy");
  if (found == query.end()) return filters;
  if (found->is_array()) {
    for (const auto& filter : *found) add(filter);
  } else if (found->is_object()) {
    add(*found);
  }
  return filters;
}

CkKnobs ck_knobs_from_json(const nlohmann::json& json, CkKnobs base) {
  for (const auto& [name, value] : json.items()) {
    if (name == "indexing_finished") {
      base.indexing_finished = value.get<bool>();
    } else if (name == "strict_change_tags") {
      base.strict_change_tags = value.get<bool>();
    } else if (name == "strict_params") {
      base.strict_params = value.get<bool>();
    } else if (name == "empty_first_changes_page") {
      base.empty_first_changes_page = value.get<bool>();
    } else if (name == "changes_scan") {
      base.changes_scan = value.get<std::size_t>();
    } else {
      throw std::invalid_argument("ck: unknown member \"" + name + "\"");
    }
  }
  return base;
}

CkService::CkService(Library& library, const SignedUrls& urls, CkGate gate)
    : library_(library), urls_(urls), gate_(std::move(gate)) {}

void CkService::set_after_page(std::function<void(const ListedPage&)> hook) {
  const std::lock_guard lock(mutex_);
  after_page_ = std::move(hook);
}

CkKnobs CkService::knobs() const {
  const std::lock_guard lock(mutex_);
  return knobs_;
}

void CkService::set_knobs(const CkKnobs& knobs) {
  const std::lock_guard lock(mutex_);
  knobs_ = knobs;
}

Response CkService::route(Call& call) {
  static constexpr std::array<std::string_view, 3> kParams = {"clientBuildNumber", "clientId", "dsid"};
  if (call.knobs.strict_params && call.operation != "zones/list") {
    for (const auto param : kParams) {
      if (!call.request.query.contains(std::string(param))) {
        return ck_error(call.uuid, 400, "BAD_REQUEST",
                        fmt::format("BadRequestException: missing parameter '{}'", param));
      }
    }
  }
  if (call.operation == "zones/list") return zones_list(call);
  if (call.operation == "changes/database") return changes_database(call);
  if (call.operation == "changes/zone") return changes_zone(call);
  if (call.operation == "records/query") return query(call);
  if (call.operation == "records/lookup") return lookup(call);
  if (call.operation == "records/modify") return modify(call);
  if (call.operation == "internal/records/query/batch") return counts(call);
  return ck_error(call.uuid, 404, "NOT_FOUND", "no such operation");
}

Response CkService::handle(const Request& request) {
  Call call{.request = request, .body = {}, .knobs = knobs(), .json = {}, .page = {}};
  {
    const std::lock_guard lock(mutex_);
    call.uuid = uuid_from(static_cast<std::uint64_t>(library_.now_ms()), ++requests_);
  }
  std::transform(call.uuid.begin(), call.uuid.end(), call.uuid.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto finish = [&](Response response) {
    add_headers(response, call.uuid);
    const std::string cookie = gate_.fresh_token_cookie ? gate_.fresh_token_cookie(request) : std::string{};
    if (!cookie.empty()) response.headers.add("Set-Cookie", cookie);
    return response;
  };
  std::string path = request.path;
  if (!path.starts_with(kBase)) return finish(ck_error(call.uuid, 404, "NOT_FOUND", "no such path"));
  path = path.substr(kBase.size());
  const auto slash = path.find('/');
  const std::string database = path.substr(0, slash);
  if (slash == std::string::npos || (database != "private" && database != "shared")) {
    return finish(ck_error(call.uuid, 404, "NOT_FOUND", "no such database"));
  }
  call.database = database == "private" ? Database::private_db : Database::shared_db;
  call.operation = path.substr(slash + 1);
  if (request.method != "POST") return finish(ck_error(call.uuid, 405, "BAD_REQUEST", "method not allowed"));
  if (gate_.refuse) {
    if (auto refusal = gate_.refuse(request)) {
      add_headers(*refusal, call.uuid);
      return *refusal;
    }
  }
  call.body = nlohmann::json::parse(request.body, nullptr, false);
  if (!call.body.is_object()) {
    return finish(ck_error(call.uuid, 400, "BAD_REQUEST", "BadRequestException: body is not a JSON object"));
  }
  call.with_token = is_true(request, "getCurrentSyncToken");
  Response response;
  try {
    const auto guard = library_.lock();
    response = route(call);
  } catch (const nlohmann::json::exception&) {
    return finish(ck_error(call.uuid, 400, "BAD_REQUEST", "BadRequestException: a field is of the wrong type"));
  }
  if (call.page) {
    std::function<void(const ListedPage&)> hook;
    {
      const std::lock_guard lock(mutex_);
      call.page->number = ++pages_;
      hook = after_page_;
    }
    if (hook) hook(*call.page);
  }
  return finish(std::move(response));
}

Response CkService::zones_list(Call& call) {
  auto& json = call.json;
  json.begin_object();
  json.key("zones");
  json.begin_array();
  for (const Zone* zone : library_.zones()) {
    if (zone->database != call.database || zone->deleted) continue;
    json.begin_object();
    write_zone_id(json, *zone, true);
    json.end_object();
  }
  json.end_array();
  json.key("moreComing");
  json.boolean(false);
  json.key("syncToken");
  json.string(sync_token(library_.database_counter(call.database), library_.database_token_bytes(call.database)));
  json.end_object();
  Response response;
  response.body = json.take();
  return response;
}

}  // namespace emulator::icloud
