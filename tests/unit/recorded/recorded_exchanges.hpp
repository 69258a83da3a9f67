#pragma once
// The recorded traffic of shared/data/recorded, where that folder is present (its README says where it comes from).

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace recorded {

using Json = nlohmann::json;

inline std::string folder() { return I2I_SHARED_DATA "/recorded"; }

/// False, with a line on standard output, where the recordings are not there: the test is to be skipped.
inline bool present(const char* test) {
  if (std::filesystem::is_directory(folder())) return true;
  std::cout << "SKIPPED: " << test << ": no recordings in " << folder() << "\n";
  return false;
}

inline std::string read_whole(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

/// One call of the database service.
struct Exchange {
  std::string name;       // "listing_photos[9]"
  std::string database;   // "private"
  std::string operation;  // "records/query"
  std::string path;
  std::map<std::string, std::string> query;
  Json question;
  int status = 0;
  std::string answer;
};

/// All calls of the database service in one recording, in order.
inline std::vector<Exchange> exchanges(const std::string& recording) {
  const std::string base = "/database/1/com.apple.photos.cloud/production/";
  const Json all = Json::parse(read_whole(folder() + "/" + recording + ".json"));
  std::vector<Exchange> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string url = all[i]["request"]["url"];
    const std::size_t at = url.find(base);
    if (at == std::string::npos) continue;
    Exchange one;
    one.name = recording + "[" + std::to_string(i) + "]";
    const std::size_t question_mark = url.find('?');
    one.path = url.substr(at, question_mark == std::string::npos ? std::string::npos : question_mark - at);
    const std::string rest = one.path.substr(base.size());
    one.database = rest.substr(0, rest.find('/'));
    one.operation = rest.substr(rest.find('/') + 1);
    if (question_mark != std::string::npos) {
      std::istringstream parameters(url.substr(question_mark + 1));
      for (std::string part; std::getline(parameters, part, '&');) {
        const std::size_t equals = part.find('=');
        one.query[part.substr(0, equals)] = equals == std::string::npos ? "" : part.substr(equals + 1);
      }
    }
    one.question = all[i]["request"].value("body", Json::object());
    one.status = all[i]["response"]["status"];
    const Json& body = all[i]["response"]["body"];
    one.answer = body.is_string() ? body.get<std::string>() : body.dump();
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace recorded
