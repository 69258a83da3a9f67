#include "app/verify/sizes_in_immich.hpp"

#include <map>

#include "unit/immich/fake_immich.hpp"

using i2i::app::SizeInImmich;
using i2i::app::SizesInImmich;
using immich_test::FakeHttp;
using immich_test::json;
using immich_test::World;

namespace {

std::string id(int number) {
  const std::string digits = std::to_string(number);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

/// A server with one library; its listing holds the assets of sizes, GET those of single too.
struct Server {
  std::map<std::string, std::string> listed;  // id -> exifInfo.fileSizeInByte
  std::map<std::string, std::string> single;
  int gets = 0;
  int searches = 0;

  i2i::util::Result<i2i::net::Response> answer(const i2i::net::Request& request) {
    const std::string line = FakeHttp::line(request);
    if (line.starts_with("GET /assets/")) {
      ++gets;
      const std::string asset = line.substr(12);
      const auto& known = listed.count(asset) != 0 ? listed : single;
      if (known.count(asset) == 0) return json(400, R"({"message":"Not found or no asset.read access"})");
      return json(200, item(asset, known.at(asset)));
    }
    ++searches;
    std::string items;
    if (request.body->find("timeline") != std::string::npos) {
      for (const auto& [asset, size] : listed) items += (items.empty() ? "" : ",") + item(asset, size);
    }
    return json(200, R"({"assets":{"items":[)" + items + R"(],"nextPage":null}})");
  }
  static std::string item(const std::string& asset, const std::string& size) {
    return R"({"id":")" + asset + R"(","libraryId":"l1","fileCreatedAt":"2020-01-01T00:00:00.000Z")" +
           (size.empty() ? "" : R"(,"exifInfo":{"fileSizeInByte":)" + size + "}") + "}";
  }
};

}  // namespace

TEST_CASE("sizes come from one listing; what it leaves out is asked for alone") {
  Server server;
  for (int i = 1; i <= 20; ++i) server.listed[id(i)] = std::to_string(100 + i);
  server.single = {{id(30), "130"}, {id(31), ""}};
  World world([&](const auto& request) { return server.answer(request); });
  SizesInImmich sizes(world.client);
  const auto of = [&](int number) {
    const auto size = sizes.of(id(number));
    REQUIRE(size);
    return *size;
  };
  for (int i = 1; i <= 20; ++i) {
    CHECK(of(i).state == SizeInImmich::State::known);
    CHECK(of(i).bytes == static_cast<std::uint64_t>(100 + i));
  }
  CHECK(server.gets == 1);
  CHECK(server.searches == 3);  // one a visibility
  const SizeInImmich alone = of(30);
  CHECK(alone.state == SizeInImmich::State::known);
  CHECK(alone.bytes == 130);
  CHECK(of(31).state == SizeInImmich::State::unread);
  CHECK(of(32).state == SizeInImmich::State::locked);
  CHECK(server.gets == 4);
  CHECK(server.searches == 3);
}

TEST_CASE("a library that Immich has hardly read is not asked for asset by asset") {
  Server server;
  for (int i = 1; i <= 2'000; ++i) server.single[id(i)] = "";
  World world([&](const auto& request) { return server.answer(request); });
  SizesInImmich sizes(world.client);
  for (int i = 1; i <= 2'000; ++i) CHECK(sizes.of(id(i))->state == SizeInImmich::State::unread);
  CHECK(server.gets == SizesInImmich::kMostSingle);
}

TEST_CASE("a server that fails is not one that has nothing") {
  World world(immich_test::in_turn({json(403, R"({"message":"Missing required permission: asset.read"})")}));
  SizesInImmich sizes(world.client);
  const auto size = sizes.of(id(1));
  REQUIRE_FALSE(size);
  CHECK(size.error().code == i2i::util::ErrorCode::refused);
}
