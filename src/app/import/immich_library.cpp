#include "app/import/immich_library.hpp"

#include <algorithm>

#include "app/import/exclusions.hpp"
#include "i2i/util/log.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

bool has_path(const immich::Library& library, const std::string& path) {
  return std::any_of(library.import_paths.begin(), library.import_paths.end(),
                     [&](const auto& other) { return without_slash(other) == path; });
}

bool has_path_above(const immich::Library& library, const std::string& path) {
  return std::any_of(library.import_paths.begin(), library.import_paths.end(),
                     [&](const auto& other) { return path.starts_with(without_slash(other) + "/"); });
}

}  // namespace

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

util::Error not_seen(const ImmichAccess& access, const std::string& reason) {
  return {ErrorCode::immich_refused,
          "Immich does not see this volume at " + access.container_root() + (reason.empty() ? "" : " (" + reason + ")"),
          "Mount the photos dir into the Immich server, and say with --immich-path how the server names it.",
          std::nullopt};
}

Result<FoundLibrary> find_or_create_library(ImmichAccess& access, const std::string& name) {
  const std::string& path = access.container_root();
  I2I_ASSIGN(const auto libraries, of_immich(access.admin().libraries()));
  for (const auto& library : libraries) {
    if (!has_path(library, path)) continue;
    if (library.owner_id != access.user().id) {
      return fail(ErrorCode::immich_refused,
                  "the Immich library '" + library.name + "' at " + path + " belongs to another user than the API key",
                  "Give the key of the library's owner with --immich-api-key-file, and an admin's with "
                  "--immich-admin-key-file.");
    }
    return FoundLibrary{library, false};
  }
  for (const auto& library : libraries) {
    if (library.owner_id == access.user().id && has_path_above(library, path)) return FoundLibrary{library, false};
  }
  for (auto library : libraries) {
    if (library.name != name || library.owner_id != access.user().id) continue;
    library.import_paths.push_back(path);
    auto changed = access.admin().set_import_paths(library.id, library.import_paths);
    if (!changed) return fail(not_seen(access, changed.error().message));
    return FoundLibrary{std::move(library), false};
  }
  I2I_ASSIGN(auto created, of_immich(access.admin().create_library({access.user().id, name, path, own_exclusions()})));
  return FoundLibrary{std::move(created), true};
}

Result<void> prove_mount(ImmichAccess& access, const immich::Library& library, const std::string& sentinel) {
  const std::string probe = access.container_path(sentinel);
  const auto check = access.admin().validate_path(probe);
  if (check && check->valid) return {};
  if (check) return fail(not_seen(access, check->message));
  if (check.error().code != ErrorCode::refused) return fail(as_immich(check.error()));
  // Validation wants a key with every permission. An update checks each path first and changes nothing when one is bad.
  auto paths = library.import_paths;
  paths.push_back(probe);
  auto probed = access.admin().set_import_paths(library.id, paths);
  if (!probed) {
    if (probed.error().code == ErrorCode::refused) return fail(not_seen(access, probed.error().message));
    return fail(as_immich(std::move(probed).error()));
  }
  return of_immich(access.admin().set_import_paths(library.id, library.import_paths));
}

}  // namespace i2i::app
