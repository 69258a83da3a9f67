#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "i2i/model/asset.hpp"
#include "i2i/net/http.hpp"
#include "i2i/net/retry.hpp"
#include "i2i/util/result.hpp"
#include "i2i/util/time.hpp"

namespace i2i::icloud {

struct ZoneInfo {
  model::ZoneId id;
  std::string sync_token;  // "" where the answer has none
  bool deleted = false;
};

struct DatabaseChanges {
  std::vector<ZoneInfo> zones;
  std::string sync_token;
};

/// The rank-ordered lists of docs/protocol/icloud.md §7.2.
enum class Index { visible, hidden, recently_deleted, bursts };

struct Page {
  std::vector<model::Record> records;
  std::size_t raw_records = 0;  // before skipping
  std::string sync_token;
  bool more = false;            // changes: moreComing; lists: a continuationMarker came
  std::string continuation;
};

/// One record as looked up; gone where the service says so.
struct LookedUp {
  std::string name;
  bool gone = false;
  std::optional<model::Record> record;  // renditions carry fresh URLs
};

/// Photos' CloudKit database (docs/protocol/icloud.md §6-8). Every call retries what is transient (§6.4) and asks
/// `recover` once when the session is refused. Blocks; one thread.
/// Errors: auth_expired (ladder used up), account_action (ADP consent, web access), throttled, unreachable, not_found (zone),
/// bad_token, bad_answer, cancelled.
class CloudKit {
 public:
  struct Parts {
    net::HttpClient& http;
    util::Clock& clock;
    std::stop_token stop;
    std::string database_url;
    std::string client_id;
    std::string dsid;
    std::string home;  // Origin and Referer
    net::Backoff backoff;
    /// Renews the session (docs/protocol/icloud.md §4.6); returns the database URL to go on with.
    std::function<util::Result<std::string>()> recover;
  };
  explicit CloudKit(Parts parts);

  util::Result<std::vector<ZoneInfo>> zones(model::Database database);
  /// token "": from the beginning. bad_token where the service refuses it.
  util::Result<DatabaseChanges> database_changes(model::Database database, const std::string& token);
  /// One page of each rank, asked for at the same time; results in the order of ranks.
  util::Result<std::vector<Page>> list(const model::ZoneId& zone, Index index, const std::vector<std::int64_t>& ranks);
  /// All albums and folders below parent ("" = root), one page; continuation "" at first.
  util::Result<Page> albums(const model::ZoneId& zone, const std::string& parent, const std::string& continuation);
  /// The members of one album, one page from rank.
  util::Result<Page> album_members(const model::ZoneId& zone, const std::string& album, std::int64_t rank);
  /// token nullopt: the whole history.
  util::Result<Page> changes(const model::ZoneId& zone, const std::optional<std::string>& token);
  /// At most 100 names.
  util::Result<std::vector<LookedUp>> lookup(const model::ZoneId& zone, const std::vector<std::string>& names);
  util::Result<std::int64_t> count(const model::ZoneId& zone, Index index);
  /// False while Apple still builds the index (§6.3).
  util::Result<bool> is_indexed(const model::ZoneId& zone);

 private:
  util::Result<std::string> call(model::Database database, const std::string& path, const std::string& body);
  util::Result<std::vector<std::string>> call_all(model::Database database, const std::string& path,
                                                  const std::vector<std::string>& bodies);
  net::Request make_request(model::Database database, const std::string& path, const std::string& body) const;
  Parts parts_;
  bool recovered_ = false;
};

}  // namespace i2i::icloud
