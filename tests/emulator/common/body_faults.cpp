#include "emulator/common/body_faults.hpp"

#include <algorithm>
#include <array>

namespace emulator {
namespace {

constexpr std::array<std::string_view, 8> kKinds = {"flip_bit",  "truncate",   "reset",        "short_body",
                                                    "html_body", "wrong_size", "ignore_range", "without_length"};

/// The body as a source, whichever way it was held.
BodySource source_of(const Response& response) {
  if (response.source) return response.source;
  return [body = response.body](std::uint64_t offset, std::size_t size) {
    return offset < body.size() ? body.substr(offset, size) : std::string{};
  };
}

void flip_bit(Response& response, std::uint64_t at) {
  const std::uint64_t length = response.size();
  response.source = [whole = source_of(response), at](std::uint64_t offset, std::size_t size) {
    std::string piece = whole(offset, size);
    if (at >= offset && at - offset < piece.size()) piece[at - offset] = static_cast<char>(piece[at - offset] ^ 0x10);
    return piece;
  };
  response.length = length;
  response.body.clear();
}

void give(Response& response, std::string body) {
  response.source = nullptr;
  response.length = 0;
  response.body = std::move(body);
}

void resize(Response& response, std::int64_t difference) {
  const std::uint64_t length = response.size();
  const std::int64_t wanted = std::max<std::int64_t>(0, static_cast<std::int64_t>(length) + difference);
  response.source = [whole = source_of(response), length](std::uint64_t offset, std::size_t size) {
    std::string piece;
    if (offset < length)
      piece = whole(offset, static_cast<std::size_t>(std::min<std::uint64_t>(size, length - offset)));
    piece.resize(size, '\0');
    return piece;
  };
  response.length = static_cast<std::uint64_t>(wanted);
  response.body.clear();
}

}  // namespace

std::span<const std::string_view> body_fault_kinds() { return kKinds; }

bool is_body_fault(const std::string& kind) { return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end(); }

Response spoil_body(const FaultAction& action, Response response) {
  const bool on_the_way = action.kind == "truncate" || action.kind == "reset" || action.kind == "html_body";
  if (response.status != 200 && !on_the_way) return response;
  const std::uint64_t middle = action.at.value_or(response.size() / 2);
  if (action.kind == "flip_bit") {
    flip_bit(response, middle);
  } else if (action.kind == "truncate") {
    response.wire.end_after = middle;
  } else if (action.kind == "reset") {
    response.wire.end_after = middle;
    response.wire.reset = true;
  } else if (action.kind == "short_body") {
    const auto size = static_cast<std::size_t>(action.n > 0 ? action.n : 17);
    give(response, source_of(response)(0, static_cast<std::size_t>(std::min<std::uint64_t>(size, response.size()))));
    response.body.resize(size, ' ');
    response.headers.set("Accept-Ranges", "none");
  } else if (action.kind == "html_body") {
    response.status = 200;
    give(response, action.body.empty() ? "<html><body><h1>Something went wrong</h1></body></html>\n" : action.body);
    response.headers.set("Content-Type", "text/html");
    response.headers.set("Accept-Ranges", "none");
  } else if (action.kind == "wrong_size") {
    resize(response, action.n == 0 ? 1 : action.n);
  } else if (action.kind == "ignore_range") {
    response.headers.set("Accept-Ranges", "none");
  } else if (action.kind == "without_length") {
    response.wire.without_length = true;
  }
  return response;
}

Response swap_body(Response response, const Response& other) {
  if (response.status != 200) return response;
  const std::uint64_t length = response.size();
  const std::uint64_t available = other.size();
  response.source = [own = source_of(response), foreign = source_of(other), available](std::uint64_t offset,
                                                                                       std::size_t size) {
    if (available == 0) {
      std::string piece = own(offset, size);
      for (char& c : piece) c = static_cast<char>(~c);
      return piece;
    }
    std::string piece;
    while (piece.size() < size) {
      const std::uint64_t at = (offset + piece.size()) % available;
      const auto left = static_cast<std::size_t>(std::min<std::uint64_t>(size - piece.size(), available - at));
      const std::string part = foreign(at, left);
      if (part.empty()) break;
      piece += part;
    }
    return piece;
  };
  response.length = length;
  response.body.clear();
  return response;
}

}  // namespace emulator
