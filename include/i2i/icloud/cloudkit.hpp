#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "i2i/icloud/protected_data.hpp"
#include "i2i/model/asset.hpp"
#include "i2i/net/http.hpp"
#include "i2i/net/pacer.hpp"
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
  bool more = false;  // changes: moreComing; lists: a continuationMarker came
  std::string continuation;
  /// Records that came as an error of their own: in records they are Skipped; look them up.
  std::vector<std::string> failed;
};

/// One record as looked up; gone where the service says so.
struct LookedUp {
  std::string name;
  bool gone = false;
  std::optional<model::Record> record;  // renditions carry fresh URLs; Skipped where error is set
  std::optional<util::Error> error;     // this record alone failed, also after retries
};

/// One page of an album's members to ask for.
struct MemberPage {
  std::string album;
  std::int64_t rank = 0;
};

/// Photos' CloudKit database (docs/protocol/icloud.md §6-8). Every call retries what is transient (§6.4), asks
/// `recover` once when the session is refused, and `reopen` whenever the library is shut. Blocks; one thread.
/// Errors: auth_expired (ladder used up; or what recover said), account_action (what reopen said; no library there),
/// access_denied, consent_needed (shut, and nobody to ask why), throttled (also: shut, though the account service finds
/// nothing that shuts it; every later call ends the same way, without a request), unreachable, not_found (zone),
/// bad_token, refused (any other BAD_REQUEST, e.g. an index a zone does not have), bad_answer, cancelled.
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
    /// Finds out why the library is shut, and opens it where that can be done (§5); may block for as long as a person
    /// needs. True: the call is worth another try. False: the account service finds nothing. An error other than
    /// bad_answer ends this call and every later one.
    std::function<util::Result<bool>(Shut why)> reopen = {};
    /// Called before every call: renews what is about to end.
    std::function<util::Result<void>()> keep_open = {};
    /// Pages of a listing asked for at the same time, at most (16 are the most whatever is given).
    std::size_t pages_in_flight = 8;
  };
  explicit CloudKit(Parts parts);

  /// Every zone listed there, also kinds that are not for us (§6.2).
  util::Result<std::vector<ZoneInfo>> zones(model::Database database);
  /// token "": from the beginning. bad_token where the service refuses it.
  util::Result<DatabaseChanges> database_changes(model::Database database, const std::string& token);
  /// The rank to ask for next; nullopt: none for now (asked again once a page was taken).
  using NextRank = std::function<std::optional<std::int64_t>()>;
  /// Gets each page in the order of asking; may ask CloudKit other things.
  using TakePage = std::function<util::Result<void>(std::int64_t rank, Page& page)>;
  /// Pages of a list, several in flight: pages_in_flight of them, half as many whenever iCloud throttles, one more
  /// after each run of good answers. Ends when none is in flight and next gives none.
  util::Result<void> list_each(const model::ZoneId& zone, Index index, const NextRank& next, const TakePage& take);
  util::Result<Page> list(const model::ZoneId& zone, Index index, std::int64_t rank);
  /// How many calls may be in flight now.
  [[nodiscard]] std::size_t in_flight_allowed() const { return pacer_.allowed(); }
  /// All albums and folders below parent ("" = root), one page; continuation "" at first.
  util::Result<Page> albums(const model::ZoneId& zone, const std::string& parent, const std::string& continuation);
  /// The members of one album, one page from rank: Membership, and what of relations is Tombstone or Skipped.
  util::Result<Page> album_members(const model::ZoneId& zone, const std::string& album, std::int64_t rank);
  /// Several such pages, asked for at the same time; results in the order of wanted.
  util::Result<std::vector<Page>> members(const model::ZoneId& zone, const std::vector<MemberPage>& wanted);
  /// token nullopt: the whole history.
  util::Result<Page> changes(const model::ZoneId& zone, const std::optional<std::string>& token);
  /// At most 100 names.
  util::Result<std::vector<LookedUp>> lookup(const model::ZoneId& zone, const std::vector<std::string>& names);
  util::Result<std::int64_t> count(const model::ZoneId& zone, Index index);
  /// What to tell a person whose account lists no personal library: asks the account service (§6.4).
  util::Error why_no_library();
  /// False while Apple still builds the index (§6.3).
  util::Result<bool> is_indexed(const model::ZoneId& zone);

 private:
  /// Takes the answer to one of the bodies apart; its errors decide about retries.
  using Reader = std::function<util::Result<void>(std::size_t which, const net::Response& response)>;
  util::Result<void> call(model::Database database, const std::string& path, std::string body, const Reader& read);
  /// All bodies at the same time; what fails is tried again alone.
  util::Result<void> call_all(model::Database database, const std::string& path, const std::vector<std::string>& bodies,
                              const Reader& read);
  /// The body to send next; nullopt: none for now.
  using NextBody = std::function<std::optional<std::string>()>;
  /// Bodies as long as next gives some, at most width at a time; each answer is read, then taken, in the order of
  /// asking.
  util::Result<void> call_each(model::Database database, const std::string& path, const NextBody& next,
                               const std::function<std::size_t()>& width, const Reader& read,
                               const std::function<util::Result<void>(std::size_t which)>& take);
  util::Result<net::Response> send(model::Database database, const std::string& path, const std::string& body);
  /// Whether anything may be asked at all now.
  util::Result<void> admit();
  net::Request make_request(model::Database database, const std::string& path, const std::string& body) const;
  /// Waits before retry number attempt; returns the error where patience is at its end.
  util::Result<void> wait_after(const util::Error& error, int attempt);
  util::Result<void> recover(const util::Error& error);
  /// As call_all, of one zone; no such zone has a reason where it is the personal library.
  util::Result<void> call_zone(const model::ZoneId& zone, const std::string& path,
                               const std::vector<std::string>& bodies, const Reader& read);
  /// Which renewals a request came after.
  struct Sent {
    int renewals = 0;
    int openings = 0;
    bool reopened = false;  // for this very request: the same refusal again is final
  };
  struct Question {
    std::size_t which = 0;
    std::string body;
    Sent sent;
  };
  util::Result<void> settle(model::Database database, const std::string& path, const Question& question,
                            util::Result<net::Response> answer, const Reader& read);
  util::Result<void> renew_for(const util::Error& error, Sent& sent);
  util::Result<void> reopen_for(Shut why, const util::Error& error, Sent& sent);
  /// Asks why the library is shut; an error is remembered where it stands for the whole run.
  util::Result<bool> ask_why(Shut why, const util::Error& error);
  util::Error shut_for_good(util::Error error);
  static util::Error no_library(util::Error error);

  Parts parts_;
  net::Pacer pacer_;
  int renewals_ = 0;
  std::optional<std::chrono::steady_clock::time_point> renewed_at_;  // tried, whatever came of it
  int openings_ = 0;
  std::optional<util::Error> shut_;
};

}  // namespace i2i::icloud
