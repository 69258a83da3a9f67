#pragma once
#include "i2i/ledger/catalogue.hpp"
#include "ledger/connection.hpp"
#include "ledger/zone_rows.hpp"

namespace i2i::ledger {

/// Applies records to the rows of one zone, inside a transaction of the caller. Throws SQLite::Exception.
class RecordWriter {
 public:
  RecordWriter(Connection& connection, const ZoneState& zone) : connection_(connection), zone_(zone) {}

  void put(const model::Record& record);
  [[nodiscard]] const Applied& applied() const { return applied_; }

  void operator()(const model::Master& master);
  void operator()(const model::Asset& asset);
  void operator()(const model::Album& album);
  void operator()(const model::Membership& membership);
  void operator()(const model::Tombstone& tombstone);
  void operator()(const model::Skipped& skipped);

 private:
  std::int64_t master_id(const std::string& name);
  bool remove_asset(const std::string& name);
  bool remove_master(const std::string& name);
  bool remove_album(const std::string& name);

  Connection& connection_;
  ZoneState zone_;
  Applied applied_;
};

}  // namespace i2i::ledger
