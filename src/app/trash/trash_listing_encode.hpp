#pragma once
#include <string>

#include "i2i/ledger/trash.hpp"

namespace i2i::app {

/// One line of .icloud2immich/trash.jsonl, line break included.
std::string encode_listing_line(const ledger::TrashedFile& file);

}  // namespace i2i::app
