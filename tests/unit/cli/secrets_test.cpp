#include "cli/secrets.hpp"

#include "options_fixture.hpp"

using cli_test::Environment;
using i2i::cli::find_immich;
using i2i::cli::find_password;
using i2i::cli::secret_from_file;
using i2i::util::ErrorCode;

TEST_CASE("one line break at the end of a secret's file is not part of it") {
  const TempFolder folder;
  struct Row {
    const char* name;
    std::string text;
    std::string secret;
  };
  const Row rows[] = {
      {"as it is", "secret", "secret"},
      {"a line break", "secret\n", "secret"},
      {"a line break of Windows", "secret\r\n", "secret"},
      {"only one", "secret\n\n", "secret\n"},
      {"blanks stay", " se cret ", " se cret "},
      {"inner line break", "se\ncret\n", "se\ncret"},
      {"not ASCII", "p\xC3\xA4ss\n", "p\xC3\xA4ss"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    folder.write("file", row.text);
    const auto secret = secret_from_file(folder.path("file"), "the password");
    REQUIRE(secret);
    CHECK(secret->reveal() == row.secret);
  }
  for (const std::string& empty : {std::string(), std::string("\n"), std::string("\r\n")}) {
    folder.write("file", empty);
    CHECK(secret_from_file(folder.path("file"), "the password").error().code == ErrorCode::usage);
  }
  const auto missing = secret_from_file(folder.path("missing"), "the password");
  REQUIRE(!missing);
  CHECK(missing.error().code == ErrorCode::usage);
  CHECK_THAT(missing.error().message, ContainsSubstring("the password") && ContainsSubstring("missing"));
}

TEST_CASE("the password's file comes before its variable") {
  Environment environment;
  environment.home.write("password", "from the file\n");
  environment.set("ICLOUD2IMMICH_PASSWORD", "from the variable");
  i2i::cli::GlobalOptions options;
  CHECK(find_password(options, "a@b", {})->reveal() == "from the variable");
  options.password_file = environment.home.path("password");
  CHECK(find_password(options, "a@b", {})->reveal() == "from the file");
  options.password_file = environment.home.path("missing");
  CHECK(find_password(options, "a@b", {}).error().code == ErrorCode::usage);  // never another one in silence
}

TEST_CASE("Immich's key: file, else Immich's own variable") {
  Environment environment;
  environment.home.write("key", "from the file\n");
  environment.home.write("admin", "admin\n");
  i2i::cli::ImmichFiles files;
  files.url = "http://immich";
  files.path = "/external";
  CHECK(find_immich(files)->key.empty());
  environment.set("IMMICH_API_KEY", "from the variable");
  CHECK(find_immich(files)->key.reveal() == "from the variable");
  CHECK(find_immich(files)->admin_key.empty());
  files.key_file = environment.home.path("key");
  files.admin_key_file = environment.home.path("admin");
  const auto found = find_immich(files);
  REQUIRE(found);
  CHECK(found->key.reveal() == "from the file");
  CHECK(found->admin_key.reveal() == "admin");
  CHECK(found->url == "http://immich");
  CHECK(found->path == "/external");
  files.admin_key_file = environment.home.path("missing");
  CHECK(find_immich(files).error().code == ErrorCode::usage);
}
