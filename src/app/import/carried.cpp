#include "app/import/carried.hpp"

#include "app/import/stack_wishes.hpp"

namespace i2i::app {

using util::Result;

Result<void> Carried::leave_out_hidden(ledger::Ledger& ledger) {
  I2I_ASSIGN(auto hidden, ledger::Catalogue(ledger).hidden_contents());
  left_out_.insert(std::make_move_iterator(hidden.begin()), std::make_move_iterator(hidden.end()));
  return {};
}

Result<std::string> Carried::id_of(const model::Checksum& checksum) {
  if (left_out_.contains(checksum)) return std::string();
  I2I_ASSIGN(const auto asset, imports_.asset(checksum));
  return asset && !asset->locked ? asset->asset_id : std::string();
}

Result<model::Checksum> Carried::shown_of(const ledger::AssetView& view) {
  for (const auto& checksum : stackable_contents(view)) {
    I2I_ASSIGN(const auto asset, imports_.asset(checksum));
    if (asset) return checksum;
  }
  return model::Checksum();
}

}  // namespace i2i::app
