#include "ledger/path_key.hpp"

namespace i2i::ledger {

std::int64_t path_key(const std::string& folded_path) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : folded_path) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  constexpr unsigned kDropped = 16;
  return static_cast<std::int64_t>(hash) >> kDropped;
}

}  // namespace i2i::ledger
