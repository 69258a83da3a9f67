#include "ledger/migrations.hpp"

#include <fmt/core.h>

#include <array>

#include "ledger/connection.hpp"

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
};

std::int64_t pragma_value(Connection& connection, const char* sql) {
  Query query = connection.query(sql);
  return query.step() ? query.integer(0) : 0;
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
          "Use the newer version of icloud2immich.");
    }
    for (std::int64_t next = version + 1; next <= newest_schema(); ++next) {
      Scope scope(connection);
      connection.execute(kMigrations.at(static_cast<std::size_t>(next - 1)));
      connection.execute(fmt::format("PRAGMA user_version = {}", next));
      connection.execute(fmt::format("PRAGMA application_id = {}", kApplicationId));
      scope.commit();
    }
    return {};
  });
}

}  // namespace i2i::ledger
