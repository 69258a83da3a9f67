#include "i2i/net/http.hpp"

#include <curl/curl.h>

#include <charconv>
#include <future>

#include "i2i/util/text.hpp"

namespace i2i::net {

std::optional<std::string> Headers::get(std::string_view name) const {
  const std::string wanted = util::ascii_lower(name);
  for (const Header& field : fields_) {
    if (field.name.size() == wanted.size() && util::ascii_lower(field.name) == wanted) return field.value;
  }
  return std::nullopt;
}

std::optional<util::UnixMillis> parse_http_date(const std::string& value) {
  const std::time_t when = curl_getdate(value.c_str(), nullptr);
  if (when < 0) return std::nullopt;
  return static_cast<util::UnixMillis>(when) * 1000;
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, util::UnixMillis now) {
  const std::string text(util::trim(value));
  if (text.empty()) return std::nullopt;
  if (text.find_first_not_of("0123456789") == std::string::npos) {
    constexpr std::int64_t kLongest = 366LL * 86'400;
    std::int64_t seconds = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (problem != std::errc{} || seconds > kLongest) seconds = kLongest;
    return std::chrono::seconds(seconds);
  }
  const auto when = parse_http_date(text);
  if (!when) return std::nullopt;
  const std::int64_t distance_ms = *when - now;
  // Rounded up: coming back a moment too early only earns another refusal.
  return std::chrono::seconds(distance_ms <= 0 ? 0 : (distance_ms + 999) / 1000);
}

util::Result<Response> HttpClient::perform(Request request) {
  auto answer = std::make_shared<std::promise<util::Result<Response>>>();
  auto future = answer->get_future();
  submit(std::move(request), [answer](util::Result<Response> result) { answer->set_value(std::move(result)); });
  return future.get();
}

}  // namespace i2i::net
