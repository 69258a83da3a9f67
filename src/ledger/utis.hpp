#pragma once
#include <cstdint>
#include <string>

#include "ledger/connection.hpp"

namespace i2i::ledger {

/// The number of a file type ("public.heic"), given to it where it has none; 0 for "".
std::int64_t uti_number(Connection& connection, const std::string& uti);

/// In a SELECT: the text of a number in `column`.
#define I2I_UTI_TEXT(column) "coalesce((SELECT u.uti FROM utis u WHERE u.id = " column "), '')"

}  // namespace i2i::ledger
