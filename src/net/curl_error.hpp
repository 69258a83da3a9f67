#pragma once
#include <curl/curl.h>

#include <cstdint>
#include <string>

#include "i2i/util/result.hpp"

namespace i2i::net {

/// The sentence for a transfer that libcurl gave up. Names the host only, never the path or the query.
util::Error error_of_transfer(CURLcode code, const std::string& host, std::uint64_t body_bytes);

}  // namespace i2i::net
