// Property lists inside records: any member of a shared library can write them.

#include "fuzz/fuzz.hpp"
#include "icloud/plist.hpp"

namespace {

using i2i::icloud::Plist;

std::size_t count(const Plist& plist, int depth) {
  fuzz::demand(depth <= 9, "no deeper than a record needs");
  fuzz::demand(plist.kind != Plist::Kind::dict || plist.keys.size() == plist.items.size(), "each key has its value");
  std::size_t values = 1;
  for (const auto& item : plist.items) values += count(item, depth + 1);
  for (const auto& key : plist.keys) fuzz::demand(plist.find(key) != nullptr, "what is in a dict is found");
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto plist = i2i::icloud::parse_plist({reinterpret_cast<const char*>(data), size});
  if (plist) fuzz::demand(count(*plist, 1) <= 4096, "no more values than a record needs");
  return 0;
}
