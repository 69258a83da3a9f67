// Checksums, tokens, property lists, made-up bytes and signed addresses of the practice iCloud.

#include "catch.hpp"
#include "emulator/common/codec.hpp"
#include "emulator/common/range.hpp"
#include "emulator/icloud/photos/blob.hpp"
#include "emulator/icloud/photos/content_service.hpp"
#include "emulator/icloud/photos/plist.hpp"
#include "emulator/icloud/photos/pretty_json.hpp"
#include "emulator/icloud/photos/signed_url.hpp"
#include "emulator/icloud/photos/tokens.hpp"

using namespace emulator;
using namespace emulator::icloud;

namespace {

/// The request a client makes of an address.
Request request_of(const std::string& url, const std::string& method = "GET") {
  Request request;
  request.method = method;
  const std::string after_host = url.substr(url.find('/', 8));
  request.target = after_host;
  const auto question = after_host.find('?');
  request.path = percent_decode(after_host.substr(0, question));
  std::string rest = question == std::string::npos ? "" : after_host.substr(question + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const std::string pair = rest.substr(0, end);
    const auto equals = pair.find('=');
    request.query[pair.substr(0, equals)] = percent_decode(pair.substr(equals + 1));
    rest = end == std::string::npos ? "" : rest.substr(end + 1);
  }
  return request;
}

std::string all_of(const Response& response) {
  return response.source ? response.source(0, static_cast<std::size_t>(response.length)) : response.body;
}

}  // namespace

TEST_CASE("fileChecksum follows the formula") {
  struct Row {
    const char* name;
    std::string bytes;
    const char* checksum;
  };
  const Row rows[] = {{"empty", "", "AW2cWT2PxzWixMKuuNMTHJ8CJ3sH"},
                      {"abc", "abc", "AYnnoj1r4lMYTs3JP/g7mjGaDCgO"},
                      {"hello and a line feed", "hello\n", "Abv+EeVEGAQ0o5/2szwFFOVX1ICw"},
                      {"a mebibyte of zeros", std::string(1 << 20, '\0'), "Ad/WPpsZ+1tZBpcKPaNV6hmu4Hyv"}};
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(file_checksum(row.bytes) == row.checksum);
    CHECK(blob_from_bytes(row.bytes)->checksum() == row.checksum);
  }
}

TEST_CASE("property lists equal the documented vectors") {
  CHECK(base64(location_plist({.lat = 48.8584, .lon = 2.2945, .alt = 35, .timestamp_ms = 1714979289000})) ==
        "YnBsaXN0MDDYAQIDBAUGBwgJCgsMDQoOC1NhbHRWY291cnNlV2hvcnpBY2NTbGF0U2xvblVzcGVlZFl0aW1lc3RhbXBXdmVydEFjYyNAQYAAAA"
        "AAACO/8AAAAAAAACMAAAAAAAAAACNASG3gDRtxdiNAAlsi0OVgQjNBxfRcrIAAAAgZHSQsMDQ6RExVXmdweQAAAAAAAAEBAAAAAAAAAA8AAAAA"
        "AAAAAAAAAAAAAACC");
  CHECK(base64(keywords_plist({"Paris", "Été"})) ==
        "YnBsaXN0MDCiAQJVUGFyaXNjAMkAdADpCAsRAAAAAAAAAQEAAAAAAAAAAwAAAAAAAAAAAAAAAAAAABg=");
}

TEST_CASE("change tags are the counter in base 36") {
  CHECK(change_tag(83035) == "1s2j");
  CHECK(change_tag(0) == "0");
}

TEST_CASE("sync tokens have the recorded shape and tell faults apart") {
  const std::string mine = token_owner("PrimarySync");
  const std::string token = sync_token(83035, mine);
  CHECK(unbase64(token)->size() == 33);
  CHECK(read_sync_token(token, mine).counter == 83035);
  CHECK(read_sync_token(token, token_owner("other")).fault == TokenFault::foreign);
  CHECK(read_sync_token("!!", mine).fault == TokenFault::garbage);
  CHECK(read_sync_token("Z2FyYmFnZQ==", mine).fault == TokenFault::garbage);
  CHECK(read_sync_token(token.substr(0, 20), mine).fault == TokenFault::truncated);
  // A token out of the recordings decodes as one of some zone.
  CHECK(read_sync_token("AQAAAAAAAwmVf//////////Kd+LphRdKGbpJMSeRX5Td", mine).fault == TokenFault::foreign);
}

TEST_CASE("a marker says where to go on") {
  const auto marker = read_marker(continuation_marker({.rank = 100, .last_item = "F2A23C38"}));
  REQUIRE(marker);
  CHECK(marker->rank == 100);
  CHECK(marker->last_item == "F2A23C38");
  CHECK_FALSE(read_marker("bm8="));
}

TEST_CASE("made-up bytes depend on key and place only") {
  const auto blob = blob_generated(42, 100000);
  const std::string whole = blob->read(0, 100000);
  CHECK(whole.size() == 100000);
  for (const std::size_t offset :
       {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{99990}}) {
    CHECK(blob->read(offset, 1000) == whole.substr(offset, 1000));
  }
  CHECK(blob->read(100000, 10).empty());
  CHECK(blob_generated(42, 100000)->checksum() == file_checksum(whole));
  CHECK(blob_generated(43, 100000)->checksum() != blob->checksum());
  CHECK(whole.starts_with("\xff\xd8"));
  CHECK(whole.ends_with("\xff\xd9"));
}

TEST_CASE("addresses live an hour, are new each time and cannot be forged") {
  std::int64_t now = 1790000000000;
  const SignedUrls urls("https://content.example:1", "secret", [&now] { return now; });
  const auto blob = blob_from_bytes("abc");
  auto batch = urls.batch("0", "PrimarySync");
  const std::string url = batch.url(*blob);
  CHECK(url.find("/B/AYnnoj1r4lMYTs3JP_g7mjGaDCgO") != std::string::npos);
  CHECK(url.find("/${f}?o=") != std::string::npos);
  CHECK(url.find("&e=1790003600&") != std::string::npos);
  CHECK(batch.url(*blob) != url);
  CHECK(urls.check(request_of(url)).verdict == UrlVerdict::good);
  CHECK(urls.check(request_of(url)).checksum == "AYnnoj1r4lMYTs3JP/g7mjGaDCgO");
  Request forged = request_of(url);
  forged.query["e"] = "1790009999";
  CHECK(urls.check(forged).verdict == UrlVerdict::forged);
  CHECK(urls.check(request_of("https://content.example/B/short/x")).verdict == UrlVerdict::malformed);
  now += 3599 * 1000;
  CHECK(urls.check(request_of(url)).verdict == UrlVerdict::good);
  now += 1000;
  CHECK(urls.check(request_of(url)).verdict == UrlVerdict::expired);
}

TEST_CASE("the content host answers as recorded") {
  std::int64_t now = 1790000000000;
  Library library([&now] { return now; });
  const SignedUrls urls("https://content.example", "secret", [&now] { return now; });
  RequestLog log;
  ContentService service(library, urls, log);
  const auto blob = blob_from_bytes("0123456789");
  auto batch = urls.batch("0", "PrimarySync");
  const std::string url = batch.url(*blob);

  CHECK(service.handle(request_of(url)).status == 404);
  library.publish(blob);
  const Response whole = service.handle(request_of(url));
  CHECK(whole.status == 200);
  CHECK(all_of(whole) == "0123456789");
  CHECK(whole.headers.value("Content-Disposition") ==
        "attachment; filename=\"%24%7Bf%7D\"; filename*=UTF-8''%24%7Bf%7D");
  CHECK(whole.headers.value("Accept-Ranges") == "bytes");

  struct Row {
    const char* range;
    int status;
    const char* content_range;
    const char* body;
  };
  const Row rows[] = {{"bytes=0-", 206, "bytes 0-9/10", "0123456789"},
                      {"bytes=4-6", 206, "bytes 4-6/10", "456"},
                      {"bytes=-3", 206, "bytes 7-9/10", "789"},
                      {"bytes=9-99", 206, "bytes 9-9/10", "9"},
                      {"bytes=10-", 416, "bytes */10", ""},
                      {"bytes=1-2,4-5", 200, "", "0123456789"}};
  for (const auto& row : rows) {
    INFO(row.range);
    Request request = request_of(url);
    request.headers.add("Range", row.range);
    const Response part = apply_range(request, service.handle(request));
    CHECK(part.status == row.status);
    CHECK(part.headers.value("Content-Range") == row.content_range);
    CHECK(all_of(part) == row.body);
  }

  CHECK(log.violations().empty());
  Request leaky = request_of(url);
  leaky.headers.add("Cookie", "X-APPLE-WEBAUTH-TOKEN=\"v=2:t=x\"");
  service.handle(leaky);
  CHECK(log.violations().size() == 1);
  now += 3601 * 1000;
  CHECK(service.handle(request_of(url)).status == 410);
}

TEST_CASE("JSON is printed as Apple prints it") {
  CHECK(pretty({{"records", {{{"a", 1}}, {{"b", "x\n"}}}}, {"empty", nlohmann::ordered_json::object()}}) ==
        "{\n  \"records\" : [ {\n    \"a\" : 1\n  }, {\n    \"b\" : \"x\\n\"\n  } ],\n  \"empty\" : { }\n}");
}
