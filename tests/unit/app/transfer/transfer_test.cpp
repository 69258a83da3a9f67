#include "app/transfer/transfer.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "unit/app/app_fixture.hpp"

using app_test::checksum_of;
using app_test::kPrimary;
using app_test::kShared;
using app_test::must;
using i2i::app::Transfer;
using i2i::app::WorkItem;
using i2i::icloud::CloudKit;
using i2i::util::ErrorCode;

namespace {

constexpr int kBatch = 100;  // records in one lookup

std::string bytes_of(const std::string& name) { return "the bytes of " + name; }

/// Knows an address for every record that is looked up; nothing can be fetched from there.
class OnlyLookups : public i2i::net::HttpClient {
 public:
  i2i::net::TransferId submit(i2i::net::Request request, i2i::net::Done done) override {
    using Json = nlohmann::json;
    Json records = Json::array();
    const Json asked = Json::parse(request.body.value());
    for (const auto& wanted : asked["records"]) {
      const std::string name = wanted["recordName"];
      const Json file{{"fileChecksum", checksum_of(bytes_of(name))},
                      {"size", bytes_of(name).size()},
                      {"downloadURL", "https://content.example/" + name}};
      records.push_back({{"recordName", name},
                         {"recordType", "CPLMaster"},
                         {"fields", {{"resOriginalRes", {{"value", file}, {"type", "ASSETID"}}}}}});
    }
    ++lookups;
    i2i::net::Response response;
    response.status = 200;
    response.body = Json{{"records", records}}.dump();
    done(std::move(response));
    return 0;
  }
  void resume(i2i::net::TransferId) override {}
  int lookups = 0;
};

WorkItem item(const std::string& name, const i2i::model::ZoneId& zone) {
  WorkItem made;
  made.placement.checksum = checksum_of(bytes_of(name));
  made.placement.size = bytes_of(name).size();
  made.placement.path = name;
  made.zone = zone;
  made.record = name;
  made.file = name;
  return made;
}

}  // namespace

TEST_CASE("a volume found full while a lookup waits for a person ends the run") {
  app_test::Library library;
  TempFolder photos;
  auto root = must(i2i::util::Root::open(photos.path()));
  must(root.make_directories(".icloud2immich/tmp"));
  OnlyLookups http;
  app_test::NoObserver observer;
  auto& clock = i2i::util::system_clock();
  // Should it wait for ever, this ends it.
  std::stop_source stop;
  const std::jthread patience([&](const std::stop_token& over) {
    if (clock.sleep(std::chrono::minutes(1), over)) stop.request_stop();
  });
  Transfer* running = nullptr;
  CloudKit::Parts parts{http, clock, {}, "https://ck.example", "auth-1", "42", "https://www.example", {}, {}};
  // The library is shut at the second lookup: what has an address goes on meanwhile, and nothing has room.
  parts.keep_open = [&running]() -> i2i::util::Result<void> {
    while (must(running->go_on())) {
    }
    return {};
  };
  CloudKit cloudkit(std::move(parts));
  const auto no_room_at_all = std::numeric_limits<std::uint64_t>::max();
  Transfer transfer({http, cloudkit, library.ledger, root, clock, stop.get_token(), 8, no_room_at_all, observer, {}});
  running = &transfer;
  for (int i = 0; i < kBatch; ++i) must(transfer.add(item("A-" + std::to_string(i), kPrimary)));
  for (int i = 0; i < kBatch; ++i) must(transfer.add(item("B-" + std::to_string(i), kShared)));
  CHECK(http.lookups == 2);
  const auto outcome = transfer.finish();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == ErrorCode::volume_full);
  CHECK(transfer.report().downloaded == 0);
}
