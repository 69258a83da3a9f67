#include "app/import/immich_root.hpp"

#include <fmt/core.h>

#include <filesystem>

#include "app/import/immich_library.hpp"
#include "i2i/ledger/imports.hpp"
#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr const char* kRootFact = "immich_root";
constexpr const char* kUserFact = "immich_user";

Result<std::vector<std::string>> candidates(ImmichAccess& access, const std::string& photos_dir) {
  const auto own = std::filesystem::absolute(photos_dir).lexically_normal();
  const auto folder = own.filename().string();
  I2I_ASSIGN(const auto libraries, of_immich(access.admin().libraries()));
  std::vector<std::string> found{without_slash(own.string())};
  for (const auto& library : libraries) {
    if (library.owner_id != access.user().id) continue;
    for (const auto& path : library.import_paths) {
      found.push_back(without_slash(path));
      if (!folder.empty()) found.push_back(found.back() + "/" + folder);
    }
  }
  return found;
}

}  // namespace

Result<ImmichOptions> with_known_root(ImmichOptions options, ledger::Ledger& ledger) {
  if (!options.path.empty()) return options;
  I2I_ASSIGN(const auto known, ledger.fact(kRootFact));
  options.path = known.value_or("");
  return options;
}

Result<void> find_root(ImmichAccess& access, const std::string& photos_dir, const std::string& sentinel) {
  auto check = access.admin().validate_path(access.container_path(sentinel));
  if (!check && check.error().code == util::ErrorCode::refused) return {};
  if (!check) return util::fail(as_immich(std::move(check).error()));
  if (check->valid) return {};
  I2I_ASSIGN(const auto others, candidates(access, photos_dir));
  for (const auto& other : others) {
    I2I_ASSIGN(const auto there, of_immich(access.admin().validate_path(fmt::format("{}/{}", other, sentinel))));
    if (!there.valid) continue;
    util::log_info("Immich sees the photos dir at {}.", util::escape_for_terminal(other));
    access.set_container_root(other);
    return {};
  }
  return util::fail(not_seen(access, check->message));
}

Result<std::string> known_root(const ImmichAccess& access, ledger::Ledger& ledger) {
  I2I_ASSIGN(const auto user, ledger.fact(kUserFact));
  if (user != access.user().id) return std::string();
  I2I_ASSIGN(const auto known, ledger.fact(kRootFact));
  return known.value_or("");
}

Result<void> know_whose_immich(const ImmichAccess& access, ledger::Ledger& ledger) {
  I2I_ASSIGN(const auto known, ledger.fact(kUserFact));
  if (known == access.user().id) return {};
  if (known) I2I_TRY(ledger::Imports(ledger).forget_all());
  return ledger.set_fact(kUserFact, access.user().id);
}

Result<void> remember_root(const ImmichAccess& access, ledger::Ledger& ledger) {
  I2I_ASSIGN(const auto known, ledger.fact(kRootFact));
  if (known == access.container_root()) return {};
  return ledger.set_fact(kRootFact, access.container_root());
}

}  // namespace i2i::app
