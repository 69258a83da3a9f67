#pragma once
// The route table: who may call what, by version (docs/protocol/immich.md §3).

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emulator/immich/errors.hpp"
#include "emulator/immich/input.hpp"
#include "emulator/immich/world.hpp"

namespace emulator::immich {

/// One authenticated call on its way to a handler.
struct Call {
  World& world;
  const Request& request;
  const User* user = nullptr;  // null on routes without authentication
  const ApiKey* key = nullptr;
  std::vector<std::string> parts;  // what stood for :id and the like, in order
  Json body;                       // null where none was sent
  Json query;                      // of texts; "true" and "false" as booleans

  [[nodiscard]] const Version& version() const { return world.version(); }
  [[nodiscard]] Fields fields() const { return {body, version()}; }
  [[nodiscard]] const std::string& id() const { return parts.front(); }
};

using Action = std::function<Response(Call&)>;

enum class Access { open, key, admin };

struct Route {
  std::string method;
  std::string pattern;  // below /api; ":id" is a UUID, any other ":name" free text
  Access access = Access::key;
  std::string permission;  // empty: none declared
  Action action;
  Version since{1, 0, 0};
  Version scoped_since{1, 0, 0};  // before, the route declared no permission
  bool any_key = false;           // needs no permission in any version
  bool reads = false;             // not GET, but changes nothing by its nature
  bool patch_twin = false;        // from 3.0 also as PATCH
};

class Router {
 public:
  void add(Route route) { routes_.push_back(std::move(route)); }
  struct Match {
    const Route* route = nullptr;
    std::vector<std::string> parts;
  };
  /// path: below /api, with its leading slash.
  [[nodiscard]] Match match(const std::string& method, const std::string& path, const Version& version) const;

 private:
  std::vector<Route> routes_;
};

/// Who calls, or the refusal of §3.1: credentials, then the admin test, then the permission.
void authorise(Call& call, const Route& route);
/// Each ":id" of the pattern must be a version 4 UUID.
void check_ids(const Route& route, const std::vector<std::string>& parts, const Version& version);

void add_server_routes(Router& router);
void add_library_routes(Router& router);
void add_queue_routes(Router& router);
void add_asset_routes(Router& router);
void add_upload_routes(Router& router);
void add_folder_routes(Router& router);
void add_update_routes(Router& router);
void add_search_routes(Router& router);
void add_album_routes(Router& router);
void add_stack_routes(Router& router);
void add_tag_routes(Router& router);
void add_metadata_routes(Router& router);
void add_removal_routes(Router& router);

}  // namespace emulator::immich
