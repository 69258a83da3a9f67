#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "catch.hpp"
#include "i2i/util/file.hpp"
#include "unit/util/temp_folder.hpp"

using namespace i2i::util;
namespace fs = std::filesystem;

namespace {

struct Seen {
  std::vector<std::string> files;
  std::vector<std::string> asked;
  std::vector<std::string> unreadable;

  Result<void> scan(const Root& root, const std::string& passed_over = "") {
    auto done = root.scan({[&](const std::string& path) -> Result<bool> {
                             asked.push_back(path);
                             return path == passed_over;
                           },
                           [&](const std::string& path, const FileFacts& facts) -> Result<void> {
                             CHECK(facts.is_regular);
                             files.push_back(path);
                             return {};
                           },
                           [&](const std::string& path, const Error&) { unreadable.push_back(path); }});
    std::sort(files.begin(), files.end());
    return done;
  }
};

}  // namespace

TEST_CASE("a scan meets every visible regular file, never through a link") {
  TempFolder folder;
  folder.write("photos/a.jpg", "1");
  folder.write("photos/2024/05/b.jpg", "22");
  folder.write("photos/.hidden.jpg", "x");
  folder.write("photos/.icloud2immich/tmp/c.part", "x");
  folder.write("outside/secret.jpg", "x");
  fs::create_directory_symlink(folder.path("outside"), folder.path("photos/linked"));
  fs::create_symlink(folder.path("outside/secret.jpg"), folder.path("photos/link.jpg"));
  REQUIRE(::mkfifo(folder.path("photos/pipe").c_str(), 0600) == 0);
  const auto root = *Root::open(folder.path("photos"));
  Seen seen;
  REQUIRE(seen.scan(root));
  CHECK(seen.files == std::vector<std::string>{"2024/05/b.jpg", "a.jpg"});
  CHECK(seen.asked.size() == 2);
  Seen but_one;
  REQUIRE(but_one.scan(root, "a.jpg"));
  CHECK(but_one.files == std::vector<std::string>{"2024/05/b.jpg"});
}

TEST_CASE("a folder that nobody may read is told and passed over") {
  if (::geteuid() == 0) return;  // may read everything
  TempFolder folder;
  folder.write("photos/a.jpg", "1");
  folder.write("photos/lost+found/b.jpg", "2");
  fs::permissions(folder.path("photos/lost+found"), fs::perms::none);
  Seen seen;
  CHECK(seen.scan(*Root::open(folder.path("photos"))));
  fs::permissions(folder.path("photos/lost+found"), fs::perms::owner_all);
  CHECK(seen.files == std::vector<std::string>{"a.jpg"});
  CHECK(seen.unreadable == std::vector<std::string>{"lost+found"});
}

TEST_CASE("the visitor's error ends a scan") {
  TempFolder folder;
  folder.write("photos/a.jpg", "1");
  const auto root = *Root::open(folder.path("photos"));
  const auto ended = root.scan(
      {[](const std::string&) -> Result<bool> { return false; },
       [](const std::string&, const FileFacts&) -> Result<void> { return fail(ErrorCode::cancelled, "enough"); },
       [](const std::string&, const Error&) {}});
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == ErrorCode::cancelled);
}
