#pragma once
// Byte ranges (RFC 9110 §14): a whole answer in, the part asked for out.

#include "emulator/common/http.hpp"

namespace emulator {

/// Slices a 200 answer that says "Accept-Ranges: bytes" by the request's single byte range: 206 with Content-Range, or
/// 416 with "bytes */<length>" where the range starts past the end. Anything else (several ranges, another unit, no
/// Accept-Ranges) comes back whole, as a server may do. Source: docs/protocol/icloud.md §10.2.
Response apply_range(const Request& request, Response response);

}  // namespace emulator
