// Of Root: what it writes with which modes, walks below one folder, and whether it is still where it was.
#include <fcntl.h>
#include <sys/stat.h>

#include "catch.hpp"
#include "i2i/util/file.hpp"
#include "unit/util/temp_folder.hpp"

using i2i::util::FileFacts;
using i2i::util::Root;

namespace {

template <class T>
T must(i2i::util::Result<T> result) {
  if (!result) FAIL(result.error().message);
  return *std::move(result);
}
void must(const i2i::util::Result<void>& result) {
  if (!result) FAIL(result.error().message);
}

}  // namespace

TEST_CASE("modes do not depend on the umask") {
  const TempFolder folder;
  const auto root = must(Root::open(folder.path()));
  const auto mode_of = [&](const std::string& relative) {
    struct stat status {};
    REQUIRE(::stat(folder.path(relative).c_str(), &status) == 0);
    return static_cast<unsigned>(status.st_mode & 07777);
  };
  for (const mode_t mask : {mode_t{0}, mode_t{0022}, mode_t{0077}, mode_t{0277}}) {
    const std::string name = "m" + std::to_string(mask);
    const mode_t before = ::umask(mask);
    const auto made = root.make_directories(name + "/below");
    const auto opened = root.open_file(name + "/file", O_CREAT | O_WRONLY);
    const auto written = root.write_small_file(name + "/small", "text");
    ::umask(before);
    CHECK(made.has_value());
    CHECK(opened.has_value());
    CHECK(written.has_value());
    CHECK(mode_of(name) == 0755);
    CHECK(mode_of(name + "/below") == 0755);
    CHECK(mode_of(name + "/file") == 0644);
    CHECK(mode_of(name + "/small") == 0644);
  }
}

TEST_CASE("what a shared folder hands on stays") {
  const TempFolder folder;
  folder.write("shared/x", "");
  REQUIRE(::chmod(folder.path("shared").c_str(), 02775) == 0);
  const auto root = must(Root::open(folder.path()));
  const mode_t before = ::umask(0077);
  const auto made = root.make_directories("shared/below");
  ::umask(before);
  CHECK(made.has_value());
  struct stat status {};
  REQUIRE(::stat(folder.path("shared/below").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 02755);
}

TEST_CASE("a small file is written beneath, over what is there, never through a link") {
  const TempFolder folder;
  const TempFolder outside;
  outside.write("target", "precious");
  const auto root = must(Root::open(folder.path()));
  folder.write("a/list.new", "left by a killed run");
  must(root.write_small_file("a/list", "one"));
  must(root.write_small_file("a/list", "two"));
  CHECK(folder.read("a/list") == "two");
  CHECK(!folder.exists("a/list.new"));
  std::filesystem::create_symlink(outside.path("target"), folder.path("a/link"));
  must(root.write_small_file("a/link", "ours"));
  CHECK(outside.read("target") == "precious");
  std::filesystem::create_symlink(outside.path(), folder.path("elsewhere"));
  CHECK(!root.write_small_file("elsewhere/list", "x"));
  CHECK(!outside.exists("list"));
}

TEST_CASE("a walk below one folder, also one with a dot") {
  const TempFolder folder;
  folder.write(".own/trash/2024/a", "12");
  folder.write(".own/trash/b", "1");
  folder.write("c", "");
  const auto root = must(Root::open(folder.path()));
  std::string seen;
  const auto visit = [&](const std::string& path, const FileFacts& facts) -> i2i::util::Result<void> {
    seen += path + ":" + std::to_string(facts.size) + " ";
    return {};
  };
  must(root.walk_below(".own/trash", visit));
  must(root.walk_below(".own/absent", visit));
  CHECK(seen == "2024/a:2 b:1 ");
}

TEST_CASE("whether the path still leads to the folder that was opened") {
  const TempFolder parent;
  parent.write("photos/a", "");
  const auto root = must(Root::open(parent.path("photos")));
  CHECK(root.is_still_at_its_path());
  std::filesystem::rename(parent.path("photos"), parent.path("away"));
  CHECK(!root.is_still_at_its_path());
  parent.write("photos/a", "");
  CHECK(!root.is_still_at_its_path());
}

TEST_CASE("a local folder lies on no network file system") {
  const TempFolder folder;
  CHECK(i2i::util::network_file_system(folder.path()).empty());
  CHECK(i2i::util::network_file_system(folder.path("absent")).empty());
}
