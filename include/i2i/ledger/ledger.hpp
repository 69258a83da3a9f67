#pragma once
// The ledger: one SQLite file per account. One thread uses it. Every failure is ledger_damaged, ledger_newer or
// volume(_full); no exception leaves this layer.

#include <memory>
#include <optional>
#include <string>

#include "i2i/util/result.hpp"

namespace i2i::ledger {

class Connection;  // src/ledger/connection.hpp

enum class OpenMode { create, existing, temporary_copy, temporary_empty };

/// What the ledger says cannot be so. what: said in a sentence that begins with the ledger, "says that …". The remedy
/// is to make it anew.
util::Error damaged(const std::string& what);

/// Opening checks the file (quick_check on request), migrates it (migrations are numbered SQL texts, never edited), and
/// sets WAL, synchronous=FULL, foreign keys, a busy time-out.
class Ledger {
 public:
  /// existing: not_found where there is no file. temporary_copy: works on a private copy that is gone afterwards
  /// (--dry-run); an absent file gives an empty ledger. temporary_empty: the same, of none.
  static util::Result<Ledger> open(const std::string& path, OpenMode mode);
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  ~Ledger();

  /// Reads the whole file: its form, every index against its table, every row against those that it names.
  /// ledger_damaged where anything is wrong.
  util::Result<void> check();

  /// Small facts by name: "dsid", "volume_id", "database_token/private", …
  util::Result<std::optional<std::string>> fact(const std::string& name);
  util::Result<void> set_fact(const std::string& name, const std::string& value);

  [[nodiscard]] Connection& connection() { return *connection_; }

 private:
  explicit Ledger(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

/// Renames a damaged ledger (with its -wal and -shm) out of the way, for `sync --rebuild`: "ledger.damaged-1", "-2", …
/// Nothing is deleted. Returns the new path; nullopt where there was no file. No Ledger may be open on it.
util::Result<std::optional<std::string>> set_aside(const std::string& path);

/// BEGIN IMMEDIATE … COMMIT; rolls back unless committed. The layer's own writes join it. At most one at a time
/// (internal otherwise).
class Transaction {
 public:
  static util::Result<Transaction> begin(Ledger& ledger);
  /// For many writes that stand or fall together, as the pages of a listing: once one of them failed, commit fails too.
  /// Much cheaper than a transaction whose writes are each undone by themselves.
  static util::Result<Transaction> begin_whole(Ledger& ledger);
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  util::Result<void> commit();

 private:
  explicit Transaction(Connection* connection) : connection_(connection) {}
  Connection* connection_;
};

}  // namespace i2i::ledger
