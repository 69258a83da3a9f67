#include "app/import/immich_move.hpp"

#include <algorithm>

#include "app/import/immich_choices.hpp"
#include "app/import/immich_library.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::ErrorCode;
using util::fail;
using util::Result;

bool holds(const immich::Library& library, const std::string& path) {
  return std::any_of(library.import_paths.begin(), library.import_paths.end(), [&](const auto& other) {
    const auto folder = without_slash(other);
    return folder == path || path.starts_with(folder + "/");
  });
}

bool has(const immich::Library& library, const std::string& path) {
  return std::any_of(library.import_paths.begin(), library.import_paths.end(),
                     [&](const auto& other) { return without_slash(other) == path; });
}

/// nullopt where the key may not ask.
Result<std::optional<bool>> sees(ImmichAccess& access, const std::string& path, const std::string& sentinel) {
  const auto check = access.admin().validate_path(path + "/" + sentinel);
  if (check) return std::optional(check->valid);
  if (check.error().code == ErrorCode::refused) return std::optional<bool>();
  return fail(as_immich(check.error()));
}

/// For a key that may not validate: an update checks each path first, and changes nothing where one is bad.
Result<bool> takes(ImmichAccess& access, const std::string& library, std::vector<std::string> paths,
                   const std::string& probe) {
  paths.push_back(probe);
  const auto changed = access.admin().set_import_paths(library, paths);
  if (changed) return true;
  if (changed.error().code == ErrorCode::refused) return false;
  return fail(as_immich(changed.error()));
}

/// The server sees the volume at this path of the library.
Result<bool> still_at(ImmichAccess& access, const immich::Library& library, const std::string& path,
                      const std::string& sentinel, Probing probing) {
  I2I_ASSIGN(const auto seen, sees(access, path, sentinel));
  if (seen || probing == Probing::never) return seen.value_or(false);
  I2I_ASSIGN(const bool taken, takes(access, library.id, library.import_paths, path + "/" + sentinel));
  if (taken) I2I_TRY(of_immich(access.admin().set_import_paths(library.id, library.import_paths)));
  return taken;
}

/// As still_at, but true where that cannot be told.
Result<bool> may_be_at(ImmichAccess& access, const immich::Library& library, const std::string& path,
                       const std::string& sentinel, Probing probing) {
  if (probing == Probing::by_update) return still_at(access, library, path, sentinel, probing);
  I2I_ASSIGN(const auto seen, sees(access, path, sentinel));
  return seen.value_or(true);
}

}  // namespace

Result<std::optional<MovedLibrary>> find_moved(ImmichAccess& access, const std::string& from_before,
                                               const std::string& sentinel, Probing probing, std::string& note) {
  I2I_ASSIGN(auto libraries, of_immich(access.admin().libraries()));
  std::erase_if(libraries, [&](const auto& library) { return library.owner_id != access.user().id; });
  const std::string to = access.container_root();
  if (std::any_of(libraries.begin(), libraries.end(), [&](const auto& it) { return holds(it, to); })) {
    return std::optional<MovedLibrary>();
  }
  for (const auto& library : libraries) {
    for (const auto& path : library.import_paths) {
      const auto folder = without_slash(path);
      // Probing by an update touches only the library that is known to be ours.
      const auto how = folder == from_before ? probing : Probing::never;
      I2I_ASSIGN(const bool there, still_at(access, library, folder, sentinel, how));
      if (!there) continue;
      // Said by a person, and wrong: better told than passed over.
      I2I_ASSIGN(const bool right, may_be_at(access, library, to, sentinel, how));
      if (!right) return fail(not_seen(access, "it sees it at " + folder));
      access.set_container_root(folder);
      note = "Immich sees the photos dir at " + util::escape_for_terminal(folder) +
             " too, and has it in its library '" + util::escape_for_terminal(library.name) +
             "' under that path, which was used: under another, every photo " + "would be a second one.";
      return std::optional<MovedLibrary>();
    }
  }
  if (from_before.empty()) return std::optional<MovedLibrary>();
  const auto moved =
      std::find_if(libraries.begin(), libraries.end(), [&](const auto& it) { return holds(it, from_before); });
  if (moved == libraries.end()) return std::optional<MovedLibrary>();
  return std::optional(MovedLibrary{*moved, from_before});
}

Result<void> move_library(ImmichAccess& access, ledger::Ledger& ledger, MovedLibrary& moved,
                          const std::string& sentinel, Losses losses) {
  auto& library = moved.library;
  const std::string& to = access.container_root();
  if (!has(library, moved.from)) {
    return fail(ErrorCode::immich_refused,
                "the Immich library '" + library.name + "' has a folder above " + moved.from + ", where Immich does " +
                    "not see this volume any more",
                "Mount the photos dir at " + moved.from + " again, or change that library's folder in Immich under " +
                    "Administration > External Libraries, then run import again.");
  }
  I2I_ASSIGN(const auto seen, sees(access, to, sentinel));
  if (seen == false) {
    auto error = not_seen(access, "the last import saw it at " + moved.from);
    error.remedy = "Mount the photos dir at " + moved.from + " again, or say with --immich-path where it is now.";
    return fail(std::move(error));
  }
  if (losses == Losses::stop) {
    I2I_ASSIGN(const auto choices, count_choices(access, ledger, library.id, moved.from));
    if (choices.any()) {
      return fail(ErrorCode::safety_stop,
                  "Immich sees the photos dir at " + to + " now instead of " + moved.from + "; it would take every " +
                      "photo for a new one, and what was set in Immich by hand would be lost: " + to_string(choices),
                  "Mount the photos dir at " + moved.from + " in Immich again, and nothing changes: the path inside " +
                      "the container is free to choose. To go on without those, give --accept-move once.");
    }
  }
  std::vector<std::string> paths;
  paths.reserve(library.import_paths.size());
  for (const auto& path : library.import_paths) paths.push_back(without_slash(path) == moved.from ? to : path);
  if (!seen) {
    I2I_ASSIGN(const bool taken, takes(access, library.id, paths, access.container_path(sentinel)));
    if (!taken) return fail(not_seen(access, "the last import saw it at " + moved.from));
  }
  auto changed = access.admin().set_import_paths(library.id, paths);
  if (!changed) return fail(not_seen(access, changed.error().message));
  library.import_paths = std::move(paths);
  return {};
}

std::string note_of_move(const std::string& from, const std::string& to) {
  return "Immich sees the photos dir at " + util::escape_for_terminal(to) + " now instead of " +
         util::escape_for_terminal(from) + "; the library's folder was changed. To Immich these are new photos: it " +
         "reads them all again, and albums, favourites and stacks of iCloud are put on them anew. Those at the old " +
         "path go from its trash by themselves.";
}

}  // namespace i2i::app
