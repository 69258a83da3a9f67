#include "i2i/ledger/ledger.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <memory>

#include "i2i/ledger/placements.hpp"
#include "ledger/migrations.hpp"
#include "ledger_fixture.hpp"

using i2i::ledger::Ledger;
using i2i::ledger::OpenMode;
using i2i::ledger::Transaction;
using i2i::util::ErrorCode;
using ledger_test::must;
using ledger_test::open_new;
using ledger_test::TempDir;

namespace {

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using Raw = std::unique_ptr<sqlite3, Close>;

Raw open_raw(const std::string& path) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  return Raw(database);
}

void execute(const std::string& path, const std::string& sql) {
  REQUIRE(sqlite3_exec(open_raw(path).get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

std::string ask(const std::string& path, const std::string& sql) {
  const Raw database = open_raw(path);
  std::string answer;
  const auto row = [](void* out, int count, char** values, char**) {
    for (int i = 0; i < count; ++i) {
      *static_cast<std::string*>(out) += values[i] == nullptr ? "NULL" : values[i];
      *static_cast<std::string*>(out) += '\n';
    }
    return 0;
  };
  REQUIRE(sqlite3_exec(database.get(), sql.c_str(), row, &answer, nullptr) == SQLITE_OK);
  return answer;
}

std::string read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a new ledger is private, in WAL mode and marked as ours") {
  const TempDir dir;
  { const Ledger ledger = open_new(dir); }
  struct stat facts {};
  REQUIRE(::stat(dir.file("ledger").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  CHECK(ask(dir.file("ledger"), "PRAGMA journal_mode") == "wal\n");
  CHECK(ask(dir.file("ledger"), "PRAGMA application_id") == std::to_string(i2i::ledger::kApplicationId) + "\n");
  CHECK(ask(dir.file("ledger"), "PRAGMA user_version") == std::to_string(i2i::ledger::newest_schema()) + "\n");
}

TEST_CASE("the schema in the tests is what all migrations make") {
  const TempDir dir;
  { const Ledger ledger = open_new(dir); }
  const std::string made = ask(dir.file("ledger"),
                               "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
                               " ORDER BY type DESC, name");
  const std::string golden = I2I_TEST_DATA "/../unit/ledger/schema.sql";
  INFO("the schema now is:\n" << made);
  CHECK(read_all(golden) == made);
}

TEST_CASE("facts stay over a reopening") {
  const TempDir dir;
  {
    Ledger ledger = open_new(dir);
    CHECK(must(ledger.fact("dsid")) == std::nullopt);
    must(ledger.set_fact("dsid", "1"));
    must(ledger.set_fact("dsid", "2"));
  }
  Ledger ledger = must(Ledger::open(dir.file("ledger"), OpenMode::existing));
  CHECK(must(ledger.fact("dsid")) == "2");
  must(ledger.check());
}

TEST_CASE("files that cannot be a ledger") {
  const TempDir dir;
  struct Row {
    const char* name;
    std::function<void(const std::string&)> make;
    ErrorCode expected;
  };
  const Row rows[] = {
      {"absent", [](const std::string&) {}, ErrorCode::not_found},
      {"text", [](const std::string& path) { std::ofstream(path) << std::string(9000, 'x'); },
       ErrorCode::ledger_damaged},
      {"foreign database", [](const std::string& path) { execute(path, "CREATE TABLE t (a)"); },
       ErrorCode::ledger_damaged},
      {"newer",
       [](const std::string& path) {
         { const Ledger ledger = must(Ledger::open(path, OpenMode::create)); }
         execute(path, "PRAGMA user_version = 99");
       },
       ErrorCode::ledger_newer},
      {"symbolic link", [](const std::string& path) { std::filesystem::create_symlink("/etc/hostname", path); },
       ErrorCode::volume},
      {"folder", [](const std::string& path) { std::filesystem::create_directory(path); }, ErrorCode::volume},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const std::string path = dir.file(row.name);
    row.make(path);
    const auto opened = Ledger::open(path, OpenMode::existing);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == row.expected);
    if (row.expected == ErrorCode::ledger_damaged)
      CHECK_THAT(opened.error().remedy, ContainsSubstring("sync --rebuild"));
  }
}

TEST_CASE("damage inside the file is found and named") {
  const TempDir dir;
  const std::string path = dir.file("ledger");
  {
    Ledger ledger = open_new(dir);
    for (int i = 0; i < 500; ++i) must(ledger.set_fact("name " + std::to_string(i), std::string(200, 'v')));
  }
  const auto size = std::filesystem::file_size(path);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    for (std::streamoff at = 4096; at < static_cast<std::streamoff>(size); at += 4096) {
      file.seekp(at);
      file << std::string(4096, '\xAB');
    }
  }
  auto opened = Ledger::open(path, OpenMode::existing);
  if (opened) {
    const auto checked = opened->check();
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == ErrorCode::ledger_damaged);
    CHECK_THAT(checked.error().remedy, ContainsSubstring("sync --rebuild"));
    const auto fact = opened->fact("name 7");
    REQUIRE_FALSE(fact);
    CHECK(fact.error().code == ErrorCode::ledger_damaged);
  } else {
    CHECK(opened.error().code == ErrorCode::ledger_damaged);
  }
}

TEST_CASE("a damaged ledger is set aside, never deleted") {
  const TempDir dir;
  const std::string path = dir.file("ledger");
  CHECK(must(i2i::ledger::set_aside(path)) == std::nullopt);
  std::ofstream(path) << "one";
  std::ofstream(path + "-wal") << "log";
  CHECK(must(i2i::ledger::set_aside(path)) == path + ".damaged-1");
  std::ofstream(path) << "two";
  CHECK(must(i2i::ledger::set_aside(path)) == path + ".damaged-2");
  CHECK(read_all(path + ".damaged-1") == "one");
  CHECK(read_all(path + ".damaged-1-wal") == "log");
  CHECK(read_all(path + ".damaged-2") == "two");
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a temporary copy knows everything and changes nothing") {
  const TempDir dir;
  {
    Ledger ledger = open_new(dir);
    must(ledger.set_fact("dsid", "1"));
  }
  const std::string before = read_all(dir.file("ledger"));
  {
    Ledger copy = must(Ledger::open(dir.file("ledger"), OpenMode::temporary_copy));
    CHECK(must(copy.fact("dsid")) == "1");
    must(copy.set_fact("dsid", "2"));
    auto transaction = must(Transaction::begin(copy));
    must(copy.set_fact("dsid", "3"));
    must(transaction.commit());
    CHECK(must(copy.fact("dsid")) == "3");
  }
  CHECK(read_all(dir.file("ledger")) == before);
  Ledger none = must(Ledger::open(dir.file("absent"), OpenMode::temporary_copy));
  CHECK(must(none.fact("dsid")) == std::nullopt);
  CHECK_FALSE(std::filesystem::exists(dir.file("absent")));
}

TEST_CASE("a transaction is all or nothing, and the only one") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  {
    auto transaction = must(Transaction::begin(ledger));
    must(ledger.set_fact("a", "1"));
    CHECK_FALSE(Transaction::begin(ledger));
  }
  CHECK(must(ledger.fact("a")) == std::nullopt);
  auto transaction = must(Transaction::begin(ledger));
  must(ledger.set_fact("a", "2"));
  must(transaction.commit());
  CHECK(must(ledger.fact("a")) == "2");
}

TEST_CASE("a transaction of many writes stands or falls with each of them") {
  const TempDir dir;
  Ledger ledger = open_new(dir);
  i2i::ledger::Placements placements(ledger);
  i2i::ledger::Placement row;
  row.checksum = "c1";
  row.path = "a";
  {
    auto transaction = must(Transaction::begin_whole(ledger));
    must(placements.reserve(row));
    must(ledger.set_fact("a", "1"));
    must(transaction.commit());
  }
  CHECK(must(ledger.fact("a")) == "1");
  {
    auto transaction = must(Transaction::begin_whole(ledger));
    must(ledger.set_fact("a", "2"));
    auto unknown = row;
    unknown.checksum = "unknown";
    CHECK_FALSE(placements.mark_placed({row, unknown}));
    CHECK_FALSE(transaction.commit());
  }
  CHECK(must(ledger.fact("a")) == "1");
  // And the next one is as good as new.
  auto transaction = must(Transaction::begin_whole(ledger));
  must(ledger.set_fact("a", "3"));
  must(transaction.commit());
  CHECK(must(ledger.fact("a")) == "3");
}
