#pragma once
// Which contents Immich has in a form that a key can still change.

#include <string>
#include <unordered_set>

#include "app/import/immich_access.hpp"
#include "i2i/ledger/catalogue.hpp"
#include "i2i/ledger/imports.hpp"
#include "i2i/model/checksum.hpp"

namespace i2i::app {

class Carried {
 public:
  explicit Carried(ledger::Ledger& ledger) : imports_(ledger) {}

  /// What goes to the locked folder at the end of this run: neither stacked nor put into albums before.
  util::Result<void> leave_out_hidden(ledger::Ledger& ledger);
  [[nodiscard]] bool is_left_out(const model::Checksum& checksum) const { return left_out_.contains(checksum); }
  /// Immich's id; "" where it has none, or none that may be changed.
  util::Result<std::string> id_of(const model::Checksum& checksum);
  /// Of an asset's files that Immich has, the one that Photos shows: the top of its stack. Empty where it has none. For
  /// albums and favourites (docs/decisions/0020-stacks.md).
  util::Result<model::Checksum> shown_of(const ledger::AssetView& view);

 private:
  ledger::Imports imports_;
  std::unordered_set<model::Checksum> left_out_;
};

}  // namespace i2i::app
