// Cookie lines as the session file keeps them: into libcurl's jar, out of it, and in again.

#include <algorithm>

#include "fuzz/fuzz.hpp"
#include "i2i/icloud/session.hpp"
#include "i2i/net/curl_client.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace i2i;
  static const auto client = net::CurlClient::create({}).value();
  fuzz::Input input(data, size);
  icloud::SessionData session;
  while (!input.at_end()) session.cookies.push_back(input.line());
  (void)icloud::cookies_expire_at(session);

  const auto jar_of = [](const std::vector<std::string>& lines) {
    client->clear_cookies();
    client->set_cookies(lines);
    auto jar = client->cookies();
    std::sort(jar.begin(), jar.end());
    return jar;
  };
  auto jar = jar_of(session.cookies);
  fuzz::demand(jar.size() <= session.cookies.size(), "no line makes two cookies");
  for (const auto& line : jar) fuzz::demand(line.find_first_of("\r\n") == std::string::npos, "a cookie is one line");
  // libcurl puts strange lines right bit by bit: a dot less in front of the domain, a cookie that was over when it
  // came.
  for (int i = 0; i < 16; ++i) jar = jar_of(jar);
  fuzz::demand(jar_of(jar) == jar, "what the jar gave, it takes back unchanged");
  session.cookies = jar;
  (void)icloud::cookies_expire_at(session);
  return 0;
}
