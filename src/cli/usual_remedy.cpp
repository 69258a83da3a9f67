#include "cli/results.hpp"

namespace i2i::cli {

std::string usual_remedy(int exit_code) {
  switch (exit_code) {
    case 1:
      return "This should not happen: please report it, with what --log-level debug says.";
    case 3:
      return "Sign in again: icloud2immich auth.";
    case 6:
      return "Run again later.";
    case 7:
      return "Check that the Immich server runs and what its log says, then run again.";
    case 8:
      return "Check that --immich-url names an Immich server of a supported version, and what its log says.";
    default:
      return {};
  }
}

}  // namespace i2i::cli
