#pragma once
// How the server says no (docs/protocol/immich.md §3.1, §4.1).

#include <string>
#include <vector>

#include "emulator/common/http.hpp"
#include "emulator/immich/config.hpp"

#include <nlohmann/json.hpp>

namespace emulator::immich {

/// One violated rule of the input, in the words of both generations.
struct Violation {
  std::string legacy;                // <=2: one entry of the message array
  std::vector<nlohmann::json> path;  // >=3: names and indexes
  std::string code;                  // >=3
  std::string text;                  // >=3
  std::string format;                // >=3, where the code has one
};

/// Thrown by handlers, turned into a response by the service.
struct ApiError {
  int status = 400;
  std::string message;
  std::vector<Violation> violations;  // given: a validation error
};

[[noreturn]] void refuse(int status, const std::string& message);
/// 400 "Not found or no <permission> access".
[[noreturn]] void refuse_access(const std::string& permission);

Response json_response(int status, const nlohmann::json& body);
Response no_content();
/// correlation_id: in the body up to 2.x, in the header X-Correlation-ID from 3.0.
Response error_response(const ApiError& error, const Version& version, const std::string& correlation_id);

}  // namespace emulator::immich
