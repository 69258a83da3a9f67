#include "ledger/migrations.hpp"

#include <fmt/core.h>

#include <array>

#include "i2i/util/log.hpp"
#include "i2i/util/text.hpp"
#include "ledger/connection.hpp"
#include "ledger/path_key.hpp"

namespace i2i::ledger {
namespace {

// Numbered by their place; never edited once released, only added to.
constexpr std::array kMigrations = {
#include "ledger/migrations/0001_first.sql"
    ,
#include "ledger/migrations/0002_catalogue.sql"
    ,
#include "ledger/migrations/0003_volume_files.sql"
    ,
#include "ledger/migrations/0004_sidecars.sql"
    ,
#include "ledger/migrations/0005_trash.sql"
    ,
#include "ledger/migrations/0006_compact.sql"
    ,
#include "ledger/migrations/0007_stacks_and_links.sql"
    ,
#include "ledger/migrations/0008_proofs.sql"
};

std::int64_t pragma_value(Connection& connection, const char* sql) {
  Query query = connection.query(sql);
  return query.step() ? query.integer(0) : 0;
}

std::string_view text_of(sqlite3_value* value) {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return text == nullptr ? std::string_view()
                         : std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

void packed_function(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  const Stored stored = packed(text_of(values[0]));
  const auto size = static_cast<int>(stored.bytes.size());
  if (stored.is_blob) {
    sqlite3_result_blob(context, stored.bytes.data(), size, SQLITE_TRANSIENT);
  } else {
    sqlite3_result_value(context, values[0]);
  }
}

void path_key_function(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  sqlite3_result_int64(context, path_key(util::case_fold(text_of(values[0]))));
}

/// What the migrations need of ours. Gone afterwards: nothing in the file refers to it.
class Functions {
 public:
  explicit Functions(Connection& connection) : database_(connection.database()) {
    database_.createFunction("i2i_packed", 1, true, nullptr, &packed_function);
    database_.createFunction("i2i_path_key", 1, true, nullptr, &path_key_function);
    // A table that is made anew must not take the rows with it that refer to it.
    database_.exec("PRAGMA foreign_keys = OFF");
  }
  Functions(const Functions&) = delete;
  Functions& operator=(const Functions&) = delete;
  Functions(Functions&&) = delete;
  Functions& operator=(Functions&&) = delete;
  ~Functions() {
    for (const char* name : {"i2i_packed", "i2i_path_key"}) {
      sqlite3_create_function(database_.getHandle(), name, 1, SQLITE_UTF8, nullptr, nullptr, nullptr, nullptr);
    }
    database_.tryExec("PRAGMA foreign_keys = ON");
  }

 private:
  SQLite::Database& database_;
};

/// Rows that break a rule of the new tables broke the same one of the old: the file was damaged before.
void run_migration(Connection& connection, const char* sql) {
  try {
    connection.execute(sql);
  } catch (const SQLite::Exception& exception) {
    if ((exception.getErrorCode() & 0xFF) != SQLITE_CONSTRAINT) throw;
    throw SQLite::Exception(exception.what(), SQLITE_CORRUPT);
  }
}

/// Gives the room of the old tables back. Where that fails (it needs room itself), later rows fill it.
void shrink(Connection& connection) {
  if (connection.path().empty()) return;
  const std::int64_t unused = pragma_value(connection, "PRAGMA freelist_count");
  if (unused * 4 < pragma_value(connection, "PRAGMA page_count")) return;
  if (connection.database().tryExec("VACUUM") != SQLITE_OK) {
    util::log_info("the ledger {} keeps {} unused pages: no room to give them back", connection.path(), unused);
  }
}

}  // namespace

int newest_schema() { return static_cast<int>(kMigrations.size()); }

util::Result<void> migrate(Connection& connection) {
  return connection.guarded("opening the ledger", [&]() -> util::Result<void> {
    const std::int64_t application = pragma_value(connection, "PRAGMA application_id");
    const std::int64_t version = pragma_value(connection, "PRAGMA user_version");
    const std::int64_t tables = pragma_value(connection, "SELECT count(*) FROM sqlite_master");
    if (application != kApplicationId && (application != 0 || version != 0 || tables != 0)) {
      return util::fail(util::ErrorCode::ledger_damaged,
                        fmt::format("{} is a database, but no ledger of this program", connection.path()),
                        "Move it away, or make the ledger anew with `sync --rebuild`.");
    }
    if (version > newest_schema()) {
      return util::fail(
          util::ErrorCode::ledger_newer,
          fmt::format("the ledger {} has schema {}, this version knows up to {}: a newer version wrote it",
                      connection.path(), version, newest_schema()),
          "Use the newer version of icloud2immich; if there is none, the ledger is damaged: `sync --rebuild`.");
    }
    if (version == newest_schema()) return {};
    {
      const Functions functions(connection);
      for (std::int64_t next = version + 1; next <= newest_schema(); ++next) {
        Scope scope(connection);
        run_migration(connection, kMigrations.at(static_cast<std::size_t>(next - 1)));
        connection.execute(fmt::format("PRAGMA user_version = {}", next));
        connection.execute(fmt::format("PRAGMA application_id = {}", kApplicationId));
        scope.commit();
      }
    }
    shrink(connection);
    return {};
  });
}

}  // namespace i2i::ledger
