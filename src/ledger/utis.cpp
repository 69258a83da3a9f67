#include "ledger/utis.hpp"

namespace i2i::ledger {

std::int64_t uti_number(Connection& connection, const std::string& uti) {
  if (uti.empty()) return 0;
  {
    Query query = connection.query("SELECT id FROM utis WHERE uti = ?1");
    if (query.bind(uti).step()) return query.integer(0);
  }
  connection.query("INSERT INTO utis (uti) VALUES (?1)").bind(uti).run();
  return connection.last_row_id();
}

}  // namespace i2i::ledger
