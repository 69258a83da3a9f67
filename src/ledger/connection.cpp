#include "ledger/connection.hpp"

#include <fmt/core.h>
#include <sqlite3.h>

namespace i2i::ledger {

int Query::run() {
  const int changes = statement_->exec();
  statement_->reset();
  next_ = 1;
  return changes;
}

std::string_view Query::bytes(int column) const {
  const SQLite::Column value = statement_->getColumn(column);
  const auto* const first = static_cast<const char*>(value.getBlob());
  return first == nullptr ? std::string_view() : std::string_view(first, static_cast<std::size_t>(value.getBytes()));
}

std::string Query::unpacked(int column) const {
  if (!statement_->getColumn(column).isBlob()) return text(column);
  std::string unpacked = ledger::unpacked(bytes(column));
  if (unpacked.empty()) corrupt("a name or a checksum has a length that none has");
  return unpacked;
}

void Query::bind_one(const Stored& value) {
  if (value.is_blob) {
    bind_one(Blob{value.bytes});
  } else {
    bind_one(value.bytes);
  }
}

std::optional<std::int64_t> Query::maybe_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<double> Query::maybe_real(int column) const {
  if (is_null(column)) return std::nullopt;
  return real(column);
}

Connection::Connection(const std::string& file, int flags, std::string path)
    : database_(file, flags, kBusyTimeoutMs), path_(std::move(path)) {
  // What does not stay in memory (a copy, a large sort) lies beside the ledger: there is room for one, while the
  // system's folder may be memory, or none be writable. Where the state dir is not, SQLite looks for that one itself.
  const std::string folder = path_.substr(0, path_.find_last_of('/') + 1);
  char* const set = sqlite3_mprintf("PRAGMA temp_store_directory = %Q", folder.empty() ? "." : folder.c_str());
  if (database_.tryExec(set) != SQLITE_OK) database_.tryExec("PRAGMA temp_store_directory = ''");
  sqlite3_free(set);
}

void Connection::set_pragmas() {
  // The cache is bounded so that a million assets stay within the memory promised (design §10, 13).
  database_.exec(
      "PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = FULL;"
      "PRAGMA foreign_keys = ON;"
      "PRAGMA temp_store = FILE;"
      "PRAGMA cache_size = -6000;"
      // A listing dirties the same index pages again and again: with a longer log they are written back less often.
      "PRAGMA wal_autocheckpoint = 16000;"
      "PRAGMA journal_size_limit = 67108864;");
}

Query Connection::query(std::string_view sql) {
  auto found = prepared_.find(sql);
  if (found == prepared_.end()) {
    std::string text(sql);
    auto statement = std::make_unique<SQLite::Statement>(database_, text);
    found = prepared_.emplace(std::move(text), Prepared{std::move(statement), false}).first;
  }
  Prepared& prepared = found->second;
  if (prepared.busy) {
    auto own = std::make_unique<SQLite::Statement>(database_, found->first);
    SQLite::Statement* const statement = own.get();
    return {statement, nullptr, std::move(own)};
  }
  prepared.busy = true;
  return {prepared.statement.get(), &prepared.busy, nullptr};
}

void Connection::begin(Inner inner) {
  if (depth_ == 0) {
    query("BEGIN IMMEDIATE").run();
    inner_ = inner;
    spoilt_ = false;
  } else if (inner_ == Inner::alone) {
    execute(fmt::format("SAVEPOINT level{}", depth_));
  }
  ++depth_;
}

void Connection::commit() {
  if (depth_ == 1) {
    if (spoilt_) throw SQLite::Exception("a part of the transaction failed", SQLITE_ABORT);
    query("COMMIT").run();
  } else if (inner_ == Inner::alone) {
    execute(fmt::format("RELEASE level{}", depth_ - 1));
  }
  --depth_;
}

void Connection::rollback() noexcept {
  --depth_;
  if (depth_ > 0 && inner_ == Inner::with_the_whole) {
    spoilt_ = true;
    return;
  }
  // Where SQLite rolled back by itself (disk full), there is nothing left to roll back.
  if (sqlite3_get_autocommit(database_.getHandle()) != 0) return;
  const std::string sql = depth_ == 0 ? "ROLLBACK" : fmt::format("ROLLBACK TO level{0}; RELEASE level{0}", depth_);
  database_.tryExec(sql);
}

util::Error Connection::error_of(const SQLite::Exception& exception, std::string_view doing, const std::string& path) {
  using util::ErrorCode;
  const auto make = [&](ErrorCode code, std::string message, std::string remedy) {
    return util::Error{code, fmt::format("{}: {}", doing, message), std::move(remedy), std::nullopt};
  };
  const char* const why = exception.what();
  if (exception.getErrorCode() == SQLITE_IOERR_GETTEMPPATH ||
      exception.getExtendedErrorCode() == SQLITE_IOERR_GETTEMPPATH) {
    return make(ErrorCode::volume,
                fmt::format("no folder can be written for what SQLite keeps on disk meanwhile: not the one of {}, nor "
                            "/var/tmp or /tmp",
                            path),
                "Make the state dir writable, or give a folder with the variable SQLITE_TMPDIR.");
  }
  switch (exception.getErrorCode() & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    // Every statement is a fixed text that fits the tables which the migrations make: where one does not, or a sum
    // overflows, the file says otherwise.
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return make(ErrorCode::ledger_damaged, fmt::format("the ledger {} is damaged ({})", path, why), kMakeAnew);
    case SQLITE_FULL:
      return make(ErrorCode::volume_full, fmt::format("no room left for the ledger {}", path),
                  "Free some space in the state dir.");
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return make(ErrorCode::volume, fmt::format("the ledger {} cannot be read or written ({})", path, why),
                  "Check the state dir: it must exist, belong to the user who runs this and be writable.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return make(ErrorCode::run_locked, fmt::format("another program holds the ledger {}", path),
                  "Wait until it is done, then run again.");
    default:
      return make(ErrorCode::internal, fmt::format("SQLite: {}", why), "");
  }
}

}  // namespace i2i::ledger
