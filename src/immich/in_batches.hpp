#pragma once
#include <algorithm>
#include <span>
#include <string>

#include "i2i/util/result.hpp"

namespace i2i::immich {

/// Calls work for each piece of at most size items.
template <class Work>
util::Result<void> in_batches(std::span<const std::string> items, std::size_t size, Work&& work) {
  for (std::size_t begin = 0; begin < items.size(); begin += size) {
    I2I_TRY(work(items.subspan(begin, std::min(size, items.size() - begin))));
  }
  return {};
}

}  // namespace i2i::immich
