#pragma once
// The only header that knows SQLite. Exceptions of it fly inside this layer only: every public function of the layer
// runs its work in Connection::guarded.

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "i2i/util/result.hpp"
#include "ledger/packed.hpp"

namespace i2i::ledger {

inline constexpr const char* kMakeAnew =
    "Make it anew from iCloud and the files with `sync --rebuild`; nothing that is there is fetched again.";

/// What was read cannot be what was written: throws what guarded turns into ledger_damaged.
[[noreturn]] inline void corrupt(const std::string& why) { throw SQLite::Exception(why, SQLITE_CORRUPT); }

/// Bytes that are no text, to be bound.
struct Blob {
  const std::string& bytes;
};

/// A prepared statement, lent by the connection; reset when it goes. Columns count from 0, parameters from 1.
class Query {
 public:
  Query(SQLite::Statement* statement, bool* busy, std::unique_ptr<SQLite::Statement> own)
      : statement_(statement), busy_(busy), own_(std::move(own)) {}
  Query(Query&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)),
        busy_(std::exchange(other.busy_, nullptr)),
        own_(std::move(other.own_)),
        next_(other.next_) {}
  Query& operator=(Query&&) = delete;
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() {
    if (statement_ != nullptr) statement_->tryReset();
    if (busy_ != nullptr) *busy_ = false;
  }

  /// Binds in order, after what was bound before.
  template <class... Values>
  Query& bind(const Values&... values) {
    (bind_one(values), ...);
    return *this;
  }
  /// True when there is a row.
  bool step() { return statement_->executeStep(); }
  /// For statements without rows: runs, returns how many rows changed, and can be bound and run again.
  int run();

  [[nodiscard]] bool is_null(int column) const { return statement_->isColumnNull(column); }
  [[nodiscard]] std::int64_t integer(int column) const { return statement_->getColumn(column).getInt64(); }
  [[nodiscard]] bool flag(int column) const { return integer(column) != 0; }
  [[nodiscard]] double real(int column) const { return statement_->getColumn(column).getDouble(); }
  [[nodiscard]] std::string text(int column) const { return statement_->getColumn(column).getString(); }
  /// The bytes of a text or a blob; until the next step.
  [[nodiscard]] std::string_view bytes(int column) const;
  /// The text of a packed column. Throws (damaged) where the blob has a length that no text has.
  [[nodiscard]] std::string unpacked(int column) const;
  /// Of an enum whose last value is given. Throws (damaged) where the number is none of them.
  template <class Enum>
  [[nodiscard]] Enum one_of(int column, Enum last) const {
    const std::int64_t value = integer(column);
    if (value < 0 || value > static_cast<std::int64_t>(last)) corrupt("a number stands for nothing");
    return static_cast<Enum>(value);
  }
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(int column) const;
  [[nodiscard]] std::optional<double> maybe_real(int column) const;

 private:
  void bind_one(std::int64_t value) { statement_->bind(next_++, value); }
  void bind_one(std::uint64_t value) { statement_->bind(next_++, static_cast<std::int64_t>(value)); }
  void bind_one(int value) { statement_->bind(next_++, value); }
  void bind_one(bool value) { statement_->bind(next_++, value ? 1 : 0); }
  void bind_one(double value) { statement_->bind(next_++, value); }
  void bind_one(const std::string& value) { statement_->bind(next_++, value); }
  void bind_one(const Blob& value) {
    statement_->bind(next_++, value.bytes.data(), static_cast<int>(value.bytes.size()));
  }
  void bind_one(const Packed& value) { bind_one(packed(value.text)); }
  void bind_one(const Stored& value);
  void bind_one(std::nullopt_t /*none*/) { statement_->bind(next_++); }
  template <class Value>
  void bind_one(const std::optional<Value>& value) {
    if (value) {
      bind_one(*value);
    } else {
      bind_one(std::nullopt);
    }
  }

  SQLite::Statement* statement_;
  bool* busy_;
  std::unique_ptr<SQLite::Statement> own_;
  int next_ = 1;
};

/// The open file, its prepared statements, and what is going on in it. One thread.
class Connection {
 public:
  /// Throws SQLite::Exception. path: where the ledger is, or would be. file: what is opened, that or "", a private file
  /// that SQLite has unlinked already.
  Connection(const std::string& file, int flags, std::string path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] SQLite::Database& database() { return database_; }
  void set_pragmas();

  Query query(std::string_view sql);
  /// One or more statements without parameters.
  void execute(const std::string& sql) { database_.exec(sql); }
  [[nodiscard]] std::int64_t last_row_id() const { return database_.getLastInsertRowid(); }

  /// How what is begun inside a transaction is undone: by itself (a savepoint, which writes every page it changes into
  /// a journal), or only with the whole transaction.
  enum class Inner { alone, with_the_whole };
  /// Opens a transaction, or what its inner kind says inside one. inner: of the outermost.
  void begin(Inner inner = Inner::alone);
  void commit();
  void rollback() noexcept;
  [[nodiscard]] bool in_transaction() const { return depth_ > 0; }

  /// Zones (row ids) being listed by this process.
  std::set<std::int64_t>& listings() { return listings_; }

  /// Runs body and turns SQLite's exceptions into an Error that says what was being done.
  template <class Body>
  auto guarded(std::string_view doing, Body&& body) -> decltype(body()) {
    try {
      return body();
    } catch (const SQLite::Exception& exception) {
      return util::fail(error_of(exception, doing, path_));
    }
  }
  static util::Error error_of(const SQLite::Exception& exception, std::string_view doing, const std::string& path);

 private:
  static constexpr int kBusyTimeoutMs = 10'000;
  struct Prepared {
    std::unique_ptr<SQLite::Statement> statement;
    bool busy = false;
  };

  SQLite::Database database_;
  std::string path_;
  std::map<std::string, Prepared, std::less<>> prepared_;
  std::set<std::int64_t> listings_;
  int depth_ = 0;
  Inner inner_ = Inner::alone;
  bool spoilt_ = false;  // something inside was undone that can only be undone with the whole
};

/// For rows that are read piece by piece after the last one's key: a damaged index may give the same piece for ever.
/// Throws SQLite::Exception (the ledger is damaged) unless the key went on.
inline void must_go_on(bool went_on) {
  if (!went_on) corrupt("an index is out of order");
}

/// A transaction inside this layer: rolls back unless committed.
class Scope {
 public:
  explicit Scope(Connection& connection) : connection_(&connection) { connection.begin(); }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  Scope(Scope&&) = delete;
  Scope& operator=(Scope&&) = delete;
  ~Scope() {
    if (connection_ != nullptr) connection_->rollback();
  }
  void commit() {
    connection_->commit();
    connection_ = nullptr;
  }

 private:
  Connection* connection_;
};

}  // namespace i2i::ledger
