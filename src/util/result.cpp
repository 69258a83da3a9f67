#include "i2i/util/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace i2i::util {

void assertion_failed(const char* what, const char* file, int line) noexcept {
  // No log here: the log itself may be what is broken.
  static_cast<void>(
      std::fprintf(stderr, "icloud2immich: defect: %s does not hold (%s:%d). Please report this.\n", what, file, line));
  std::abort();
}

}  // namespace i2i::util
