#include "emulator/immich/errors.hpp"

namespace emulator::immich {
namespace {

using Json = nlohmann::json;

const char* reason(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 413:
      return "Payload Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

}  // namespace

void refuse(int status, const std::string& message) { throw ApiError{status, message, {}}; }

void refuse_access(const std::string& permission) { refuse(400, "Not found or no " + permission + " access"); }

Response json_response(int status, const Json& body) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json; charset=utf-8");
  response.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Response no_content() {
  Response response;
  response.status = 204;
  return response;
}

Response error_response(const ApiError& error, const Version& version, const std::string& correlation_id) {
  Json body = Json::object();
  if (version.at_least(3)) {
    body["message"] = error.violations.empty() ? error.message : "Validation failed";
    for (const Violation& violation : error.violations) {
      Json entry{{"code", violation.code}, {"path", violation.path}, {"message", violation.text}};
      if (!violation.format.empty()) {
        entry["origin"] = "string";
        entry["format"] = violation.format;
      }
      body["errors"].push_back(std::move(entry));
    }
  } else {
    body["message"] = error.message;
    if (!error.violations.empty()) {
      body["message"] = Json::array();
      for (const Violation& violation : error.violations) body["message"].push_back(violation.legacy);
    }
    body["error"] = reason(error.status);
    body["statusCode"] = error.status;
    body["correlationId"] = correlation_id;
  }
  Response response = json_response(error.status, body);
  if (version.at_least(3)) response.headers.set("X-Correlation-ID", correlation_id);
  return response;
}

}  // namespace emulator::immich
