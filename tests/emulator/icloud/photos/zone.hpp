#pragma once
// One record zone: its records, the log of their changes, and the orders they are listed in.
// docs/protocol/icloud.md §6.2, §7.2, §8.2. Not thread-safe: Library's lock guards it.

#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "emulator/icloud/photos/records.hpp"

namespace emulator::icloud {

enum class Database { private_db, shared_db };

struct LogEntry {
  std::uint64_t position = 0;
  RecordType type = RecordType::asset;
  std::uint32_t index = 0;
};

/// Which listing (§7.2). parent: of albums and of an album's content; name: of a smart album.
enum class Index { added_date, asset_date, hidden, deleted, burst, smart, album_by_date, album_by_position };

class Zone {
 public:
  /// database_counter: counts the changes of all zones of the database; must outlive the zone.
  Zone(std::string name, Database database, std::string owner, std::uint64_t* database_counter);

  // ---- facts
  const std::string name;
  const Database database;
  const std::string owner;  // ownerRecordName
  const std::string token_bytes;
  bool deleted = false;
  /// CMM-… and AppLibrarySync-…: queries fail with "Index has invalid data" (§6.2).
  [[nodiscard]] bool noise() const;
  [[nodiscard]] bool shared() const { return name.starts_with("SharedSync"); }
  [[nodiscard]] std::uint64_t counter() const { return counter_; }
  [[nodiscard]] std::uint64_t database_change() const { return database_change_; }
  [[nodiscard]] std::string current_token() const;

  // ---- records
  std::deque<Master> masters;
  std::deque<Asset> assets;
  std::deque<Album> albums;
  std::deque<Relation> relations;
  std::uint64_t info_change = 0;

  std::uint32_t add_master(Master master);
  std::uint32_t add_asset(Asset asset);
  std::uint32_t add_album(Album album);
  std::uint32_t add_relation(std::uint32_t asset, std::uint32_t album, std::int64_t now_ms);

  std::optional<std::uint32_t> find_asset(const std::string& id) const;
  std::optional<std::uint32_t> find_album(const std::string& id) const;
  std::optional<std::uint32_t> find_relation(const std::string& id) const;
  /// Computes names not known yet when the first look fails.
  std::optional<std::uint32_t> find_master(const std::string& id);
  /// The master's record name, computed from its bytes when first asked for.
  const std::string& master_id(std::uint32_t index);
  [[nodiscard]] std::string relation_id(const Relation& relation) const;

  // ---- changes: every one gives the record a new tag and a place at the end of the log
  void touch_master(std::uint32_t index);
  void touch_asset(std::uint32_t index);
  void touch_album(std::uint32_t index);
  void touch_relation(std::uint32_t index);
  void touch_info();
  [[nodiscard]] const std::vector<LogEntry>& log() const { return log_; }
  /// Whether an entry is still the record's last change.
  [[nodiscard]] bool current(const LogEntry& entry) const;

  // ---- listings
  /// Asset indexes in order; for the two album listings: relation indexes. key: the smart album's name or the album's
  /// record name. Valid until the next change.
  const std::vector<std::uint32_t>& index(Index index, const std::string& key = {});
  /// Album indexes below a folder ("" = root), in the user's order.
  [[nodiscard]] std::vector<std::uint32_t> children(const std::string& parent) const;
  [[nodiscard]] bool in_smart_album(const Asset& asset, const std::string& smart) const;

 private:
  std::uint64_t next_change(RecordType type, std::uint32_t index);
  std::vector<std::uint32_t> build(Index index, const std::string& key) const;

  std::uint64_t counter_ = 83000;
  std::uint64_t database_change_ = 0;
  std::uint64_t* database_counter_;
  std::vector<LogEntry> log_;
  std::unordered_map<std::string, std::uint32_t> asset_names_;
  std::unordered_map<std::string, std::uint32_t> master_names_;
  std::unordered_map<std::string, std::uint32_t> album_names_;
  std::unordered_map<std::string, std::uint32_t> relation_names_;
  std::uint32_t unnamed_masters_ = 0;
  std::map<std::pair<Index, std::string>, std::vector<std::uint32_t>> cache_;
};

}  // namespace emulator::icloud
