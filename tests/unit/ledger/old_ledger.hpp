#pragma once
// A ledger as versions before schema 6 left it, made by their migrations.

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <string>

#include "ledger/migrations.hpp"

namespace ledger_test {

inline constexpr int kOldSchema = 5;

/// Makes the file; rows are SQL.
inline void make_old_ledger(const std::string& path, const std::string& rows) {
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
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec("PRAGMA journal_mode = WAL");
  for (const char* sql : kMigrations) database.exec(sql);
  database.exec("PRAGMA application_id = " + std::to_string(i2i::ledger::kApplicationId));
  database.exec("PRAGMA user_version = " + std::to_string(kOldSchema));
  database.exec(rows);
}

}  // namespace ledger_test
