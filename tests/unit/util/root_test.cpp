#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "i2i/util/file.hpp"
#include "unit/util/temp_folder.hpp"
#include "util/file_internal.hpp"

using namespace i2i::util;
namespace fs = std::filesystem;

namespace {

/// A photos dir with something outside it that must never be reached.
struct Photos {
  TempFolder folder;
  Root root = make();

  [[nodiscard]] std::string outside(const std::string& relative) const { return folder.path("outside/" + relative); }

 private:
  Root make() {
    fs::create_directories(folder.path("outside/below"));
    fs::create_directories(folder.path("photos"));
    folder.write("outside/secret", "precious");
    return *Root::open(folder.path("photos"));
  }
};

Result<std::vector<std::string>> walked(const Root& root) {
  std::vector<std::string> paths;
  I2I_TRY(root.walk([&](const std::string& relative, const FileFacts&) -> Result<void> {
    paths.push_back(relative);
    return {};
  }));
  return paths;
}

template <class T>
void check_fails(const Result<T>& result, ErrorCode code) {
  REQUIRE_FALSE(result);
  CHECK(result.error().code == code);
}

}  // namespace

TEST_CASE("only plain relative paths are accepted") {
  const Photos photos;
  const std::vector<std::string> bad{
      "",     "/etc/passwd", "..", "../outside/secret",   "a/../../outside/secret", "a//b", "a/", "./a", "a/.",
      "a/..", "/",           ".",  std::string("a\0b", 3)};
  for (const auto& path : bad) {
    INFO(path);
    CHECK_FALSE(is_plain_relative(path));
    check_fails(photos.root.open_file(path, O_WRONLY | O_CREAT), ErrorCode::internal);
    check_fails(photos.root.facts(path), ErrorCode::internal);
    check_fails(photos.root.remove_own_file(path), ErrorCode::internal);
    check_fails(photos.root.rename_over("x", path), ErrorCode::internal);
    if (!path.empty()) check_fails(photos.root.make_directories(path), ErrorCode::internal);
  }
  for (const char* good : {"a", "a/b", "a..b", "..a", "...", ".hidden/x"}) {
    INFO(good);
    CHECK(is_plain_relative(good));
  }
}

TEST_CASE("files are written, looked at, timed and removed below the root") {
  const Photos photos;
  REQUIRE(photos.root.make_directories("2024/05/06"));
  REQUIRE(photos.root.make_directories("2024/05/06"));
  REQUIRE(photos.root.make_directories(""));
  {
    const auto fd = photos.root.open_file("2024/05/06/a.jpg", O_WRONLY | O_CREAT | O_EXCL, 0640);
    REQUIRE(fd);
    REQUIRE(write_all(*fd, "hello", "a.jpg"));
    REQUIRE(sync_file(*fd, "a.jpg"));
    CHECK((::fcntl(fd->get(), F_GETFD) & FD_CLOEXEC) != 0);
  }
  REQUIRE(photos.root.sync_directory("2024/05/06"));
  REQUIRE(photos.root.sync_directory(""));
  for (const UnixMillis when : {UnixMillis{1714979289123}, UnixMillis{0}, UnixMillis{-1}, UnixMillis{-1001}}) {
    REQUIRE(photos.root.set_mtime("2024/05/06/a.jpg", when));
    const auto facts = photos.root.facts("2024/05/06/a.jpg");
    REQUIRE(facts);
    REQUIRE(facts->has_value());
    CHECK((*facts)->mtime_ms == when);
    CHECK((*facts)->size == 5);
    CHECK((*facts)->is_regular);
  }
  CHECK((*photos.root.facts("2024"))->is_directory);
  CHECK(photos.root.facts("2024/nothing")->has_value() == false);
  CHECK(photos.root.facts("nothing/at/all")->has_value() == false);
  CHECK(photos.root.facts("2024/05/06/a.jpg/below")->has_value() == false);
  check_fails(photos.root.open_file("2024/05/06/a.jpg", O_WRONLY | O_CREAT | O_EXCL), ErrorCode::volume);
  check_fails(photos.root.open_file("2024/nothing", O_RDONLY), ErrorCode::not_found);
  check_fails(photos.root.make_directories("2024/05/06/a.jpg/below"), ErrorCode::volume);
  REQUIRE(photos.root.remove_own_file("2024/05/06/a.jpg"));
  REQUIRE(photos.root.remove_own_file("2024/05/06/a.jpg"));
  REQUIRE(photos.root.remove_own_file("not/there"));
}

TEST_CASE("the folders made have their mode whatever the umask; what was there keeps its own") {
  const Photos photos;
  const mode_t before = ::umask(077);
  const auto mode_of = [&](const char* relative) {
    struct stat status {};
    REQUIRE(::stat(photos.folder.path(std::string("photos/") + relative).c_str(), &status) == 0);
    return status.st_mode & 07777;
  };
  REQUIRE(::mkdir(photos.folder.path("photos/theirs").c_str(), 0700) == 0);
  REQUIRE(photos.root.make_directories("theirs/ours/deeper"));
  ::umask(before);
  CHECK(mode_of("theirs") == 0700);
  CHECK(mode_of("theirs/ours") == 0755);
  CHECK(mode_of("theirs/ours/deeper") == 0755);
}

TEST_CASE("absurd capture dates do not make set_mtime fail") {
  const Photos photos;
  photos.folder.write("photos/a", "x");
  for (const UnixMillis when : {UnixMillis{-62009366400000}, UnixMillis{86527710691200000}}) {
    INFO(when);
    CHECK(photos.root.set_mtime("a", when));
  }
}

TEST_CASE("links are never followed, wherever they lie") {
  Photos photos;
  fs::create_directories(photos.folder.path("photos/2024"));
  fs::create_directory_symlink(photos.folder.path("outside"), photos.folder.path("photos/2024/05"));
  fs::create_symlink(photos.folder.path("outside/secret"), photos.folder.path("photos/2024/a.jpg"));
  fs::create_directory_symlink("../2024", photos.folder.path("photos/2024/inner"));
  fs::create_symlink(photos.folder.path("outside/new"), photos.folder.path("photos/dangling"));
  photos.folder.write("photos/file", "ours");

  SECTION("a link to a folder on the way") {
    check_fails(photos.root.open_file("2024/05/secret", O_RDONLY), ErrorCode::volume);
    check_fails(photos.root.open_file("2024/05/new", O_WRONLY | O_CREAT), ErrorCode::volume);
    check_fails(photos.root.facts("2024/05/secret"), ErrorCode::volume);
    check_fails(photos.root.make_directories("2024/05/06"), ErrorCode::volume);
    check_fails(photos.root.make_directories("2024/05"), ErrorCode::volume);
    check_fails(photos.root.rename_over("file", "2024/05/secret"), ErrorCode::volume);
    check_fails(photos.root.rename_no_replace("file", "2024/05/new"), ErrorCode::volume);
    check_fails(photos.root.rename_no_replace("2024/05/secret", "stolen"), ErrorCode::volume);
    check_fails(photos.root.set_mtime("2024/05/secret", 0), ErrorCode::volume);
    check_fails(photos.root.remove_own_file("2024/05/secret"), ErrorCode::volume);
    check_fails(photos.root.sync_directory("2024/05"), ErrorCode::volume);
  }
  SECTION("a link that stays inside is none of ours, either") {
    check_fails(photos.root.open_file("2024/inner/b.jpg", O_WRONLY | O_CREAT), ErrorCode::volume);
  }
  SECTION("a link in place of the file") {
    const auto opened = photos.root.open_file("2024/a.jpg", O_RDONLY);
    check_fails(opened, ErrorCode::volume);
    CHECK_THAT(opened.error().message, ContainsSubstring("a symbolic link is in the way"));
    CHECK_FALSE(opened.error().remedy.empty());
    check_fails(photos.root.open_file("2024/a.jpg", O_WRONLY | O_TRUNC), ErrorCode::volume);
    check_fails(photos.root.open_file("dangling", O_WRONLY | O_CREAT), ErrorCode::volume);
    const auto facts = photos.root.facts("2024/a.jpg");
    REQUIRE(facts);
    REQUIRE(facts->has_value());
    CHECK_FALSE((*facts)->is_regular);
    CHECK_FALSE((*facts)->is_directory);
    check_fails(photos.root.rename_no_replace("file", "2024/a.jpg"), ErrorCode::refused);
    REQUIRE(photos.root.set_mtime("2024/a.jpg", 0));  // of the link itself
    REQUIRE(photos.root.rename_over("file", "2024/a.jpg"));
    CHECK(photos.folder.read("photos/2024/a.jpg") == "ours");
  }
  SECTION("the walk passes over them") { CHECK(walked(photos.root) == std::vector<std::string>{"file"}); }
  CHECK(photos.folder.read("outside/secret") == "precious");
  CHECK_FALSE(photos.folder.exists("outside/new"));
  CHECK_FALSE(photos.folder.exists("outside/06"));
  CHECK(fs::last_write_time(photos.outside("secret")).time_since_epoch() !=
        fs::file_time_type::clock::from_sys(std::chrono::sys_seconds{}).time_since_epoch());
}

TEST_CASE("a folder that turns into a link while files are opened leads nowhere") {
  const Photos photos;
  photos.folder.write("photos/real/f", "ours");
  photos.folder.write("outside/f", "precious");
  fs::create_directory_symlink(photos.folder.path("outside"), photos.folder.path("photos/link"));
  const std::string door = photos.folder.path("photos/door");
  fs::create_directories(photos.folder.path("photos/door"));
  photos.folder.write("photos/door/f", "ours");
  std::atomic<bool> stop = false;
  {
    const std::jthread swapper([&] {
      while (!stop) {
        // Exchanges the folder and the link in one step, as an attacker would.
        static_cast<void>(
            ::renameat2(AT_FDCWD, door.c_str(), AT_FDCWD, photos.folder.path("photos/link").c_str(), RENAME_EXCHANGE));
      }
    });
    for (int i = 0; i < 2000; ++i) {
      std::string content(20, '\0');
      if (const auto fd = photos.root.open_file("door/f", O_RDONLY)) {
        content.resize(*read_some(*fd, content, "f"));
        if (content != "ours") FAIL_CHECK("read " << content);
      }
      const int folder = ::open(photos.root.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      const Fd held(folder);
      const Fd walked_to = open_part_by_part(held.get(), "door/f", O_RDONLY, 0);
      if (walked_to.valid()) {
        content.assign(20, '\0');
        content.resize(*read_some(walked_to, content, "f"));
        if (content != "ours") FAIL_CHECK("part by part read " << content);
      }
    }
    stop = true;
  }
}

TEST_CASE("without openat2 the walk part by part gives the same") {
  const Photos photos;
  photos.folder.write("photos/a/b/f", "ours");
  fs::create_directory_symlink(photos.folder.path("outside"), photos.folder.path("photos/a/link"));
  fs::create_symlink(photos.folder.path("outside/secret"), photos.folder.path("photos/a/file-link"));
  const Fd root(::open(photos.root.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));

  struct Row {
    const char* name;
    const char* path;
    int flags;
    int error_number;  // 0: opens
  };
  const std::vector<Row> rows{
      {"a file", "a/b/f", O_RDONLY, 0},
      {"a folder", "a/b", O_RDONLY | O_DIRECTORY, 0},
      {"a new file", "a/b/new", O_WRONLY | O_CREAT, 0},
      {"nothing there", "a/b/x", O_RDONLY, ENOENT},
      {"no such folder", "x/y/z", O_RDONLY, ENOENT},
      {"a file as folder", "a/b/f/x", O_RDONLY, ENOTDIR},
      {"link on the way", "a/link/secret", O_RDONLY, ELOOP},
      {"link as the folder", "a/link", O_RDONLY | O_DIRECTORY, ELOOP},
      {"link as the file", "a/file-link", O_RDONLY, ELOOP},
      {"link as the file to look at", "a/file-link", O_PATH, 0},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const Fd walked_to = open_part_by_part(root.get(), row.path, row.flags, 0600);
    const int first_error = walked_to.valid() ? 0 : errno;
    const Fd resolved = open_beneath(root.get(), row.path, row.flags, 0600);
    const int second_error = resolved.valid() ? 0 : errno;
    CHECK(first_error == row.error_number);
    CHECK(second_error == row.error_number);
  }
}

TEST_CASE("rename without replacing never replaces") {
  const Photos photos;
  photos.folder.write("photos/.dot/a.part", "new");
  photos.folder.write("photos/b", "old");
  fs::create_directories(photos.folder.path("photos/2024"));

  check_fails(photos.root.rename_no_replace(".dot/a.part", "b"), ErrorCode::refused);
  CHECK(photos.folder.read("photos/b") == "old");
  check_fails(photos.root.rename_no_replace(".dot/a.part", "2024"), ErrorCode::refused);
  check_fails(photos.root.rename_no_replace(".dot/a.part", "nowhere/a"), ErrorCode::not_found);
  check_fails(photos.root.rename_no_replace(".dot/absent", "c"), ErrorCode::not_found);
  REQUIRE(photos.root.rename_no_replace(".dot/a.part", "2024/a"));
  CHECK(photos.folder.read("photos/2024/a") == "new");
  CHECK_FALSE(photos.folder.exists("photos/.dot/a.part"));
  REQUIRE(photos.root.rename_over("2024/a", "b"));
  CHECK(photos.folder.read("photos/b") == "new");
}

TEST_CASE("a file system that cannot rename without replacing is asked first") {
  const Photos photos;
  photos.folder.write("photos/new", "new");
  photos.folder.write("photos/old", "old");
  fs::create_symlink("nowhere", photos.folder.path("photos/dangling"));
  const Fd root(::open(photos.root.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  CHECK(rename_after_looking(root.get(), "new", root.get(), "old") == EEXIST);
  CHECK(rename_after_looking(root.get(), "new", root.get(), "dangling") == EEXIST);
  CHECK(photos.folder.read("photos/old") == "old");
  CHECK(rename_after_looking(root.get(), "absent", root.get(), "x") == ENOENT);
  CHECK(rename_after_looking(root.get(), "new", root.get(), "x") == 0);
  CHECK(photos.folder.read("photos/x") == "new");
}

TEST_CASE("the walk is in name order, depth first, without what is hidden") {
  const Photos photos;
  for (const char* path : {"b/2", "b/1", "b/c/x", "a", "b.jpg", ".dot/x", "b/.y", "ü", "Z", "c/..x/y"}) {
    photos.folder.write(std::string("photos/") + path, path);
  }
  fs::create_directories(photos.folder.path("photos/empty"));
  REQUIRE(::mkfifo(photos.folder.path("photos/pipe").c_str(), 0600) == 0);
  CHECK(walked(photos.root) == std::vector<std::string>{"Z", "a", "b/1", "b/2", "b/c/x", "b.jpg", "ü"});
  CHECK(*walked(photos.root) == *walked(photos.root));
}

TEST_CASE("the walk gives facts, and ends at the first error") {
  const Photos photos;
  photos.folder.write("photos/a", "12345");
  photos.folder.write("photos/b", "1");
  int visits = 0;
  const auto ended = photos.root.walk([&](const std::string& relative, const FileFacts& facts) -> Result<void> {
    ++visits;
    CHECK(relative == "a");
    CHECK(facts.size == 5);
    CHECK(facts.inode != 0);
    return fail(ErrorCode::cancelled, "stop");
  });
  check_fails(ended, ErrorCode::cancelled);
  CHECK(visits == 1);
}

TEST_CASE("a folder that cannot be read is an error, not an empty one") {
  if (::geteuid() == 0) return;  // root reads everything
  const Photos photos;
  photos.folder.write("photos/a/b", "x");
  fs::permissions(photos.folder.path("photos/a"), fs::perms::none);
  check_fails(walked(photos.root), ErrorCode::volume);
  fs::permissions(photos.folder.path("photos/a"), fs::perms::owner_all);
}

TEST_CASE("endless folders end the walk") {
  const Photos photos;
  std::string deep = "photos";
  for (int i = 0; i < 120; ++i) deep += "/d";
  photos.folder.write(deep + "/x", "x");
  check_fails(walked(photos.root), ErrorCode::volume);
}

TEST_CASE("the root may be given as a link, but must be a folder") {
  const Photos photos;
  photos.folder.write("photos/a", "x");
  fs::create_directory_symlink(photos.folder.path("photos"), photos.folder.path("link"));
  const auto root = Root::open(photos.folder.path("link"));
  REQUIRE(root);
  CHECK(walked(*root) == std::vector<std::string>{"a"});
  check_fails(Root::open(photos.folder.path("photos/a")), ErrorCode::volume);
  check_fails(Root::open(photos.folder.path("absent")), ErrorCode::not_found);
  const auto space = root->space();
  REQUIRE(space);
  CHECK(space->second > 0);
  CHECK(space->first <= space->second);
}
