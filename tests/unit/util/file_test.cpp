#include "i2i/util/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <vector>

#include "catch.hpp"
#include "unit/util/temp_folder.hpp"

using namespace i2i::util;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

/// Puts the umask back.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  Umask(Umask&&) = delete;
  Umask& operator=(Umask&&) = delete;
  ~Umask() { ::umask(before_); }

 private:
  mode_t before_;
};

}  // namespace

TEST_CASE("errors of files have a code and say what to do") {
  struct Row {
    const char* name;
    int number;
    ErrorCode code;
    bool has_remedy;
  };
  const std::vector<Row> rows{
      {"disk full", ENOSPC, ErrorCode::volume_full, true},   {"quota", EDQUOT, ErrorCode::volume_full, true},
      {"absent", ENOENT, ErrorCode::not_found, false},       {"permission", EACCES, ErrorCode::volume, true},
      {"read-only", EROFS, ErrorCode::volume, true},         {"link", ELOOP, ErrorCode::volume, true},
      {"share went away", ESTALE, ErrorCode::volume, true},  {"disk broken", EIO, ErrorCode::volume, true},
      {"something else", ENOTDIR, ErrorCode::volume, false},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const Error error = file_error(row.number, "write", "/photos/a.jpg");
    CHECK(error.code == row.code);
    CHECK_THAT(error.message, ContainsSubstring("cannot write /photos/a.jpg: "));
    CHECK(error.remedy.empty() != row.has_remedy);
  }
}

TEST_CASE("small files are read whole, large ones refused") {
  const TempFolder folder;
  folder.write("small", std::string(100, 'x'));
  CHECK(read_small_file(folder.path("small")) == std::string(100, 'x'));
  CHECK(read_small_file(folder.path("small"), 100) == std::string(100, 'x'));
  const auto large = read_small_file(folder.path("small"), 99);
  REQUIRE_FALSE(large);
  CHECK(large.error().code == ErrorCode::volume);
  const auto absent = read_small_file(folder.path("absent"));
  REQUIRE_FALSE(absent);
  CHECK(absent.error().code == ErrorCode::not_found);
  const auto directory = read_small_file(folder.path());
  REQUIRE_FALSE(directory);
  CHECK(directory.error().code == ErrorCode::volume);
}

TEST_CASE("an atomic write replaces the content, has the mode, and leaves nothing beside it") {
  const TempFolder folder;
  const Umask generous(0);
  REQUIRE(write_file_atomic(folder.path("session"), "one", 0600));
  CHECK(folder.read("session") == "one");
  CHECK(mode_of(folder.path("session")) == 0600);
  const Umask strict(0777);
  REQUIRE(write_file_atomic(folder.path("session"), "two", 0640));
  CHECK(folder.read("session") == "two");
  CHECK(mode_of(folder.path("session")) == 0640);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("an atomic write that fails keeps the old content") {
  const TempFolder folder;
  std::filesystem::create_directories(folder.path("target"));
  folder.write("target/inside", "x");
  REQUIRE_FALSE(write_file_atomic(folder.path("target"), "two", 0600));  // a folder cannot be renamed over
  CHECK(folder.read("target/inside") == "x");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  const auto absent = write_file_atomic(folder.path("absent/file"), "x", 0600);
  REQUIRE_FALSE(absent);
  CHECK(absent.error().code == ErrorCode::not_found);
}

TEST_CASE("an atomic write replaces a link, not what it points to") {
  const TempFolder folder;
  folder.write("outside", "precious");
  std::filesystem::create_symlink(folder.path("outside"), folder.path("session"));
  REQUIRE(write_file_atomic(folder.path("session"), "new", 0600));
  CHECK(folder.read("outside") == "precious");
  CHECK(folder.read("session") == "new");
}

TEST_CASE("a file written piece by piece has its name when it is whole, and leaves nothing else") {
  const TempFolder folder;
  folder.write("list", "old");
  {
    auto file = NewFile::begin(folder.path("list"), 0640);
    REQUIRE(file);
    REQUIRE(file->write(std::string(100'000, 'a')));
    REQUIRE(file->write("b"));
    CHECK(folder.read("list") == "old");
    NewFile moved = *std::move(file);
    REQUIRE(moved.finish());
  }
  CHECK(folder.read("list") == std::string(100'000, 'a') + "b");
  CHECK(mode_of(folder.path("list")) == 0640);
  {
    auto given_up = NewFile::begin(folder.path("list"), 0600);
    REQUIRE(given_up);
    REQUIRE(given_up->write("half"));
  }
  CHECK(folder.read("list").size() == 100'001);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  CHECK_FALSE(NewFile::begin(folder.path("absent/list"), 0600));
}

TEST_CASE("whether a file could be written is tried, and nothing of it stays") {
  const TempFolder folder;
  folder.write("there", "precious");
  std::filesystem::create_directory(folder.path("folder"));
  const struct {
    const char* what;
    std::string path;
    bool could;
  } rows[] = {
      {"a new file", folder.path("new"), true},
      {"one that is there", folder.path("there"), true},
      {"a folder that is absent", folder.path("absent/new"), false},
      {"a file as folder", folder.path("there/new"), false},
      {"a folder", folder.path("folder"), false},
      {"a folder by its slash", folder.path("folder/"), false},
      {"nowhere", "", false},
      {"a file system without files of ours", "/proc/new", false},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(try_to_write(row.path).has_value() == row.could);
  }
  CHECK(folder.read("there") == "precious");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
}

TEST_CASE("folders are made on the way") {
  const TempFolder folder;
  const Umask usual(022);
  REQUIRE(make_directories(folder.path("a/b//c/"), 0700));
  CHECK(std::filesystem::is_directory(folder.path("a/b/c")));
  CHECK(mode_of(folder.path("a/b")) == 0700);
  REQUIRE(make_directories(folder.path("a/b/c"), 0700));
  folder.write("file", "x");
  REQUIRE_FALSE(make_directories(folder.path("file/below"), 0700));
  REQUIRE_FALSE(make_directories(folder.path("file"), 0700));
}

TEST_CASE("descriptors are closed once and can be moved") {
  const TempFolder folder;
  folder.write("file", "hello");
  Fd first(::open(folder.path("file").c_str(), O_RDONLY | O_CLOEXEC));
  const int number = first.get();
  Fd second(std::move(first));
  CHECK(second.get() == number);
  std::string buffer(10, '\0');
  CHECK(read_some(second, buffer, "file") == std::size_t{5});
  CHECK(read_some(second, buffer, "file") == std::size_t{0});
  const auto facts = facts_of(second, "file");
  REQUIRE(facts);
  CHECK(facts->size == 5);
  CHECK(facts->is_regular);
  second = Fd();
  CHECK(::fcntl(number, F_GETFD) == -1);
  const auto closed = read_some(second, buffer, "file");
  REQUIRE_FALSE(closed);
  CHECK(closed.error().code == ErrorCode::volume);
}
