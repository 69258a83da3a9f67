#include "i2i/icloud/session.hpp"

#include <charconv>
#include <string_view>

#include "i2i/util/text.hpp"

namespace i2i::icloud {

Endpoints apple_endpoints(Region region) {
  // Mainland China: docs/protocol/icloud.md §1.1.
  const std::string end = region == Region::china ? ".cn" : "";
  return {"https://idmsa.apple.com" + end + "/appleauth/auth", "https://setup.icloud.com" + end + "/setup/ws/1",
          "https://www.icloud.com" + end, false};
}

const char* home_of(Region region) { return region == Region::china ? "icloud.com.cn (mainland China)" : "icloud.com"; }

std::optional<util::UnixMillis> cookies_expire_at(const SessionData& session) {
  constexpr std::string_view kTrust = "X-APPLE-WEBAUTH-HSA-TRUST";
  std::optional<util::UnixMillis> earliest;
  for (const std::string& line : session.cookies) {
    const auto fields = util::split(line, '\t');
    if (fields.size() != 7) continue;
    const std::string& name = fields[5];
    if (name != "X-APPLE-WEBAUTH-USER" && name.compare(0, kTrust.size(), kTrust) != 0) continue;
    std::int64_t seconds = 0;
    const std::string& text = fields[4];
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr std::int64_t kLatest = 253'402'300'799;  // year 9999
    if (problem != std::errc{} || seconds <= 0 || seconds > kLatest) continue;
    if (!earliest || seconds * 1000 < *earliest) earliest = seconds * 1000;
  }
  return earliest;
}

}  // namespace i2i::icloud
