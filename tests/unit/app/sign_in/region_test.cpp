// Which of Apple's regions a run begins with (docs/protocol/icloud.md §1.1).
#include "i2i/app/account.hpp"

#include "catch.hpp"

using namespace i2i;
using icloud::Region;

TEST_CASE("the region to begin with") {
  struct Row {
    const char* name;
    std::optional<Region> given;
    Region stored;
    bool by_apple;
    Region expected;
  };
  const Row rows[] = {
      {"nothing known", std::nullopt, Region::world, false, Region::world},
      {"given at first", Region::china, Region::world, false, Region::china},
      {"as stored", std::nullopt, Region::china, false, Region::china},
      {"given goes before what was only stored", Region::world, Region::china, false, Region::world},
      {"Apple's word", std::nullopt, Region::china, true, Region::china},
      {"Apple's word goes before what is given", Region::world, Region::china, true, Region::china},
      {"also of an account that moved away", Region::china, Region::world, true, Region::world},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    app::AccountOptions options;
    options.region = row.given;
    icloud::SessionData session;
    session.region = row.stored;
    session.region_by_apple = row.by_apple;
    CHECK(app::region_for(options, session) == row.expected);
    CHECK(app::endpoints_for(options, row.expected).auth == icloud::apple_endpoints(row.expected).auth);
    options.auth_endpoint = "https://idmsa.icloud.localhost:1/appleauth/auth/";
    options.setup_endpoint = "https://setup.icloud.localhost:1/setup/ws/1";
    CHECK(app::endpoints_for(options, row.expected).given);
    CHECK(app::endpoints_for(options, row.expected).auth == "https://idmsa.icloud.localhost:1/appleauth/auth");
  }
}
