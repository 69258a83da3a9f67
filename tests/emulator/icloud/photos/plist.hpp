#pragma once
// The binary property lists that locationEnc and keywordsEnc hold: docs/protocol/icloud.md §9.3, Appendix A.4.

#include <cstdint>
#include <string>
#include <vector>

namespace emulator::icloud {

struct Place {
  double lat = 0;
  double lon = 0;
  double alt = 0;
  double speed = -1;  // -1: unknown
  double course = -1;
  double horz_acc = 0;
  double vert_acc = 0;
  std::int64_t timestamp_ms = 0;  // since 1970 UTC
};

/// Raw bytes of a binary plist: a dict with the recorded keys in the order of their names.
std::string location_plist(const Place& place);
/// Raw bytes of a binary plist: an array of texts (UTF-8 in; ASCII or UTF-16 inside).
std::string keywords_plist(const std::vector<std::string>& keywords);

}  // namespace emulator::icloud
