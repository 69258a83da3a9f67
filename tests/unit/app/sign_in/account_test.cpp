#include "i2i/app/account.hpp"

#include <sys/stat.h>

#include "i2i/util/file.hpp"
#include "unit/app/app_fixture.hpp"

using app_test::must;
using i2i::app::account_paths;
using i2i::app::AccountOptions;
using i2i::app::AccountPaths;
using i2i::util::ErrorCode;
using i2i::util::Result;

namespace {

Result<AccountPaths> paths_in(const TempFolder& state, const std::string& apple_id) {
  AccountOptions options;
  options.state_dir = state.path();
  options.apple_id = apple_id;
  return account_paths(options);
}

int mode_of(const std::string& path) {
  struct stat facts {};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return static_cast<int>(facts.st_mode & 07777U);
}

}  // namespace

TEST_CASE("an account's folder carries its address") {
  const TempFolder state;
  struct Row {
    const char* name;
    std::string given;
    const char* apple_id;
  };
  const Row rows[] = {
      {"as it is", "someone@example.org", "someone@example.org"},
      {"upper case", "SomeOne@Example.ORG", "someone@example.org"},
      {"blanks around", "  someone@example.org\n", "someone@example.org"},
      {"plus and dots", "a.b+c@example.org", "a.b+c@example.org"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto paths = must(paths_in(state, row.given));
    CHECK(paths.apple_id == row.apple_id);
    CHECK(paths.folder == state.path(row.apple_id));
    for (const auto& file : {paths.session(), paths.ledger(), paths.lock()}) {
      CHECK(file.starts_with(paths.folder + "/"));
    }
  }
  CHECK(std::filesystem::is_empty(state.path()));  // asking makes nothing
}

TEST_CASE("what is no address never becomes a folder") {
  const TempFolder state;
  for (const std::string& name :
       {std::string("someone"), std::string("@example.org"), std::string("someone@"), std::string("../x@y"),
        std::string("x@y/../../z"), std::string("/x@y"), std::string("..@y"), std::string(".hidden@y"),
        std::string("x@y\0z", 5), std::string("\0x@y", 4)}) {
    INFO(name);
    const auto paths = paths_in(state, name);
    REQUIRE(!paths);
    CHECK(paths.error().code == ErrorCode::usage);
    CHECK_THAT(paths.error().remedy, ContainsSubstring("--apple-id"));
  }
}

TEST_CASE("which account is meant where none is named") {
  const TempFolder state;
  SECTION("none is known") {
    const auto paths = paths_in(state, "");
    REQUIRE(!paths);
    CHECK(paths.error().code == ErrorCode::usage);
    CHECK_THAT(paths.error().remedy, ContainsSubstring("icloud2immich auth"));
  }
  SECTION("the state dir is not there yet") {
    AccountOptions options;
    options.state_dir = state.path("missing");
    CHECK(account_paths(options).error().code == ErrorCode::usage);
  }
  SECTION("the only one") {
    std::filesystem::create_directory(state.path("one@example.org"));
    std::filesystem::create_directory(state.path("lost+found"));
    std::filesystem::create_directory(state.path(".snapshot@hourly"));
    state.write("backup@monday.tar", "a file is no account");
    CHECK(must(paths_in(state, "")).apple_id == "one@example.org");
    CHECK(must(paths_in(state, "  ")).apple_id == "one@example.org");
  }
  SECTION("two: the person says which") {
    std::filesystem::create_directory(state.path("two@example.org"));
    std::filesystem::create_directory(state.path("one@example.org"));
    const auto paths = paths_in(state, "");
    REQUIRE(!paths);
    CHECK(paths.error().code == ErrorCode::usage);
    CHECK_THAT(paths.error().message, ContainsSubstring("one@example.org, two@example.org"));
    CHECK_THAT(paths.error().remedy, ContainsSubstring("--apple-id"));
  }
}

TEST_CASE("an account's folder is closed to others") {
  const TempFolder state;
  const auto paths = must(paths_in(state, "someone@example.org"));
  SECTION("made closed") {
    must(i2i::app::prepare_account_folder(paths));
    CHECK(mode_of(paths.folder) == 0700);
  }
  SECTION("a looser one is tightened") {
    for (const mode_t mode : {0755, 0777, 0750, 0701}) {
      std::filesystem::create_directory(paths.folder);
      REQUIRE(::chmod(paths.folder.c_str(), mode) == 0);
      must(i2i::app::prepare_account_folder(paths));
      CHECK(mode_of(paths.folder) == 0700);
      std::filesystem::remove(paths.folder);
    }
  }
  SECTION("a file in its place is said") {
    state.write("someone@example.org", "");
    const auto prepared = i2i::app::prepare_account_folder(paths);
    REQUIRE(!prepared);
    CHECK(prepared.error().code == ErrorCode::volume);
  }
}

TEST_CASE("a state dir that cannot be looked into is no empty one") {
  const TempFolder state;
  must(i2i::util::write_file_atomic(state.path() + "/file", "text", 0600));
  AccountOptions options;
  options.state_dir = state.path() + "/file";
  const auto paths = i2i::app::account_paths(options);
  REQUIRE(!paths);
  CHECK(paths.error().code == ErrorCode::volume);
  options.state_dir = state.path() + "/none";
  CHECK(i2i::app::account_paths(options).error().code == ErrorCode::usage);
}

TEST_CASE("a stored session is for its owner only, and comes back") {
  const TempFolder state;
  const auto paths = must(paths_in(state, "someone@example.org"));
  CHECK(!must(i2i::app::load_session(paths)));
  must(i2i::app::prepare_account_folder(paths));
  CHECK(!must(i2i::app::load_session(paths)));
  i2i::icloud::SessionData session;
  session.apple_id = paths.apple_id;
  session.session_token = i2i::util::Secret("token");
  session.dsid = "123";
  must(i2i::app::store_session(paths, session));
  CHECK(mode_of(paths.session()) == 0600);
  // A looser file (an older umask, a restored backup) is tightened when it is written next.
  REQUIRE(::chmod(paths.session().c_str(), 0644) == 0);
  must(i2i::app::store_session(paths, session));
  CHECK(mode_of(paths.session()) == 0600);
  const auto back = must(i2i::app::load_session(paths));
  REQUIRE(back);
  CHECK(back->session_token.reveal() == "token");
  CHECK(back->dsid == "123");
}

TEST_CASE("which hosts a run talks to") {
  AccountOptions options;
  CHECK(!i2i::app::endpoints_for(options, i2i::icloud::Region::world).given);
  CHECK(i2i::app::endpoints_for(options, i2i::icloud::Region::world).auth.starts_with("https://idmsa.apple.com/"));
  options.region = i2i::icloud::Region::china;
  CHECK(i2i::app::endpoints_for(options, i2i::icloud::Region::china).setup.find("icloud.com.cn") != std::string::npos);
  options.auth_endpoint = "https://auth.icloud.localhost:8443/appleauth/auth//";
  options.setup_endpoint = "https://setup.icloud.localhost:8443/setup/ws/1";
  const auto endpoints = i2i::app::endpoints_for(options, i2i::icloud::Region::world);
  CHECK(endpoints.given);
  CHECK(endpoints.auth == "https://auth.icloud.localhost:8443/appleauth/auth");
  CHECK(endpoints.setup == "https://setup.icloud.localhost:8443/setup/ws/1");
}
