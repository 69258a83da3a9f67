#include "app/import/last_look.hpp"

#include <fmt/core.h>

#include <charconv>

#include "i2i/ledger/imports.hpp"
#include "i2i/ledger/placements.hpp"
#include "i2i/util/text.hpp"

namespace i2i::app {
namespace {

using util::Result;

constexpr const char* kFact = "immich_look";

template <class Number>
bool read(const std::string& text, Number& number) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc{} && end == text.data() + text.size();
}

/// Our file at that path of the server's, where it is one that Immich is to have.
Result<std::optional<ledger::Placement>> ours(const LastLook& look, ledger::Placements& placements,
                                              const immich::AssetInfo& asset) {
  const std::string root = look.root + "/";
  if (!asset.path.starts_with(root)) return std::optional<ledger::Placement>();
  I2I_ASSIGN(auto placement, placements.exactly_at(asset.path.substr(root.size())));
  if (placement && placement->state != ledger::PlacementState::placed) placement.reset();
  return placement;
}

}  // namespace

Result<std::optional<LastLook>> last_look(ledger::Ledger& ledger) {
  I2I_ASSIGN(const auto text, ledger.fact(kFact));
  const auto parts = util::split(text.value_or(""), '\n');
  LastLook look;
  if (parts.size() != 5 || !read(parts[0], look.since) || !read(parts[1], look.trashed)) {
    return std::optional<LastLook>();
  }
  if (std::int64_t total = 0; read(parts[2], total)) look.total = total;
  look.library = parts[3];
  look.root = parts[4];
  return std::optional(std::move(look));
}

Result<void> note_look(ledger::Ledger& ledger, const LastLook& look) {
  const auto total = look.total ? std::to_string(*look.total) : "";
  return ledger.set_fact(kFact,
                         fmt::format("{}\n{}\n{}\n{}\n{}", look.since, look.trashed, total, look.library, look.root));
}

Result<void> forget_look(ledger::Ledger& ledger) {
  I2I_ASSIGN(const auto known, ledger.fact(kFact));
  return known.value_or("").empty() ? Result<void>{} : ledger.set_fact(kFact, "");
}

Result<bool> still_holds(ImmichAccess& access, ledger::Ledger& ledger, const LastLook& look, Counting counting) {
  ledger::Placements placements(ledger);
  ledger::Imports imports(ledger);
  I2I_ASSIGN(const auto changed, of_immich(access.owner().changed_if_few(look.library, look.since)));
  if (!changed) return false;
  for (const auto& asset : *changed) {
    I2I_ASSIGN(const auto placement, ours(look, placements, asset));
    if (!placement) continue;
    I2I_ASSIGN(const auto known, imports.asset(placement->checksum));
    // Where something lay in the trash, any change may have brought it back.
    if (asset.trashed || asset.offline || look.trashed > 0 || (known && known->asset_id != asset.id)) return false;
  }
  I2I_ASSIGN(const auto offline, of_immich(access.owner().offline_if_few(look.library)));
  if (!offline) return false;
  for (const auto& asset : *offline) {
    I2I_ASSIGN(const auto placement, ours(look, placements, asset));
    if (placement) return false;
  }
  if (counting == Counting::leave || !look.total) return true;
  // What Immich deleted for good is in no list.
  const auto now = access.admin().statistics(look.library);
  return now && now->total == *look.total;
}

}  // namespace i2i::app
