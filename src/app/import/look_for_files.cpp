#include "app/import/look_for_files.hpp"

#include "app/import/exclusions.hpp"
#include "app/import/presence.hpp"
#include "app/import/trashed_ones.hpp"
#include "i2i/ledger/imports.hpp"

namespace i2i::app {

using util::Result;

Result<void> LookForFiles::look(const immich::Library* library, After after) {
  report_.assets = {};
  report_.missing.clear();
  report_.missing_reasons.clear();
  kept_out_ = {};
  if (library == nullptr) return ask(nullptr, std::nullopt);
  // Before anything is asked, so that no change falls between two looks.
  const auto since = access_.owner().server_time();
  I2I_ASSIGN(const auto rests_on, base(*library, after));
  I2I_TRY(ask(library, rests_on));
  return since ? note(*library, *since) : forget_look(ledger_);
}

Result<std::optional<LastLook>> LookForFiles::base(const immich::Library& library, After after) {
  I2I_ASSIGN(auto look, last_look(ledger_));
  if (!look || look->library != library.id || look->root != access_.container_root()) return std::optional<LastLook>();
  I2I_ASSIGN(const bool holds,
             still_holds(access_, ledger_, *look, after == After::scan ? Counting::leave : Counting::compare));
  if (!holds) look.reset();
  return look;
}

Result<void> LookForFiles::ask(const immich::Library* library, const std::optional<LastLook>& base) {
  ledger::Imports imports(ledger_);
  std::vector<ledger::ImportedAsset> found;
  const auto store = [&]() -> Result<void> {
    I2I_TRY(imports.put_assets(found));
    found.clear();
    return {};
  };
  const auto is_known = [&](const ledger::Placement& placement) -> Result<bool> {
    if (!base) return false;
    I2I_ASSIGN(const auto row, imports.asset(placement.checksum));
    return row.has_value();
  };
  TrashedOnes trashed;
  const auto& patterns = library == nullptr ? std::vector<std::string>{} : library->exclusion_patterns;
  const auto see = [&](const PresentFile& file) -> Result<void> {
    if (file.presence.asset_id.empty()) {
      count_missing(library, file.placement.path);
      return {};
    }
    if (!file.presence.trashed) {
      ++report_.assets.present;
    } else {
      const auto pattern = taking_offline(patterns, access_.container_path(file.placement.path));
      if (pattern) kept_out_.pattern = *pattern;
      trashed.add(file.presence.asset_id, pattern ? 1 : 0);
    }
    I2I_ASSIGN(auto row, imports.asset(file.placement.checksum));
    if (row && row->asset_id == file.presence.asset_id) return {};
    found.push_back({file.placement.checksum, file.presence.asset_id, std::nullopt, std::nullopt, false});
    return found.size() < 1'000 ? Result<void>{} : store();
  };
  I2I_ASSIGN(const auto totals, for_each_presence(access_, ledger_, see, is_known));
  I2I_TRY(store());
  I2I_TRY(trashed.tell(access_, library == nullptr ? "" : library->id,
                       [&](std::size_t excluded, bool offline) -> Result<void> {
                         ++(offline ? report_.assets.offline : report_.assets.trashed);
                         if (offline) kept_out_.offline += static_cast<std::int64_t>(excluded);
                         return {};
                       }));
  const std::int64_t lying_in_trash = base ? base->trashed : 0;
  report_.assets.present += totals.known - lying_in_trash;
  report_.assets.trashed += lying_in_trash;
  report_.assets.expected = totals.expected;
  report_.assets.not_importable = totals.not_importable;
  report_.not_importable_kinds = totals.not_importable_kinds;
  return {};
}

void LookForFiles::count_missing(const immich::Library* library, const std::string& path) {
  ++report_.assets.missing;
  report_.missing.push_back(path);
  std::optional<std::string> pattern;
  if (library != nullptr) pattern = passing_over(library->exclusion_patterns, access_.container_path(path));
  ++report_.missing_reasons[pattern ? "excluded by " + *pattern : "not found"];
  if (pattern) ++kept_out_.missing;
}

Result<void> LookForFiles::note(const immich::Library& library, util::UnixMillis since) {
  if (report_.assets.missing + report_.assets.offline > 0) return forget_look(ledger_);
  LastLook look;
  look.library = library.id;
  look.root = access_.container_root();
  look.since = since;
  look.trashed = report_.assets.trashed;
  // Not every key may ask; then what was deleted for good is found by verify.
  if (const auto now = access_.admin().statistics(library.id)) look.total = now->total;
  return note_look(ledger_, look);
}

}  // namespace i2i::app
