#include "i2i/ledger/ledger.hpp"

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "i2i/util/file.hpp"
#include "ledger/connection.hpp"
#include "ledger/migrations.hpp"

namespace i2i::ledger {
namespace {

std::string folder_of(const std::string& path) {
  const std::string folder = path.substr(0, path.find_last_of('/') + 1);
  return folder.empty() ? "." : folder;
}

/// Makes the file where it is absent, private to its owner. SQLite gives -wal and -shm the same mode.
util::Result<void> prepare_file(const std::string& path, OpenMode mode) {
  const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (mode == OpenMode::create ? O_CREAT : 0);
  const util::Fd file(::open(path.c_str(), flags, 0600));
  if (!file.valid()) return util::fail(util::file_error(errno, "open the ledger", path));
  if (::fchmod(file.get(), 0600) != 0 && errno != EPERM) {
    return util::fail(util::file_error(errno, "make private", path));
  }
  return {};
}

/// SQLite's log and its locks need memory and locks that all processes share; over a network they do not, and the
/// ledger is lost sooner or later (sqlite.org/wal.html, "All processes using a database must be on the same host
/// computer").
util::Result<void> refuse_network(const std::string& path) {
  const std::string folder = folder_of(path);
  const std::string kind = util::network_file_system(folder);
  if (kind.empty()) return {};
  return util::fail(
      util::ErrorCode::volume,
      fmt::format("the state dir {} lies on a network file system ({}), where the ledger's locks cannot be "
                  "relied on",
                  folder, kind),
      "Give a folder on a local disk with --state-dir; only the photos dir may lie on the network.");
}

bool exists(const std::string& path) {
  struct stat facts {};
  return ::lstat(path.c_str(), &facts) == 0;
}

bool has_log(const std::string& path) { return exists(path + "-wal"); }

/// To SQLite, the file at path as one that nobody changes (sqlite.org/uri.html, "immutable"). Even to read it, SQLite
/// makes a log beside the file, which it cannot in a folder that is read-only.
std::string unchanging(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02x}", int{c});
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

/// Copies the file at path into an empty database.
util::Result<void> copy_into(Connection& target, const std::string& path) {
  try {
    const bool as_it_lies = !has_log(path) && ::access(folder_of(path).c_str(), W_OK) != 0;
    SQLite::Database source(as_it_lies ? unchanging(path) : path,
                            as_it_lies ? SQLite::OPEN_READONLY | SQLite::OPEN_URI : SQLite::OPEN_READWRITE, 10'000);
    SQLite::Backup backup(target.database(), source);
    backup.executeStep(-1);
    if (as_it_lies && has_log(path)) {
      return util::fail(util::ErrorCode::run_locked, fmt::format("another program began to write the ledger {}", path),
                        "Wait until it is done, then run again.");
    }
    return {};
  } catch (const SQLite::Exception& exception) {
    return util::fail(Connection::error_of(exception, "copying the ledger", path));
  }
}

util::Result<std::unique_ptr<Connection>> connect(const std::string& path, int flags, const std::string& file) {
  try {
    return std::make_unique<Connection>(file, flags, path);
  } catch (const SQLite::Exception& exception) {
    return util::fail(Connection::error_of(exception, "opening the ledger", path));
  }
}

}  // namespace

util::Error damaged(const std::string& what) {
  return {util::ErrorCode::ledger_damaged, "the ledger is damaged: it " + what, kMakeAnew, std::nullopt};
}

Ledger::Ledger(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

util::Result<Ledger> Ledger::open(const std::string& path, OpenMode mode) {
  std::unique_ptr<Connection> connection;
  if (mode == OpenMode::temporary_copy || mode == OpenMode::temporary_empty) {
    I2I_ASSIGN(connection, connect(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, ""));
    if (mode == OpenMode::temporary_copy && exists(path)) I2I_TRY(copy_into(*connection, path));
  } else {
    I2I_TRY(refuse_network(path));
    I2I_TRY(prepare_file(path, mode));
    I2I_ASSIGN(connection, connect(path, SQLite::OPEN_READWRITE, path));
  }
  I2I_TRY(connection->guarded("opening the ledger", [&]() -> util::Result<void> {
    connection->set_pragmas();
    return {};
  }));
  I2I_TRY(migrate(*connection));
  return Ledger(std::move(connection));
}

util::Result<void> Ledger::check() {
  return connection_->guarded("checking the ledger", [&]() -> util::Result<void> {
    Query form = connection_->query("PRAGMA integrity_check(1)");
    if (!form.step() || form.text(0) != "ok") corrupt("integrity_check found: " + form.text(0));
    Query names = connection_->query("PRAGMA foreign_key_check");
    if (names.step()) corrupt("a row of " + names.text(0) + " names one of " + names.text(2) + " that is not there");
    return {};
  });
}

util::Result<std::optional<std::string>> Ledger::fact(const std::string& name) {
  return connection_->guarded("reading the ledger", [&]() -> util::Result<std::optional<std::string>> {
    Query query = connection_->query("SELECT value FROM facts WHERE name = ?1");
    if (!query.bind(name).step()) return std::optional<std::string>();
    return std::optional(query.text(0));
  });
}

util::Result<void> Ledger::set_fact(const std::string& name, const std::string& value) {
  return connection_->guarded("writing the ledger", [&]() -> util::Result<void> {
    connection_
        ->query(
            "INSERT INTO facts (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            " WHERE value <> excluded.value")
        .bind(name, value)
        .run();
    return {};
  });
}

util::Result<std::optional<std::string>> set_aside(const std::string& path) {
  if (!exists(path)) return std::optional<std::string>();
  std::string target;
  for (int number = 1;; ++number) {
    target = fmt::format("{}.damaged-{}", path, number);
    if (!exists(target)) break;
  }
  // The log first: a ledger must never meet the log of another one.
  for (const char* suffix : {"-wal", "-shm", ""}) {
    const std::string from = path + suffix;
    if (exists(from) && std::rename(from.c_str(), (target + suffix).c_str()) != 0) {
      return util::fail(util::file_error(errno, "set aside the ledger", from));
    }
  }
  return std::optional(target);
}

namespace {

util::Result<Connection*> begin_on(Ledger& ledger, Connection::Inner inner) {
  Connection& connection = ledger.connection();
  return connection.guarded("writing the ledger", [&]() -> util::Result<Connection*> {
    if (connection.in_transaction()) return util::fail(util::ErrorCode::internal, "a transaction is on already");
    connection.begin(inner);
    return &connection;
  });
}

}  // namespace

util::Result<Transaction> Transaction::begin(Ledger& ledger) {
  I2I_ASSIGN(auto* const connection, begin_on(ledger, Connection::Inner::alone));
  return Transaction(connection);
}

util::Result<Transaction> Transaction::begin_whole(Ledger& ledger) {
  I2I_ASSIGN(auto* const connection, begin_on(ledger, Connection::Inner::with_the_whole));
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  if (connection_ != nullptr) connection_->rollback();
}

util::Result<void> Transaction::commit() {
  I2I_ASSERT(connection_ != nullptr);
  return connection_->guarded("writing the ledger", [&]() -> util::Result<void> {
    connection_->commit();
    connection_ = nullptr;
    return {};
  });
}

}  // namespace i2i::ledger
