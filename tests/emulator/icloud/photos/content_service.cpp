#include "emulator/icloud/photos/content_service.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "emulator/common/codec.hpp"

namespace emulator::icloud {
namespace {

std::string http_date(std::int64_t ms) {
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(seconds));
}

Response refusal(int status) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain");
  response.headers.add("X-Responding-Instance", "contentvendorws:practice");
  response.body = fmt::format("{}\n", status);
  return response;
}

/// The last element of the path as it stood on the wire.
std::string name_in(const Request& request) {
  std::string target = request.target.substr(0, request.target.find('?'));
  return percent_encode(percent_decode(target.substr(target.rfind('/') + 1)));
}

}  // namespace

void ContentService::check_privacy(const Request& request) {
  if (request.headers.value("Cookie").find("X-APPLE") != std::string::npos) {
    log_.violation("a cookie of the sign-in reached the content host");
  }
  for (const auto* name : {"X-Apple-Session-Token", "X-Apple-TwoSV-Trust-Token", "X-Apple-ID-Session-Id", "scnt",
                           "X-Apple-Auth-Attributes", "Authorization", "x-api-key"}) {
    if (request.headers.get(name)) log_.violation(fmt::format("the header {} reached the content host", name));
  }
}

Response ContentService::handle(const Request& request) {
  check_privacy(request);
  if (request.method != "GET" && request.method != "HEAD") return refusal(405);
  const CheckedUrl checked = urls_.check(request);
  switch (checked.verdict) {
    case UrlVerdict::malformed:
      return refusal(404);
    case UrlVerdict::forged:
      return refusal(403);
    case UrlVerdict::expired:
      return refusal(410);
    case UrlVerdict::good:
      break;
  }
  const BlobPtr blob = library_.find_blob(checked.checksum);
  if (!blob) return refusal(404);
  Response response;
  response.source = [blob](std::uint64_t offset, std::size_t size) { return blob->read(offset, size); };
  response.length = blob->size();
  auto& headers = response.headers;
  const std::string name = name_in(request);
  headers.add("Content-Type", "application/octet-stream");
  headers.add("Accept-Ranges", "bytes");
  headers.add("Content-Disposition", fmt::format("attachment; filename=\"{0}\"; filename*=UTF-8''{0}", name));
  headers.add("Last-Modified", http_date(1533040629000));
  headers.add("Cache-Control", "no-transform,private,max-age=2592000");
  headers.add("X-Responding-Instance", "contentvendorws:301500304:practice:8404:26K1:nocommit");
  headers.add("Access-Control-Allow-Credentials", "false");
  headers.add("Access-Control-Allow-Origin", "https://www.icloud.com");
  headers.add("Apple-Originating-System", "UnknownOriginatingSystem");
  const auto uuid = request.query.find("r");
  headers.add("X-Apple-Request-UUID", uuid == request.query.end() ? "0" : uuid->second);
  return response;
}

}  // namespace emulator::icloud
