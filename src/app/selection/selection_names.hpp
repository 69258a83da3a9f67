#pragma once
// Names in a selection that mean nothing in this account: a typing error must not look like an empty album.

#include <string>
#include <vector>

#include "i2i/ledger/ledger.hpp"
#include "i2i/model/selection.hpp"

namespace i2i::app {

/// Adds a sentence for each album and library of the selection that the catalogue does not have.
util::Result<void> note_unknown_names(ledger::Ledger& ledger, const model::Selection& selection,
                                      std::vector<std::string>& notes);

}  // namespace i2i::app
