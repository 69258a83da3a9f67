#pragma once
// Records as the database service sends them: docs/protocol/icloud.md §9.

#include <optional>
#include <string>
#include <unordered_set>

#include "emulator/icloud/photos/library.hpp"
#include "emulator/icloud/photos/pretty_json.hpp"
#include "emulator/icloud/photos/signed_url.hpp"

namespace emulator::icloud {

/// The fields asked for; nothing means all of them (§7.9).
using DesiredKeys = std::optional<std::unordered_set<std::string>>;

/// Writes into one answer. The library's lock is held while it lives.
class RecordWriter {
 public:
  RecordWriter(PrettyJson& json, Library& library, Zone& zone, const DesiredKeys& keys, SignedUrls::Batch urls)
      : json_(json), library_(library), zone_(zone), keys_(keys), urls_(std::move(urls)) {}

  /// Purged records become tombstones (§8.2).
  void master(std::uint32_t index);
  void asset(std::uint32_t index);
  void album(std::uint32_t index);
  void relation(std::uint32_t index);
  void info();
  void entry(const LogEntry& entry);
  /// A record that stands for an answer, not for something stored: CheckIndexingState and the index counts.
  void virtual_record(std::string_view name, std::string_view type, const nlohmann::ordered_json& fields);
  /// {"recordName":…,"serverErrorCode":…,"reason":…}
  void error(const std::string& name, const std::string& code, const std::string& reason);

 private:
  struct Envelope {
    std::string_view name;
    std::string_view type;
    std::uint64_t change = 0;
    std::int64_t created_ms = 0;
    std::int64_t modified_ms = 0;
    std::int64_t expunge_ms = 0;
    bool virtual_record = false;
    bool zone_type = false;
  };

  void begin(const Envelope& envelope);
  void end(const Envelope& envelope);
  void tombstone(std::string_view name, std::uint64_t change);
  void stamp(const char* key, std::int64_t ms, bool virtual_record);
  void zone_id(bool with_type);

  [[nodiscard]] bool wanted(const std::string& name) const;
  void typed(const char* type);
  void int64(const std::string& name, std::int64_t value);
  void text(const std::string& name, std::string_view value);
  void encrypted(const std::string& name, std::string_view bytes);
  void time(const std::string& name, std::int64_t ms);
  void reference(const std::string& name, const std::string& record);
  void contributors(const std::string& who);
  void resource(const Resource& resource);
  void raw_fields(const RawFields& raw);
  void previews(Master& master, std::uint32_t index);
  [[nodiscard]] bool wants_previews() const;

  PrettyJson& json_;
  Library& library_;
  Zone& zone_;
  const DesiredKeys& keys_;
  SignedUrls::Batch urls_;
  const RawFields* raw_ = nullptr;  // of the record being written
};

}  // namespace emulator::icloud
