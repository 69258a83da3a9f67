#pragma once
#include <cstdint>
#include <string>

namespace i2i::ledger {

/// What paths are found by: 48 bits of a hash (FNV-1a) of the path as a case-insensitive disk compares it
/// (util::case_fold). SQLite keeps 48 bits in six bytes. Different paths may share one: compare the paths.
std::int64_t path_key(const std::string& folded_path);

}  // namespace i2i::ledger
