// Addresses that an answer names: the family of hosts it sends to, and whose host an address is.

#include "fuzz/fuzz.hpp"
#include "i2i/net/url.hpp"
#include "icloud/region.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace i2i;
  fuzz::Input input(data, size);
  net::Response response;
  constexpr int kStatus[] = {200, 301, 302, 307, 308, 421};
  response.status = kStatus[input.choice(6)];
  const std::string location = input.line();
  response.headers.add("Location", location);
  response.headers.add("Retry-After", input.line());
  response.body = input.rest();

  (void)icloud::sends_elsewhere(response);
  (void)icloud::region_named(response);
  (void)net::parse_retry_after(response.headers.get("Retry-After").value_or(""), 1'700'000'000'000);
  const auto parts = net::split_url(location);
  if (parts) {
    fuzz::demand(parts->host.find_first_of("/@?#\\ ") == std::string::npos, "a host is only a host");
    for (const char* const domain : {"icloud.com", "icloud.com.cn", "apple.com"}) {
      const std::string dotted = std::string(".") + domain;
      fuzz::demand(
          net::is_below_domain(parts->host, domain) == (parts->host == domain || parts->host.ends_with(dotted)),
          "below a domain is what ends in it after a dot");
    }
    (void)net::is_loopback_host(parts->host);
  }
  return 0;
}
