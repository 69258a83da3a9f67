#include "app/import/lock_hidden.hpp"

#include <fmt/core.h>

#include <unordered_map>
#include <unordered_set>

#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/imports.hpp"
#include "i2i/util/log.hpp"

namespace i2i::app {
namespace {

using model::Checksum;
using model::RenditionKind;
using util::ErrorCode;
using util::fail;
using util::Result;

/// The films of hidden live photos, by the still: they would stay reachable.
Result<std::unordered_map<Checksum, Checksum>> films_of(ledger::Catalogue& catalogue,
                                                        const std::unordered_set<Checksum>& hidden) {
  std::unordered_map<Checksum, Checksum> films;
  I2I_TRY(catalogue.for_each_asset([&](const ledger::AssetView& view) -> Result<void> {
    if (!view.asset.hidden || view.asset.deleted || view.master.is_video) return {};
    const auto content = [&](RenditionKind kind) {
      for (const auto& rendition : view.renditions) {
        if (rendition.kind == kind) return rendition.checksum;
      }
      return Checksum();
    };
    for (const auto& [still, film] :
         {std::pair(content(RenditionKind::original), content(RenditionKind::live_video)),
          std::pair(content(RenditionKind::edited), content(RenditionKind::edited_video))}) {
      if (!film.empty() && hidden.contains(still)) films[still] = film;
    }
    return {};
  }));
  return films;
}

}  // namespace

Result<void> lock_hidden(ImmichAccess& access, ledger::Ledger& ledger, const std::stop_token& stop,
                         ImportReport& report) {
  ledger::Catalogue catalogue(ledger);
  ledger::Imports imports(ledger);
  I2I_ASSIGN(const auto contents, catalogue.hidden_contents());
  std::vector<Checksum> waiting;
  for (const auto& checksum : contents) {
    I2I_ASSIGN(const auto asset, imports.asset(checksum));
    if (asset && !asset->locked) waiting.push_back(checksum);
  }
  if (waiting.empty()) return {};
  I2I_ASSIGN(auto films, films_of(catalogue, {waiting.begin(), waiting.end()}));
  std::int64_t locked = 0;
  // Single calls leave the asset in albums, which carry_over took it out of; bulk ones would read every file anew, and
  // that takes a film out of the locked folder (§11.2, §13).
  const auto lock = [&](const Checksum& checksum) -> Result<void> {
    I2I_ASSIGN(auto asset, imports.asset(checksum));
    if (!asset || asset->locked) return {};
    if (auto sent = access.owner().set_visibility(asset->asset_id, "locked");
        !sent && sent.error().code != ErrorCode::not_found) {  // that: a person locked it
      return fail(as_immich(std::move(sent).error()));
    }
    asset->locked = true;
    asset->hidden_sent = true;
    ++locked;
    return imports.put_assets({*asset});
  };
  for (const auto& checksum : waiting) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped while locking hidden photos");
    // The film first: without its still nothing says any more that it is to be locked.
    if (const auto film = films.find(checksum); film != films.end()) I2I_TRY(lock(film->second));
    I2I_TRY(lock(checksum));
  }
  report.notes.push_back(
      fmt::format("{} files of hidden photos are in Immich's locked folder now; that cannot be seen "
                  "or undone with an API key afterwards.",
                  locked));
  return {};
}

}  // namespace i2i::app
