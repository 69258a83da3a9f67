#include "emulator/common/range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace emulator {
namespace {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // inclusive
  bool satisfiable = true;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<ByteRange> parse(std::string_view header, std::uint64_t length) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit) || header.find(',') != std::string_view::npos) return std::nullopt;
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto from = number(header.substr(0, dash));
  const auto to = number(header.substr(dash + 1));
  if (!from) {
    if (!to) return std::nullopt;
    if (*to == 0 || length == 0) return ByteRange{.satisfiable = false};
    return ByteRange{.first = length - std::min(*to, length), .last = length - 1};
  }
  if (*from >= length) return ByteRange{.satisfiable = false};
  const std::uint64_t last = to ? std::min(*to, length - 1) : length - 1;
  if (last < *from) return std::nullopt;
  return ByteRange{.first = *from, .last = last};
}

}  // namespace

Response apply_range(const Request& request, Response response) {
  if (response.status != 200 || response.headers.value("Accept-Ranges") != "bytes") return response;
  const auto header = request.headers.get("Range");
  if (!header) return response;
  const std::uint64_t length = response.size();
  const auto range = parse(*header, length);
  if (!range) return response;
  if (!range->satisfiable) {
    Response refused;
    refused.status = 416;
    refused.headers.add("Content-Range", fmt::format("bytes */{}", length));
    refused.headers.add("Accept-Ranges", "bytes");
    refused.wire = response.wire;
    return refused;
  }
  const std::uint64_t count = range->last - range->first + 1;
  response.status = 206;
  response.headers.set("Content-Range", fmt::format("bytes {}-{}/{}", range->first, range->last, length));
  if (response.source) {
    response.source = [whole = std::move(response.source), first = range->first](
                          std::uint64_t offset, std::size_t size) { return whole(first + offset, size); };
    response.length = count;
  } else {
    response.body = response.body.substr(range->first, count);
  }
  return response;
}

}  // namespace emulator
