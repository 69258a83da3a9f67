#pragma once
// A practice Immich over a folder of tiny files, driven without sockets.

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "emulator/immich/immich_service.hpp"

namespace emulator::immich::testing {

using Json = nlohmann::json;
namespace fs = std::filesystem;

inline constexpr const char* kAdmin = "11111111-1111-4111-8111-111111111111";
inline constexpr const char* kOther = "22222222-2222-4222-8222-222222222222";
inline constexpr const char* kNobody = "33333333-3333-4333-8333-333333333333";

struct Answer {
  int status = 0;
  Json body;
  std::string text;
};

class Fixture {
 public:
  explicit Fixture(const std::string& version = "2.7.5", bool read_only = true, std::uint64_t seed = 1) {
    std::string pattern = (fs::temp_directory_path() / "practice-immich-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    dir = pattern;
    ImmichConfig config;
    config.version = *parse_version(version);
    config.users = {{kAdmin, "admin@example.org", "Admin", true}, {kOther, "other@example.org", "Other", false}};
    config.keys = {{"all", kAdmin, {"all"}, "", "all"},
                   {"other", kOther, {"all"}, "", "other"},
                   {"few", kAdmin, {"library.read", "album.read"}, "", "few"},
                   {"narrow", kOther, {"album.read"}, "", "narrow"}};
    config.photos_dir = dir;
    config.media_dir = dir.string() + ".media";
    config.read_only = read_only;
    config.seed = seed;
    config.auto_tick.enabled = false;
    service = std::make_unique<ImmichService>(config, [this] { return clock += 1; });
  }
  ~Fixture() {
    std::error_code ignored;
    fs::remove_all(dir, ignored);
    fs::remove_all(dir.string() + ".media", ignored);
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  /// Writes a file and gives it a modification time in whole seconds.
  void write(const std::string& name, const std::string& bytes, std::int64_t mtime = 1'600'000'000) const {
    fs::create_directories((dir / name).parent_path());
    std::ofstream(dir / name, std::ios::binary) << bytes;
    touch(name, mtime);
  }
  void touch(const std::string& name, std::int64_t mtime) const {
    const timespec times[2] = {{mtime, 0}, {mtime, 0}};
    if (::utimensat(AT_FDCWD, (dir / name).c_str(), times, 0) != 0) throw std::runtime_error("utimensat");
  }

  Answer call(const std::string& method, const std::string& target, const Json& body = nullptr,
              const std::string& key = "all") const {
    Request request = request_for(method, target, key);
    if (!body.is_null()) {
      request.headers.add("Content-Type", "application/json");
      request.body = body.dump();
    }
    return answer_to(request);
  }

  /// Text fields of a form, as a client of either version sends them, for one file.
  static Json upload_fields(const Json& more = Json::object()) {
    Json fields{{"deviceAssetId", "d1"},
                {"deviceId", "test"},
                {"fileCreatedAt", "2020-01-02T03:04:05.000Z"},
                {"fileModifiedAt", "2020-01-02T03:04:06.000Z"}};
    fields.update(more);
    return fields;
  }
  Answer upload(const std::string& file_name, const std::string& bytes, const Json& fields = upload_fields(),
                const std::string& checksum = "", const std::string& sidecar = "") const {
    Request request = request_for("POST", "/api/assets", "all");
    if (!checksum.empty()) request.headers.add("x-immich-checksum", checksum);
    for (const auto& [name, value] : fields.items()) request.form.push_back({name, "", value.get<std::string>()});
    request.form.push_back({"assetData", file_name, bytes});
    if (!sidecar.empty()) request.form.push_back({"sidecarData", file_name + ".xmp", sidecar});
    return answer_to(request);
  }

  std::string new_library(const std::vector<std::string>& paths = {"/external/icloud"}) const {
    return call("POST", "/api/libraries", {{"ownerId", kAdmin}, {"name", "iCloud"}, {"importPaths", paths}}).body["id"];
  }
  void scan(const std::string& library) const {
    call("POST", "/api/libraries/" + library + "/scan");
    service->settle();
  }
  /// Every asset of the admin, whatever its state, by file name.
  [[nodiscard]] Json assets() const {
    Json result = Json::object();
    for (const char* const visibility : {"timeline", "archive", "hidden"}) {
      const auto found =
          call("POST", "/api/search/metadata", {{"visibility", visibility}, {"withDeleted", true}, {"size", 1000}});
      for (const Json& item : found.body["assets"]["items"]) result[item["originalFileName"].get<std::string>()] = item;
    }
    return result;
  }
  [[nodiscard]] std::string id_of(const std::string& name) const { return assets()[name]["id"]; }
  [[nodiscard]] Json get(const std::string& id) const { return call("GET", "/api/assets/" + id).body; }

  static Request request_for(const std::string& method, const std::string& target, const std::string& key) {
    Request request;
    request.method = method;
    request.host = "immich.localhost";
    request.target = target;
    request.path = target.substr(0, target.find('?'));
    if (const auto mark = target.find('?'); mark != std::string::npos) {
      const std::string pair = target.substr(mark + 1);
      request.query[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
    }
    if (!key.empty()) request.headers.add("x-api-key", key);
    return request;
  }
  [[nodiscard]] Answer answer_to(const Request& request) const {
    const Response response = service->handle(request);
    return {response.status, Json::parse(response.body, nullptr, false), response.body};
  }

  fs::path dir;
  std::int64_t clock = 1'700'000'000'000;
  std::unique_ptr<ImmichService> service;
};

/// A sidecar with the given properties inside its description.
inline std::string sidecar(const std::string& inner) {
  return "<?xpacket begin=\"\" id=\"x\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
         "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\">" +
         inner + "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>";
}

}  // namespace emulator::immich::testing
