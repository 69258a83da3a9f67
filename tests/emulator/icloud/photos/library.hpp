#pragma once
// The photo library of the practice account: zones, the files behind them, and one lock around it all.

#include <list>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "emulator/common/http.hpp"
#include "emulator/icloud/photos/zone.hpp"

namespace emulator::icloud {

/// A made-up library of any size; nothing of it is stored but what tells the items apart.
struct GeneratedLibrary {
  std::uint64_t assets = 0;
  std::uint64_t size_bytes = 2000;
  std::uint64_t seed = 1;
  std::uint64_t live_every = 0;  // every so many items is a live photo; 0: none
  std::string zone = "PrimarySync";
};

/// Thread-safe through lock(): hold it while a Zone is being read or changed. The functions below take it themselves.
class Library {
 public:
  explicit Library(Now now);

  [[nodiscard]] std::unique_lock<std::recursive_mutex> lock() const { return std::unique_lock(mutex_); }
  [[nodiscard]] std::int64_t now_ms() const { return now_(); }

  /// The zone, made when there is none of that name. PrimarySync is there from the start.
  Zone& zone(const std::string& name, Database database);
  /// The same in whichever database has it; made under private where none has.
  Zone& zone(const std::string& name);
  /// Nothing where the database has no such zone or it was deleted.
  Zone* find_zone(Database database, const std::string& name);
  Zone* find_zone(const std::string& name);
  [[nodiscard]] std::vector<Zone*> zones();
  [[nodiscard]] std::uint64_t database_counter(Database database) const;
  [[nodiscard]] const std::string& database_token_bytes(Database database) const;

  void generate(const GeneratedLibrary& wanted);
  /// An empty personal library and nothing else.
  void clear();

  /// Makes the bytes reachable by their checksum on the content host.
  void publish(const BlobPtr& blob);
  /// Nothing where no file has that checksum.
  BlobPtr find_blob(const std::string& checksum);

  /// A record name that no other record has.
  std::string new_id();

  /// What the library holds, as tests compare it with what a client brought home (tests/emulator/README.md).
  [[nodiscard]] nlohmann::json state();

 private:
  Now now_;
  mutable std::recursive_mutex mutex_;
  std::uint64_t counters_[2] = {1000, 1000};
  std::string token_bytes_[2];
  std::list<Zone> zones_;
  std::unordered_map<std::string, BlobPtr> blobs_;
  std::uint64_t ids_ = 0;
};

}  // namespace emulator::icloud
